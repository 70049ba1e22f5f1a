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

use AgileBridge\Plugin\Site\LoneAnswer;

defined( 'ABSPATH' ) || exit;

final class HeldMails {

	/** @var list<HeldMail> */
	private array $mails = [];

	/** Whether WordPress is about to send its notice to the address that a user no longer has. */
	private bool $is_notice = false;

	/** Where a replaced wp_mail() has not come to `pre_wp_mail`. */
	private ?\Closure $ask_all = null;

	/**
	 * @template T
	 * @param callable(self): T $work Gets those held so far.
	 * @return T
	 */
	public static function during( callable $work ) {
		$held    = new self();
		$filters = [
			'email_change_email' => $held->note_notice( ... ),
			'wp_mail'            => $held->hold( ... ),
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
			$held->ask_all_again();
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
	 * What asks `pre_wp_mail` next gets true, so that who sends believes it: a plugin that reports a failed mail would be wrong. Nobody
	 * else is asked there now: plugins that send mails by a service do so in that place. They are asked when it goes out.
	 *
	 * @return mixed The mail, or one without recipients.
	 */
	private function hold( mixed $mail = null ): mixed {
		if ( ! is_array( $mail ) ) {
			return $mail;
		}
		$this->keep( $mail );
		$this->ask_all_again();
		$this->ask_all = LoneAnswer::at( 'pre_wp_mail', static fn(): bool => true );
		if ( realpath( (string) ( new \ReflectionFunction( 'wp_mail' ) )->getFileName() ) === realpath( ABSPATH . WPINC . '/pluggable.php' ) ) {
			return $mail;
		}
		// Others replace wp_mail(), and theirs may know no `pre_wp_mail`. Most keep this filter.
		return array_merge(
			$mail,
			[
				'to'      => [],
				'headers' => [],
			]
		);
	}

	private function ask_all_again(): void {
		( $this->ask_all ?? static fn() => null )();
	}

	/**
	 * @param array<string, mixed> $mail
	 */
	private function keep( array $mail ): void {
		$this->mails[]   = HeldMail::of( $mail, $this->is_notice );
		$this->is_notice = false;
	}
}
