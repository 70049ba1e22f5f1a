<?php
/**
 * An attempt that failed, and where it leads:
 *
 *   the CRM is down, too busy or too slow     tried again, by the schedule of the extension's retry_delay()
 *   the CRM refuses us                        waits, uncounted, until it no longer does (crm/breaker.php)
 *   a contact named by e-mail is not found    tried again three times: searches trail behind writes
 *   the database, or code of the site, fails  tried again by the same schedule
 *   what can never succeed                    finished, with its reason
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\AgileCrm;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Crm\CrmError;
use AgileBridge\Plugin\Crm\SearchBudget;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Outcome;
use AgileBridge\Plugin\Inbox\Progress;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Culprit;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Home;
use AgileBridge\Plugin\Site\Hooks;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\TablesVersion;
use AgileBridge\Plugin\Site\TransactionLost;
use AgileBridge\Plugin\User\UserChanged;

defined( 'ABSPATH' ) || exit;

final readonly class Setback {

	/** How often the contact of an event may have been written by somebody else meanwhile. */
	private const STALE_TRIES = 3;

	public function __construct( private Event $event, private AgileCrm $crm ) {}

	/**
	 * The CRM gave no contact.
	 */
	public function of_crm( CrmError $error ): Outcome {
		$event = $this->event;
		$error = Breaker::verified( $error, $this->crm );
		switch ( $error->code ) {
			case 'contact_not_found':
				return $this->of_missing_contact();
			case 'not_configured':
				Progress::postpone( $event, Clock::MINUTE, false, $error->message );
				return Outcome::failed( Account::not_configured(), $event->contact_id );
			case 'crm_unauthorized':
				Breaker::note_error( $error, $this->crm );
				Progress::postpone( $event, 10 * Clock::SECOND, false, $error->message );
				break;
			default:
				Breaker::note_error( $error, $this->crm, $event->identity(), $event->attempts );
				$is_open = Breaker::read()->is_open();
				$delay   = \AgileBridge\retry_delay( $is_open ? 1 : max( 1, $event->attempts ), $error->retry_after );
				if ( null === $delay ) {
					self::give_up( $event, 'crm_unavailable', $error->message );
					break;
				}
				Progress::postpone( $event, (int) ( 1000 * $delay ), ! $is_open, $error->message );
		}
		return Outcome::queued( $event->contact_id );
	}

	/**
	 * Somebody has written a newer state of the contact meanwhile: once more, at once. It seldom happens twice to an event. What
	 * happens to it again and again is the doing of the site's own code: that waits like any failure.
	 */
	public function of_stale_contact(): Outcome {
		if ( $this->event->attempts >= self::STALE_TRIES ) {
			return $this->of_failure(
				new Failure( 500, 'site_error', 'Whenever the contact was to be written, somebody else had written it meanwhile: code of the site, in all likelihood. The event is kept and will be tried again.' ),
				$this->event->contact_id
			);
		}
		Progress::postpone( $this->event, 0, true );
		return Outcome::queued( $this->event->contact_id );
	}

	/**
	 * The contact cannot become a user: not now (the database, code of the site), or never.
	 */
	public function of_failure( Failure $failure, string $contact_id ): Outcome {
		$event = $this->event;
		if ( $failure->getCode() >= 500 ) {
			$delay = \AgileBridge\retry_delay( max( 1, $event->attempts ), null );
			if ( null === $delay ) {
				self::give_up( $event, $failure->wp_code, $failure->admin_message() );
			} else {
				Progress::postpone( $event, (int) ( 1000 * $delay ), true, $failure->admin_message() );
			}
			return Outcome::failed( $failure, $contact_id );
		}
		$outcome = Outcome::failed( $failure, $contact_id );
		UnderWay::decided( static fn(): bool => Progress::finish( $event, $outcome ) );
		Hooks::fire( 'wpf_api_fail', false, $event->action, '' === $contact_id ? false : $contact_id );
		Progress::finish( $event, $outcome );
		return $outcome;
	}

	/**
	 * All tries are used up.
	 */
	public static function give_up( Event $event, string $code, string $message ): void {
		$outcome = Outcome::noted( 'failed', $code, $message, 0, $event->contact_id );
		UnderWay::decided( static fn() => Progress::give_up( $event, $outcome ) );
		Hooks::fire( 'wpf_api_fail', false, $event->action, '' === $event->contact_id ? false : $event->contact_id );
		Progress::give_up( $event, $outcome );
	}

	/**
	 * What to tell the caller about an error. The log gets what only an admin should read.
	 *
	 * @param int $mark Of the database, before the work.
	 */
	public static function failure_of( \Throwable $error, int $mark ): Failure {
		TablesVersion::settle_doubt();
		if ( $error instanceof Failure ) {
			return $error;
		}
		Log::error( $error );
		if ( $error instanceof TransactionLost || $error instanceof UserChanged ) {
			return Database::failure();
		}
		try {
			// Another plugin's hook may throw because of what the database did.
			Database::require_since( $mark );
		} catch ( Failure $failure ) {
			return $failure;
		}
		return new Failure( 500, 'site_error', 'Code of the site failed. The error log of the site says more. The event is kept and will be tried again.', Culprit::of_error( $error ) );
	}

	private function of_missing_contact(): Outcome {
		$event = $this->event;
		if ( ! Account::is_current( $this->crm ) ) {
			// An admin has saved another account meanwhile, and the former one was asked: that knows nothing of this contact.
			Progress::postpone( $event, 0, false );
			return Outcome::queued( $event->contact_id );
		}
		$failure = new Failure( 404, 'contact_not_found', 'Agile CRM has no such contact.' );
		if ( '' !== $event->email ) {
			if ( $event->attempts <= 1 ) {
				SearchBudget::spend();
			}
			$delay = \AgileBridge\not_found_delay( max( 1, $event->attempts ) );
			if ( null !== $delay ) {
				Progress::postpone( $event, (int) ( 1000 * $delay ), true, $failure->getMessage() );
				return Outcome::queued( $event->contact_id );
			}
		}
		if ( '' !== $event->contact_id ) {
			GoneContact::mind( $event->contact_id, $event->is_of_webhook() && ! Home::is_elsewhere() );
		}
		return $this->of_failure( $failure, $event->contact_id );
	}
}
