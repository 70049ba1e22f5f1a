<?php
/**
 * The circuit breaker: whether the CRM may be asked now.
 *
 * Two reasons to stop asking. An *outage*: OUTAGE_AFTER failures in a row, on all servers together, that speak of the CRM as
 * a whole; then one probe every 30 s. A *refusal* of our credentials, at the first one; then one probe an hour. Either counts
 * for the credentials that met it, and for no others: new settings are tried at once. While we do not ask, events wait and no
 * attempt is counted, so that an outage of a week loses nothing. The probe is the connection test (standing.php), not an event:
 * one bad contact must not keep everybody else's waiting.
 *
 * State: the row `crm` of the leases; `until_at` is when the next probe is due, `details` why we stopped. It is read by every
 * webhook and written only when something goes wrong or well again.
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

	/**
	 * @param int                   $failures In a row.
	 * @param int                   $probe_at When the next probe is due; milliseconds since 1970.
	 * @param ''|'outage'|'refusal' $reason   Why we stopped asking; '' if we did not.
	 * @param int                   $since    Milliseconds since 1970.
	 * @param string                $message  Of the failure that was one too many.
	 * @param string                $settings The credentials that met it, by their fingerprint.
	 */
	private function __construct(
		private int $failures,
		public int $probe_at,
		public string $reason,
		public int $since,
		public string $message,
		private string $settings,
	) {}

	public static function read(): self {
		return self::of( Lease::record( 'crm' ) );
	}

	/**
	 * @param LeaseRecord $record Of the lease `crm`.
	 */
	public static function of( LeaseRecord $record ): self {
		$text = static fn( string $name ): string => is_string( $record->details[ $name ] ?? null ) ? $record->details[ $name ] : '';
		return new self( $record->failures, $record->until_at, $text( 'reason' ), (int) ( $record->details['since'] ?? 0 ), $text( 'message' ), $text( 'settings' ) );
	}

	/**
	 * As it is after the CRM has answered well.
	 */
	public static function closed(): self {
		return new self( 0, 0, '', 0, '', '' );
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
	 * @param AgileCrm $crm The client that met it: whom it is booked to.
	 */
	public static function note_error( CrmError $error, AgileCrm $crm ): void {
		if ( 'crm_unauthorized' === $error->code ) {
			self::note_refusal( $error->message, $crm );
		} elseif ( 'crm_unavailable' === $error->code && $error->is_outage ) {
			self::note_outage( $error->message, $crm );
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
	 * A failure that speaks of the CRM as a whole.
	 */
	private static function note_outage( string $message, AgileCrm $crm ): void {
		Database::execute( 'UPDATE ' . Lease::table() . " SET failures = failures + 1 WHERE name = 'crm'" );
		$breaker = self::read();
		if ( $breaker->failures >= self::OUTAGE_AFTER && ! $breaker->is_open() ) {
			self::open( 'outage', $message, self::OUTAGE_PROBE, $crm );
		}
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
