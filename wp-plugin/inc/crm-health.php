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

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/lease.php';
require_once __DIR__ . '/settings.php';

const OUTAGE_AFTER  = 5;
const OUTAGE_PROBE  = 30 * SECOND;
const REFUSAL_PROBE = HOUR;

/**
 * Why the CRM must not be asked now, null if it may.
 *
 * @param array{until_at: int, failures: int, details: array<string, mixed>} $record Of the lease `crm`.
 * @return ?array{reason: 'outage'|'refusal', since: int, message: string}
 */
function crm_stopped( array $record ): ?array {
	$details = $record['details'];
	$reason  = $details['reason'] ?? '';
	if ( ! in_array( $reason, [ 'outage', 'refusal' ], true ) ) {
		return null;
	}
	if ( 'refusal' === $reason && ( $details['settings'] ?? '' ) !== settings_digest() ) {
		// Other settings deserve a try.
		return null;
	}
	return [
		'reason'  => $reason,
		'since'   => (int) ( $details['since'] ?? 0 ),
		'message' => (string) ( $details['message'] ?? '' ),
	];
}

/**
 * A failure that speaks of the CRM as a whole.
 */
function note_outage( string $message ): void {
	$leases = leases_table();
	execute( "UPDATE $leases SET failures = failures + 1 WHERE name = 'crm'" );
	$record = lease_record( 'crm' );
	if ( $record['failures'] >= OUTAGE_AFTER && null === crm_stopped( $record ) ) {
		stop_asking( 'outage', $message, OUTAGE_PROBE );
	}
}

/**
 * The CRM refuses our credentials, or there is no account under this subdomain.
 */
function note_refusal( string $message ): void {
	if ( 'refusal' !== ( crm_stopped( lease_record( 'crm' ) )['reason'] ?? '' ) ) {
		stop_asking( 'refusal', $message, REFUSAL_PROBE );
	}
}

/**
 * @param array{error?: string, message?: string, outage?: bool} $error As AgileCrm::next() gives it.
 */
function note_crm_error( array $error ): void {
	if ( 'crm_unauthorized' === ( $error['error'] ?? '' ) ) {
		note_refusal( (string) ( $error['message'] ?? '' ) );
	} elseif ( 'crm_unavailable' === ( $error['error'] ?? '' ) && ( $error['outage'] ?? true ) ) {
		note_outage( (string) ( $error['message'] ?? '' ) );
	}
}

/**
 * @param array{until_at: int, failures: int, details: array<string, mixed>} $record As read before the CRM answered.
 */
function note_crm_is_well( array $record ): void {
	if ( $record['failures'] > 0 || [] !== $record['details'] ) {
		execute( 'UPDATE ' . leases_table() . " SET failures = 0, until_at = 0, details = '' WHERE name = 'crm'" );
	}
}

/**
 * @param 'outage'|'refusal' $reason
 */
function stop_asking( string $reason, string $message, int $probe_after ): void {
	$now = now_ms();
	execute(
		'UPDATE ' . leases_table() . " SET until_at = %d, details = %s WHERE name = 'crm'",
		$now + $probe_after,
		ascii_json(
			[
				'reason'   => $reason,
				'since'    => $now,
				'message'  => $message,
				'settings' => settings_digest(),
			]
		)
	);
	// phpcs:ignore WordPress.PHP.DevelopmentFunctions -- the site's log is where an admin looks for it.
	error_log( "Bridge for Agile CRM: $message. Events wait until Agile CRM answers again; none is lost." );
}

/**
 * Whether the CRM may be asked; where it must not be and a probe is due, this asks it who we are, once for all servers.
 */
function crm_may_be_asked( \AgileBridge\AgileCrm $crm ): bool {
	$record  = lease_record( 'crm' );
	$stopped = crm_stopped( $record );
	if ( null === $stopped ) {
		return true;
	}
	$now   = now_ms();
	$again = 'outage' === $stopped['reason'] ? OUTAGE_PROBE : REFUSAL_PROBE;
	if ( 0 === execute( 'UPDATE ' . leases_table() . " SET until_at = %d WHERE name = 'crm' AND until_at <= %d", $now + $again, $now ) ) {
		return false;
	}
	try {
		$crm->currentUser();
	} catch ( \AgileBridge\CrmUnauthorized $refusal ) {
		note_refusal( $refusal->getMessage() );
		return false;
	} catch ( \Throwable $error ) {
		return false;
	}
	note_crm_is_well( $record );
	return true;
}

/**
 * Changes with whatever decides whether the CRM knows us. Keyed with WordPress' salts: it is stored, and the API key is in it.
 */
function settings_digest(): string {
	$connection = connection();
	unset( $connection['proxy'] );
	return wp_hash( ascii_json( $connection ) );
}
