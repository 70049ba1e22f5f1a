<?php
/**
 * Sending events through once more: what an admin may do about those that were given up.
 *
 * A replay puts the webhook into the inbox again, as if it had just come in, and merges like one: what it writes is the
 * contact as it is now. What a webhook alone says, a role and the welcome mail, is left out where a later one of the contact
 * has come: that one has said it. So replaying twice, or what a later webhook has long repaired, changes nothing that is right.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/inbox.php';

/**
 * @param int $id Of an event that is done or dead.
 * @return bool Whether there was something to replay. (An open one runs anyway; a password that was wiped is gone.)
 * @throws Failure If the database fails.
 */
function replay_event( int $id ): bool {
	require_schema();
	$rows = rows( 'SELECT * FROM ' . events_table() . " WHERE id = %d AND state IN ('done', 'dead') AND action <> 'return_password'", $id );
	if ( [] === $rows ) {
		return false;
	}
	$event   = Event::of_row( $rows[0] );
	$is_last = [] === rows( 'SELECT id FROM ' . events_table() . ' WHERE contact_id = %s AND subject_key = %s AND id > %d LIMIT 1', $event->contact_id, $rows[0]->subject_key, $id );
	put_webhook(
		[
			'action'            => $event->action,
			'contact_id'        => '' === $event->contact_id ? null : $event->contact_id,
			'email'             => '' === $event->email ? null : $event->email,
			'role'              => $is_last ? $event->role : null,
			'send_notification' => ! $is_last || null === $rows[0]->send_notification ? null : $event->send_notification,
		],
		origin: 'replay'
	);
	// Stored twice is better than not at all, so this comes after. It is no longer dead: its successor is what counts.
	execute( 'UPDATE ' . events_table() . " SET state = 'done', code = 'replayed', updated_at = %d WHERE id = %d AND state = 'dead'", now_ms(), $id );
	return true;
}

/**
 * @return int How many events are on their way again.
 * @throws Failure If the database fails.
 */
function replay_dead_events(): int {
	require_schema();
	$count = 0;
	$last  = 0;
	do {
		$rows = rows( 'SELECT id FROM ' . events_table() . " WHERE state = 'dead' AND action <> 'return_password' AND id > %d ORDER BY id LIMIT 500", $last );
		foreach ( $rows as $row ) {
			$last   = (int) $row->id;
			$count += (int) replay_event( $last );
		}
	} while ( [] !== $rows );
	return $count;
}

/**
 * The events given up last, the newest first.
 *
 * @return list<array{id: int, action: string, contact: string, message: string, time: int}> The contact's id, or its e-mail; seconds.
 * @throws Failure If the database fails.
 */
function latest_dead_events( int $count ): array {
	$rows = rows( 'SELECT id, action, contact_id, email, message, updated_at FROM ' . events_table() . " WHERE state = 'dead' ORDER BY updated_at DESC, id DESC LIMIT %d", $count );
	return array_map(
		static fn( object $row ): array => [
			'id'      => (int) $row->id,
			'action'  => (string) $row->action,
			'contact' => '' !== $row->contact_id ? (string) $row->contact_id : (string) $row->email,
			'message' => (string) json_decode( (string) $row->message, true ),
			'time'    => intdiv( (int) $row->updated_at, SECOND ),
		],
		$rows
	);
}

/**
 * Without passwords that were given up: they are wiped, and nothing can be done about them.
 *
 * @return array{waiting: int, running: int, applied: int, done: int, dead: int}
 * @throws Failure If the database fails.
 */
function count_events(): array {
	require_schema();
	$rows = rows( 'SELECT state, COUNT(*) AS events FROM ' . events_table() . " WHERE NOT (state = 'dead' AND action = 'return_password') GROUP BY state" );
	return array_map( 'intval', array_column( $rows, 'events', 'state' ) ) + [ 'waiting' => 0, 'running' => 0, 'applied' => 0, 'done' => 0, 'dead' => 0 ];
}
