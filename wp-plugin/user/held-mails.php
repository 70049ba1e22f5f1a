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
	 * @template T
	 * @param callable(self): T $work Gets those held so far.
	 * @return T
	 */
	public static function during( callable $work ) {
		$held    = new self();
		$filters = [
			'email_change_email' => $held->note_notice( ... ),
			'wp_mail'            => $held->empty_where_replaced( ... ),
			'pre_wp_mail'        => $held->hold( ... ),
		];
		foreach ( $filters as $filter => $callback ) {
			add_filter( $filter, $callback, PHP_INT_MAX, 2 );
		}
		try {
			return $work( $held );
		} finally {
			foreach ( $filters as $filter => $callback ) {
				remove_filter( $filter, $callback, PHP_INT_MAX );
			}
		}
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
			// Another plugin has dealt with it, or asks what would be.
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
