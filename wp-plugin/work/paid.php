<?php
/**
 * What the event at work has paid of what it owes: should code of the site end the script on the way, or a failure, it is not done
 * once more.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Inbox\Owed;

defined( 'ABSPATH' ) || exit;

final class Paid {

	/** Whether Agile CRM has its password or link, or an event of its own owes it. */
	private static bool $is_returned = false;

	/** Whether the welcome mail is being made. */
	private static bool $is_welcome_begun = false;

	/** Whether the mails are ours alone to send: they are no longer owed. */
	private static bool $are_mails_taken = false;

	/** @var list<string> Actions that have fired, the last one perhaps not to its end. */
	private static array $told = [];

	/**
	 * Another event begins.
	 *
	 * @param list<string> $told By whoever held it before.
	 */
	public static function begin( array $told = [] ): void {
		self::$is_returned      = false;
		self::$is_welcome_begun = false;
		self::$are_mails_taken  = false;
		self::$told             = $told;
	}

	public static function note_returned(): void {
		self::$is_returned = true;
	}

	/**
	 * Makes the welcome mail.
	 *
	 * @template T
	 * @param callable(): T $make
	 * @return T
	 */
	public static function during_welcome( callable $make ) {
		self::$is_welcome_begun = true;
		try {
			return $make();
		} finally {
			// (Who ends the script does not come by here.)
			self::$is_welcome_begun = false;
		}
	}

	public static function note_mails_taken(): void {
		self::$are_mails_taken = true;
	}

	/**
	 * @return bool Whether it had not fired yet.
	 */
	public static function note_told( string $hook ): bool {
		$is_new     = ! in_array( $hook, self::$told, true );
		self::$told = $is_new ? [ ...self::$told, $hook ] : self::$told;
		return $is_new;
	}

	/**
	 * What of it another worker has to pay.
	 *
	 * @param Owed $owed As it was before all this, or as it is kept.
	 */
	public static function left_of( Owed $owed ): Owed {
		if ( [] !== self::$told ) {
			// Before the first action all else was paid.
			return $owed->once_all_has_left()->with( [ 'told' => self::$told ] );
		}
		// A mail that is still owed will have another link, and then the CRM must have that one too.
		$returned = [
			'password' => null,
			'link'     => $owed->link && $owed->welcome,
		];
		return match ( true ) {
			self::$are_mails_taken  => $owed->once_all_has_left(),
			self::$is_returned      => $owed->with( $returned ),
			// Who ends the script where the mail is made does so every time.
			self::$is_welcome_begun => $owed->with( [ 'welcome' => false ] ),
			default                 => $owed,
		};
	}
}
