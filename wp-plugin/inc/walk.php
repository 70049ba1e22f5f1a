<?php
/**
 * The walk over all linked users, for what no list of changes tells: where the account has none, and which contacts are gone.
 *
 * In laps, some users at each look, the longest unseen first: in the order of their ids, going on where the last walk ended,
 * and leaving out whom an event has seen since the lap began. Within a daily budget of requests. Where it is goes with the
 * lease `reconcile`: the day and what it has spent, the user after whom to go on, when the lap began.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/run.php';

/** Requests a day for walking the linked users. */
const DAILY_REQUESTS = 2000;

/**
 * @return int How many events were queued.
 */
function walk_linked_users( \AgileBridge\AgileCrm $crm ): int {
	global $wpdb;
	$now    = now_ms();
	$record = lease_record( 'reconcile' )['details'];
	$day    = gmdate( 'Y-m-d', intdiv( $now, SECOND ) );
	$spent  = ( $record['day'] ?? '' ) === $day ? (int) ( $record['spent'] ?? 0 ) : 0;
	$after  = (int) ( $record['after'] ?? 0 );
	$lap    = (int) ( $record['lap'] ?? $now );
	$budget = max( 0, (int) apply_filters( 'agile_bridge_daily_requests', DAILY_REQUESTS ) );
	$users  = $budget <= $spent ? [] : rows(
		"SELECT user_id, meta_value AS contact_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND user_id > %d ORDER BY user_id LIMIT %d",
		contact_id_key(),
		$after,
		min( $budget - $spent, max( 1, intdiv( $budget, 24 ) ) )
	);
	$seen      = contacts_seen_since( $lap, array_column( $users, 'contact_id' ) );
	$health    = lease_record( 'crm' );
	$queued    = 0;
	$under_way = 0;
	$not_seen  = PHP_INT_MAX;
	$stopped   = false;
	foreach ( [ ...$users, null ] as $next ) {
		if ( null !== $next && ! $stopped ) {
			$after = (int) $next->user_id;
			// A link may be anything that somebody once wrote there.
			if ( is_contact_id( (string) $next->contact_id ) && ! in_array( $next->contact_id, $seen, true ) ) {
				$crm->begin( "{$next->user_id} {$next->contact_id}", (string) $next->contact_id, null );
				++$under_way;
				++$spent;
			}
		}
		while ( $under_way >= ( null === $next || $stopped ? 1 : 8 ) ) {
			$fetched = (array) $crm->next();
			--$under_way;
			[ $user_id, $contact_id ] = explode( ' ', (string) $fetched['key'] );
			$error                    = $fetched['error'] ?? null;
			if ( null !== $error && 'contact_not_found' !== $error ) {
				$fetched = verified_refusal( $fetched, $crm );
				if ( 'crm_unauthorized' === $fetched['error'] || ( $fetched['outage'] ?? true ) ) {
					$not_seen = min( $not_seen, (int) $user_id );
				}
				// (Else it is about this contact alone, which must not keep the walk from the others.)
				note_crm_error( $fetched );
				$health = lease_record( 'crm' );
				continue;
			}
			note_crm_is_well( $health );
			$health = [ 'until_at' => 0, 'failures' => 0, 'details' => [] ];
			if ( null === $error ) {
				$queued += queue_news( [ $fetched['contact'] ], $now );
			} else {
				mind_contact_gone_quietly( $contact_id );
			}
		}
		$stopped = $stopped || ( PHP_INT_MAX !== $not_seen && null !== crm_stopped( $health ) );
	}
	// Whom the CRM could not tell us about is the first of the next walk.
	$after = min( $after, $not_seen - 1 );
	// Through with all: the next walk is a new lap.
	$through = [] === $users && $budget > $spent && PHP_INT_MAX === $not_seen;
	keep_with_lease(
		'reconcile',
		[
			'day'   => $day,
			'spent' => $spent,
			'after' => $through ? 0 : $after,
			'lap'   => $through ? $now : $lap,
		] + $record
	);
	return $queued;
}

/**
 * Those of these contacts that an event has seen. By two queries and not by one with NOT EXISTS: the ids are text of another
 * charset among the user meta, and no index would be used.
 *
 * @param list<string> $contact_ids
 * @return list<string>
 */
function contacts_seen_since( int $time, array $contact_ids ): array {
	if ( [] === $contact_ids ) {
		return [];
	}
	$places = implode( ', ', array_fill( 0, count( $contact_ids ), '%s' ) );
	$rows   = rows(
		'SELECT DISTINCT contact_id FROM ' . events_table() . " WHERE contact_id IN ($places) AND state = 'done' AND updated_at > %d",
		...array_map( 'strval', $contact_ids ),
		...[ $time ]
	);
	return array_column( $rows, 'contact_id' );
}

/**
 * One user whom the site's own code does not let go must not end the walk.
 */
function mind_contact_gone_quietly( string $contact_id ): void {
	try {
		mind_contact_gone( $contact_id );
	} catch ( \Throwable $error ) {
		log_error( $error );
	}
}
