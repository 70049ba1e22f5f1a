<?php
/**
 * Mails that WordPress and other plugins send while a user is written.
 *
 * They are held until the writes are done: a mail cannot be taken back, a write can. What names the contact or the user goes to
 * nobody: a webhook mails them only if it says so, and that mail comes after. The others, an admin's who has to approve, go out
 * then.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final class HeldMails {

	/** @var list<HeldMail> */
	private array $mails = [];

	/** Whether WordPress is about to send its notice to the address that a user no longer has. */
	private bool $is_notice = false;

	/** Whether the mail that is being sent is held already, and has lost its recipients. */
	private bool $is_emptied = false;

	/**
	 * Who is at the filters of wp_mail() is asked when the mail goes out: a footer is added once, a log has one line, and what sends by
	 * a service sends nothing yet. Only what is put there meanwhile, for a single call, is asked now.
	 *
	 * @template T
	 * @param callable(self): T $work Gets those held so far.
	 * @return T
	 */
	public static function during( callable $work ) {
		$held     = new self();
		$notice   = $held->note_notice( ... );
		$put_back = [
			self::stand_in( 'wp_mail', $held->empty_where_replaced( ... ) ),
			self::stand_in( 'pre_wp_mail', $held->hold( ... ) ),
		];
		add_filter( 'email_change_email', $notice, PHP_INT_MAX );
		try {
			return $work( $held );
		} finally {
			remove_filter( 'email_change_email', $notice, PHP_INT_MAX );
			array_map( static fn( \Closure $back ) => $back(), $put_back );
		}
	}

	/**
	 * @param \Closure $last Asked after those who come meanwhile.
	 * @return \Closure(): void Puts the others back; who has come and not left is one of them then.
	 */
	private static function stand_in( string $hook, \Closure $last ): \Closure {
		global $wp_filter;
		$others    = $wp_filter[ $hook ] ?? null;
		$meanwhile = new \WP_Hook();
		$meanwhile->add_filter( $hook, $last, PHP_INT_MAX, 2 );
		// phpcs:ignore WordPress.WP.GlobalVariablesOverride -- put back below.
		$wp_filter[ $hook ] = $meanwhile;
		return static function () use ( $hook, $last, $others, $meanwhile ): void {
			global $wp_filter;
			$meanwhile->remove_filter( $hook, $last, PHP_INT_MAX );
			// phpcs:ignore WordPress.WP.GlobalVariablesOverride -- as it was.
			$wp_filter[ $hook ] = $others ?? new \WP_Hook();
			foreach ( $meanwhile->callbacks as $priority => $callbacks ) {
				foreach ( $callbacks as $callback ) {
					add_filter( $hook, $callback['function'], $priority, $callback['accepted_args'] );
				}
			}
		};
	}

	/**
	 * @return list<HeldMail> Those held so far.
	 */
	public function all(): array {
		return $this->mails;
	}

	/**
	 * Those to be sent: what goes to none of these addresses, and WordPress' own notice.
	 *
	 * @param list<HeldMail> $mails
	 * @param list<string>   $addresses Of the contact and the user.
	 * @return list<HeldMail>
	 */
	public static function for_others_than( array $mails, array $addresses ): array {
		$addresses = array_map( 'strtolower', $addresses );
		return array_values( array_filter( $mails, static fn( HeldMail $mail ): bool => $mail->is_notice || ! $mail->names( $addresses ) ) );
	}

	private function note_notice( mixed $mail = null ): mixed {
		$this->is_notice = true;
		return $mail;
	}

	/**
	 * A plugin that sends mails by a service replaces wp_mail(), and its own may know no `pre_wp_mail`. Most keep this filter.
	 */
	private function empty_where_replaced( mixed $mail = null ): mixed {
		if ( ! is_array( $mail ) || realpath( (string) ( new \ReflectionFunction( 'wp_mail' ) )->getFileName() ) === realpath( ABSPATH . WPINC . '/pluggable.php' ) ) {
			return $mail;
		}
		$this->keep( $mail );
		$this->is_emptied = true;
		return array_merge(
			$mail,
			[
				'to'      => [],
				'headers' => [],
			]
		);
	}

	/**
	 * @return mixed True, so that who sends believes it: a plugin that reports a failed mail would be wrong.
	 */
	private function hold( mixed $sent = null, mixed $mail = null ): mixed {
		$is_held          = $this->is_emptied;
		$this->is_emptied = false;
		if ( null !== $sent || ! is_array( $mail ) ) {
			// Whoever sends it asks what would be.
			return $sent;
		}
		if ( ! $is_held ) {
			$this->keep( $mail );
		}
		return true;
	}

	/**
	 * @param array<string, mixed> $mail
	 */
	private function keep( array $mail ): void {
		$this->mails[]   = HeldMail::of( $mail, $this->is_notice );
		$this->is_notice = false;
	}
}
