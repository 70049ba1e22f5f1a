<?php
/**
 * The circuit breaker: whether the CRM may be asked now.
 *
 * Two reasons to stop asking. An *outage*: OUTAGE_AFTER failures in a row, on all servers together, that speak of the CRM as
 * a whole; then one probe every 30 s. A *refusal* of our credentials, at the first one; then one probe an hour, or as soon
 * as the settings change. While we do not ask, events wait and no attempt is counted, so that an outage of a week loses
 * nothing. The probe is the connection test, not an event: one bad contact must not keep everybody else's waiting.
 *
 * State: the row `crm` of the leases; `until_at` is when the next probe is due, `details` why we stopped. It is read by every
 * webhook and written only when something goes wrong or well again.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Crm;

use AgileBridge\AgileCrm;
use AgileBridge\CrmUnauthorized;
use AgileBridge\Exception;
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
	 * @param string                $settings The digest of the settings that were refused.
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
	 * Whether the CRM must not be asked now.
	 */
	public function is_open(): bool {
		return match ( $this->reason ) {
			'outage'  => true,
			// Other settings deserve a try.
			'refusal' => $this->settings === self::settings_digest(),
			default   => false,
		};
	}

	/**
	 * The CRM has answered well since this was read.
	 */
	public function note_well(): void {
		if ( $this->failures > 0 || '' !== $this->reason ) {
			Database::execute( 'UPDATE ' . Lease::table() . " SET failures = 0, until_at = 0, details = '' WHERE name = 'crm'" );
		}
	}

	public static function note_error( CrmError $error ): void {
		if ( 'crm_unauthorized' === $error->code ) {
			self::note_refusal( $error->message );
		} elseif ( 'crm_unavailable' === $error->code && $error->is_outage ) {
			self::note_outage( $error->message );
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
		try {
			$crm->currentUser();
		} catch ( CrmUnauthorized $refusal ) {
			self::note_refusal( $refusal->getMessage() );
			return false;
		} catch ( \Throwable $error ) {
			return false;
		}
		$breaker->note_well();
		return true;
	}

	/**
	 * Where the CRM refuses us: what it is, if it knows our credentials all the same. Only this contact, or this call, is refused
	 * then, which is no reason to stop asking.
	 */
	public static function verified( CrmError $error, AgileCrm $crm ): CrmError {
		return 'crm_unauthorized' === $error->code && self::is_welcome( $crm ) ? $error->as_refusal_of_one_call() : $error;
	}

	/**
	 * Whether the CRM knows our credentials, by the connection test.
	 */
	private static function is_welcome( AgileCrm $crm ): bool {
		try {
			$crm->currentUser();
			return true;
		} catch ( Exception $error ) {
			return false;
		}
	}

	/**
	 * A failure that speaks of the CRM as a whole.
	 */
	private static function note_outage( string $message ): void {
		Database::execute( 'UPDATE ' . Lease::table() . " SET failures = failures + 1 WHERE name = 'crm'" );
		$breaker = self::read();
		if ( $breaker->failures >= self::OUTAGE_AFTER && ! $breaker->is_open() ) {
			self::open( 'outage', $message, self::OUTAGE_PROBE );
		}
	}

	/**
	 * The CRM refuses our credentials, or there is no account under this subdomain.
	 */
	private static function note_refusal( string $message ): void {
		$breaker = self::read();
		if ( 'refusal' !== $breaker->reason || ! $breaker->is_open() ) {
			self::open( 'refusal', $message, self::REFUSAL_PROBE );
		}
	}

	/**
	 * @param 'outage'|'refusal' $reason
	 */
	private static function open( string $reason, string $message, int $probe_after ): void {
		$now = Clock::now();
		Database::execute(
			'UPDATE ' . Lease::table() . " SET until_at = %d, details = %s WHERE name = 'crm'",
			$now + $probe_after,
			Database::json(
				[
					'reason'   => $reason,
					'since'    => $now,
					'message'  => $message,
					'settings' => self::settings_digest(),
				]
			)
		);
		Log::note( "$message. Events wait until Agile CRM answers again; none is lost." );
	}

	/**
	 * Changes with whatever decides whether the CRM knows us. Keyed with WordPress' salts: it is stored, and the API key is in it.
	 */
	private static function settings_digest(): string {
		$connection = Account::connection();
		unset( $connection['proxy'] );
		return wp_hash( Database::json( $connection ) );
	}
}
