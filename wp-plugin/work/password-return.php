<?php
/**
 * A generated password, or a link to set one, written to the contact so that the campaign's next node can use it; tried again where the CRM does not
 * take it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\AgileCrm;
use AgileBridge\Exception;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Crm\CrmError;
use AgileBridge\Plugin\Inbox\Claims;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Inbox;
use AgileBridge\Plugin\Inbox\Outcome;
use AgileBridge\Plugin\Inbox\Owed;
use AgileBridge\Plugin\Inbox\Progress;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Home;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Secret;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\User\SetPasswordLink;

defined( 'ABSPATH' ) || exit;

final class PasswordReturn {

	/** What a password that waits is sealed for. */
	public const PURPOSE = 'return_password';

	/** A CRM that needs so many seconds to take none has more to do than that... */
	private const SLOW = 1;

	/** ...and is left in peace for so many, by this process. */
	private const PAUSE = 60;

	/** When the CRM was slow last, as microtime( true ). */
	private static float $slow_at = 0;

	/**
	 * @param ?string $password Null where it does not open any more, because the salts were changed: it is lost.
	 * @return bool Whether that is done, or there is nothing to do.
	 */
	public static function write( AgileCrm $crm, string $contact_id, #[\SensitiveParameter] ?string $password ): bool {
		$field = Settings::return_password_field();
		if ( null === $password || '' === $field ) {
			return true;
		}
		$began   = microtime( true );
		$problem = $crm->setCustomField( $contact_id, $field, $password );
		if ( null !== $problem ) {
			self::$slow_at = microtime( true ) - $began >= self::SLOW ? microtime( true ) : self::$slow_at;
			Log::note( "the password of a new user was not written to contact $contact_id: $problem. It will be tried again." );
		}
		return null === $problem;
	}

	/**
	 * Whether the CRM was so slow a moment ago that the next password is left to later, and not tried while contacts wait.
	 */
	public static function should_wait(): bool {
		return microtime( true ) - self::$slow_at < self::PAUSE;
	}

	/**
	 * The CRM did not take it: later, by an event of its own.
	 */
	public static function owe( Owed $owed ): void {
		Inbox::store_owed_password( $owed, (int) ( 1000 * (float) \AgileBridge\retry_delay( 1, null ) ) );
	}

	/**
	 * The link that is owed, as good as it was.
	 *
	 * @return ?string Null where none is owed any more, or somebody else has taken over.
	 */
	private static function good_link( Event $event, Owed $owed, #[\SensitiveParameter] string $link ): ?string {
		$good    = SetPasswordLink::renewed( $owed->user_id, $link, static fn() => Claims::require_owner( $event ) );
		$is_kept = null === $good || $good === $link || Progress::keep_owed( $event, $owed->with( [ 'password' => Secret::seal( $good, self::PURPOSE ) ] ) );
		return $is_kept ? $good : null;
	}

	/**
	 * @param Event $event Made by owe().
	 */
	public static function retry( Event $event, AgileCrm $crm ): void {
		$owed = $event->owed ?? new Owed();
		if ( Home::is_elsewhere() ) {
			// It waited in the database that was copied.
			Progress::finish( $event, Outcome::noted( 'ignored', 'copy_of_site', 'This is a copy of the site: the password of the new user was not written to Agile CRM, and is wiped here.', $owed->user_id, $event->contact_id ) );
			return;
		}
		$sealed   = Secret::unseal( (string) $owed->password, self::PURPOSE );
		$password = $owed->link && null !== $sealed ? self::good_link( $event, $owed, $sealed ) : $sealed;
		if ( null === $password && null !== $sealed ) {
			// The link was used, or may not be given any more.
			Progress::finish( $event, Outcome::noted( 'unchanged', '', '', $owed->user_id, $event->contact_id ) );
			return;
		}
		if ( self::write( $crm, $event->contact_id, $password ) ) {
			if ( null === $password ) {
				Progress::give_up( $event, Outcome::noted( 'failed', '', 'The password of the new user cannot be opened any more: the secret keys (salts) in wp-config.php were changed. The user can ask for a new one.', $owed->user_id, $event->contact_id ) );
			} else {
				Progress::finish( $event, Outcome::noted( 'updated', '', '', $owed->user_id, $event->contact_id ) );
			}
			return;
		}
		if ( ! Account::is_current( $crm ) ) {
			// An admin has saved another account meanwhile: what the former one did not take counts no more.
			Progress::postpone( $event, 0, false );
			return;
		}
		try {
			// The extension tells only that it failed: a second question tells whether it is the CRM as a whole.
			$crm->currentUser();
		} catch ( Exception $error ) {
			Breaker::note_error( CrmError::of_exception( $error ), $crm );
			Progress::postpone( $event, Clock::MINUTE, false, 'Agile CRM does not take the password of the new user now.' );
			return;
		}
		try {
			// (A contact that is gone is refused at once; a write that took its time does not ask for more.)
			if ( ! self::should_wait() && null === Fetches::contact_or_null( $crm, $event->contact_id ) ) {
				Progress::finish( $event, Outcome::noted( 'failed', 'contact_not_found', 'The contact is gone; the password of its user is wiped.', 0, $event->contact_id ) );
				return;
			}
		} catch ( Exception $error ) {
			// Whether it is gone is not known: tried again, as below.
			unset( $error );
		}
		// One attempt was made before this event.
		$delay = \AgileBridge\retry_delay( $event->attempts + 1, null );
		if ( null === $delay ) {
			Setback::give_up( $event, 'password_not_returned', 'Agile CRM did not take the password of the new user. It is wiped; the user can ask for a new one.' );
			return;
		}
		Progress::postpone( $event, (int) ( 1000 * $delay ), true, 'Agile CRM did not take the password of the new user.' );
	}
}
