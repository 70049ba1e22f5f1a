<?php
/**
 * What leaves the inbox, and when: done events after 14 days, or beyond 200,000 rows; dead ones after 90 days. What waits never.
 *
 * In small batches at the end of a drain, at most once a minute, so that neither a lock nor a request becomes long.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/inbox.php';

const KEEP_DONE  = 14 * DAY;
const KEEP_DEAD  = 90 * DAY;
const MAX_EVENTS = 200000;

/** Rows of one statement, and statements of one run. */
const REMOVAL_BATCH   = 1000;
const REMOVAL_BATCHES = 20;

/**
 * @return int How many rows went.
 */
function remove_old_events(): int {
	if ( ! take_lease( 'cleanup', new_owner(), MINUTE ) ) {
		return 0;
	}
	$now    = now_ms();
	$events = events_table();
	$removed = 0;
	foreach ( [ 'done' => $now - KEEP_DONE, 'dead' => $now - KEEP_DEAD ] as $state => $before ) {
		$removed += remove_in_batches( "state = '$state' AND updated_at < %d", $before );
	}
	// The newest so many stay; which are older than the last of these is told by its id.
	$limit = max( 1, (int) apply_filters( 'agile_bridge_max_events', MAX_EVENTS ) );
	$last  = rows( "SELECT id FROM $events ORDER BY id DESC LIMIT 1 OFFSET %d", $limit - 1 );
	if ( [] !== $last ) {
		$removed += remove_in_batches( "state = 'done' AND id < %d", (int) $last[0]->id );
	}
	return $removed;
}

function remove_in_batches( string $where, int $value ): int {
	$removed = 0;
	for ( $batch = 0; $batch < REMOVAL_BATCHES; $batch++ ) {
		$gone     = execute( 'DELETE FROM ' . events_table() . " WHERE $where ORDER BY id LIMIT " . REMOVAL_BATCH, $value );
		$removed += $gone;
		if ( $gone < REMOVAL_BATCH ) {
			break;
		}
	}
	return $removed;
}
