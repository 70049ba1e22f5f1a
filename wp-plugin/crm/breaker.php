<?php
/**
 * The circuit breaker: whether the CRM may be asked now.
 *
 * Two reasons to stop asking. An *outage*: OUTAGE_AFTER contacts in a row, on all servers together, that failed as if the CRM as
 * a whole did, and the connection test (standing.php) fails too; then one probe every 30 s. A *refusal* of our credentials, at
 * the first one; then one probe an hour. Either counts for the credentials that met it, and for no others: new settings are
 * tried at once. While we do not ask, events wait and no attempt is counted, so that an outage of a week loses nothing.
 *
 * What makes a contact fail may be what somebody typed into it, and may be called for each second: one contact counts once,
 * and neither one nor many make others wait while the connection test is answered well. The probe is that test too. One contact
 * alone that fails OUTAGE_AFTER times asks it as well: on a quiet site no other may come by.
 *
 * State: the row `crm` of the leases; `until_at` is when the next probe is due, `details` why we stopped, or which contacts have
 * failed and how often that makes. It is read by every webhook and written only when something goes wrong or well again.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Crm;

use AgileBridge\AgileCrm;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\LeaseRecord;
use AgileBridge\Plugin\Site\Log;

defined( 'ABSPATH' ) || exit;

final readonly class Breaker {

	private const OUTAGE_AFTER  = 5;
	private const OUTAGE_PROBE  = 30 * Clock::SECOND;
	private const REFUSAL_PROBE = Clock::HOUR;

	/** So many seconds the connection test needs, before its silence says anything. */
	private const TEST = 1.5;

	/**
	 * @param int                   $failures Of different contacts, in a row.
	 * @param int                   $probe_at When the next probe is due; milliseconds since 1970.
	 * @param ''|'outage'|'refusal' $reason   Why we stopped asking; '' if we did not.
	 * @param int                   $since    Milliseconds since 1970.
	 * @param string                $message  Of the failure that was one too many.
	 * @param string                $settings The credentials that met it, by their fingerprint.
	 * @param list<string>          $contacts Those that have failed while it was asked; the beginning of what names them.
	 */
	private function __construct(
		private int $failures,
		public int $probe_at,
		public string $reason,
		public int $since,
		public string $message,
		private string $settings,
		private array $contacts,
	) {}

	public static function read(): self {
		return self::of( Lease::record( 'crm' ) );
	}

	/**
	 * @param LeaseRecord $record Of the lease `crm`.
	 */
	public static function of( LeaseRecord $record ): self {
		$text     = static fn( string $name ): string => is_string( $record->details[ $name ] ?? null ) ? $record->details[ $name ] : '';
		$contacts = array_values( array_filter( (array) ( $record->details['contacts'] ?? [] ), 'is_string' ) );
		return new self( $record->failures, $record->until_at, $text( 'reason' ), (int) ( $record->details['since'] ?? 0 ), $text( 'message' ), $text( 'settings' ), $contacts );
	}

	/**
	 * As it is after the CRM has answered well.
	 */
	public static function closed(): self {
		return new self( 0, 0, '', 0, '', '', [] );
	}

	/**
	 * Whether the CRM must not be asked now. Other settings deserve a try.
	 */
	public function is_open(): bool {
		return '' !== $this->reason && Account::fingerprint() === $this->settings;
	}

	/**
	 * The CRM has answered this client well since this was read.
	 */
	public function note_well( AgileCrm $crm ): void {
		if ( 0 === $this->failures && '' === $this->reason ) {
			return;
		}
		if ( '' !== $this->reason && Account::fingerprint_of( $crm ) !== $this->settings && ! Account::is_current( $crm ) && $this->is_open() ) {
			// It has answered the former credentials, and not those of now.
			return;
		}
		Database::execute( 'UPDATE ' . Lease::table() . " SET failures = 0, until_at = 0, details = '' WHERE name = 'crm'" );
	}

	/**
	 * @param AgileCrm $crm     The client that met it: whom it is booked to.
	 * @param string   $contact Names the contact that was asked for; '' if it was another question.
	 * @param int      $tries   How often that contact has failed by now.
	 */
	public static function note_error( CrmError $error, AgileCrm $crm, string $contact = '', int $tries = 1 ): void {
		if ( 'crm_unauthorized' === $error->code ) {
			self::note_refusal( $error->message, $crm );
		} elseif ( 'crm_unavailable' === $error->code && $error->is_outage ) {
			self::note_outage( $crm, $contact, $tries );
		}
	}

	/**
	 * Whether the CRM may be asked; where it must not be and a probe is due, this asks it who we are, once for all servers.
	 */
	public static function may_be_asked( AgileCrm $crm ): bool {
		$breaker = self::read();
		if ( ! $breaker->is_open() ) {
			return true;
		}
		$now   = Clock::now();
		$again = 'outage' === $breaker->reason ? self::OUTAGE_PROBE : self::REFUSAL_PROBE;
		if ( 0 === Database::execute( 'UPDATE ' . Lease::table() . " SET until_at = %d WHERE name = 'crm' AND until_at <= %d", $now + $again, $now ) ) {
			return false;
		}
		$standing = Standing::ask( $crm );
		if ( $standing->is_welcome() ) {
			$breaker->note_well( $crm );
			return true;
		}
		if ( $standing->is_refused() ) {
			self::note_refusal( $standing->error->message, $crm );
		} elseif ( 'refusal' === $breaker->reason ) {
			// A probe that nobody has answered was none: the next hour would be waited for in vain.
			Database::execute( 'UPDATE ' . Lease::table() . " SET until_at = %d WHERE name = 'crm' AND until_at = %d", $now + self::OUTAGE_PROBE, $now + $again );
		}
		return false;
	}

	/**
	 * Where the CRM refuses us: what that is, by the connection test. If we are welcome all the same, only this contact, or this
	 * call, is refused. If the test is not answered nobody knows, and it is the test's failure that counts.
	 */
	public static function verified( CrmError $error, AgileCrm $crm ): CrmError {
		if ( 'crm_unauthorized' !== $error->code ) {
			return $error;
		}
		$breaker = self::read();
		if ( 'refusal' === $breaker->reason && Account::fingerprint_of( $crm ) === $breaker->settings ) {
			// Of several contacts that were under way the first one has asked.
			return $error;
		}
		$standing = Standing::ask( $crm );
		return match ( true ) {
			$standing->is_welcome() => $error->as_refusal_of_one_call(),
			$standing->is_refused() => $error,
			default                 => $standing->error,
		};
	}

	/**
	 * A failure that may speak of the CRM as a whole. Whether it does says the connection test, before anybody else has to wait.
	 */
	private static function note_outage( AgileCrm $crm, string $contact, int $tries ): void {
		$breaker = self::count( '' === $contact ? bin2hex( random_bytes( 8 ) ) : substr( $contact, 0, 16 ) );
		if ( $breaker->is_open() || max( $breaker->failures, $tries ) < self::OUTAGE_AFTER || ! Account::has_time( $crm, self::TEST ) ) {
			// (Where a caller waits and the time is nearly up, the next failure asks: a drain has all the time.)
			return;
		}
		$standing = Standing::ask( $crm );
		if ( $standing->is_welcome() ) {
			$breaker->note_well( $crm );
		} elseif ( $standing->is_refused() ) {
			self::note_refusal( $standing->error->message, $crm );
		} elseif ( ! self::read()->is_open() ) {
			self::open( 'outage', $standing->error->message, self::OUTAGE_PROBE, $crm );
		}
	}

	/**
	 * One more contact that has failed. Where others count at the same time it is tried again; one that is not counted in the end is
	 * missed by nobody, they have counted.
	 */
	private static function count( string $contact ): self {
		for ( $try = 0; $try < 5; ++$try ) {
			$record  = Lease::record( 'crm' );
			$breaker = self::of( $record );
			if ( $breaker->is_open() || in_array( $contact, $breaker->contacts, true ) ) {
				return $breaker;
			}
			$contacts = [ ...$breaker->contacts, $contact ];
			$counted  = Database::execute(
				'UPDATE ' . Lease::table() . " SET failures = %d, details = %s WHERE name = 'crm' AND failures = %d AND until_at = %d",
				count( $contacts ),
				Database::json( [ 'contacts' => $contacts ] + $record->details ),
				$record->failures,
				$record->until_at
			);
			if ( $counted > 0 ) {
				break;
			}
		}
		return self::read();
	}

	/**
	 * The CRM refuses our credentials, or there is no account under this subdomain.
	 */
	private static function note_refusal( string $message, AgileCrm $crm ): void {
		$breaker = self::read();
		if ( 'refusal' !== $breaker->reason || ! $breaker->is_open() ) {
			self::open( 'refusal', $message, self::REFUSAL_PROBE, $crm );
		}
	}

	/**
	 * @param 'outage'|'refusal' $reason
	 */
	private static function open( string $reason, string $message, int $probe_after, AgileCrm $crm ): void {
		$now = Clock::now();
		Database::execute(
			'UPDATE ' . Lease::table() . " SET until_at = %d, details = %s WHERE name = 'crm'",
			$now + $probe_after,
			Database::json(
				[
					'reason'   => $reason,
					'since'    => $now,
					'message'  => $message,
					'settings' => Account::fingerprint_of( $crm ),
				]
			)
		);
		Log::note( "$message. Events wait until Agile CRM answers again; none is lost." );
	}
}
