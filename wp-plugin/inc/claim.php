<?php
/**
 * Who works on an event: taking it, letting go of it, and what it has come to.
 *
 * A claim is a lease, an owner's token and one more attempt, in one statement that is committed before the CRM is asked.
 * Everything after it names the owner: a worker whose lease ran out and whose event somebody else has taken changes nothing
 * any more.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/** How long a worker may hold an event without a sign of life. What it does after that is refused by the owner token. */
const EVENT_LEASE = MINUTE;

/** An event that has killed its worker so often is dead: it would kill the next one. */
const MAX_CRASHES = 5;

/**
 * Claims up to $count events that are due, in one statement, the longest waiting first.
 *
 * @return list<Event>
 */
function claim_due( int $count ): array {
	$owner = new_owner();
	$now   = now_ms();
	$taken = execute(
		'UPDATE ' . events_table() . " SET state = 'running', owner = %s, inline_worker = 0, lease_until = %d, taken = webhooks, attempts = attempts + 1, updated_at = %d
			WHERE state = 'waiting' AND due_at <= %d AND crashes = 0 ORDER BY due_at, id LIMIT %d",
		$owner,
		$now + EVENT_LEASE,
		$now,
		$now,
		$count
	);
	return 0 === $taken ? [] : events_of( $owner );
}

/**
 * Claims one event that wants care: its worker died, or it has killed one before. Alone, so that if it kills this one too,
 * no other event is blamed for it. An *applied* one stays applied, for what is still owed.
 */
function claim_delicate(): ?Event {
	$owner  = new_owner();
	$now    = now_ms();
	$events = events_table();
	execute(
		"UPDATE $events SET state = 'dead', open_key = NULL, owner = '', owed = NULL, crashes = crashes + 1, updated_at = %d, message = %s
			WHERE state IN ('running', 'applied') AND lease_until <= %d AND crashes >= %d",
		$now,
		message_json( 'It ended the PHP process that worked on it, five times. The error log of the site may say by what.' ),
		$now,
		MAX_CRASHES - 1
	);
	// By two statements, each along an index of its own: one with an OR would lock all that waits.
	$taken = execute(
		"UPDATE $events SET owner = %s, inline_worker = 0, lease_until = %d, crashes = crashes + 1,
			taken = CASE WHEN state = 'applied' THEN taken ELSE webhooks END, updated_at = %d
			WHERE state IN ('running', 'applied') AND lease_until <= %d ORDER BY lease_until LIMIT 1",
		$owner,
		$now + EVENT_LEASE,
		$now,
		$now
	);
	if ( 0 === $taken ) {
		$rows = rows( "SELECT id FROM $events WHERE crashes > 0 AND state = 'waiting' AND due_at <= %d ORDER BY due_at LIMIT 1", $now );
		if ( [] === $rows ) {
			return null;
		}
		execute(
			"UPDATE $events SET state = 'running', owner = %s, inline_worker = 0, lease_until = %d, attempts = attempts + 1, taken = webhooks, updated_at = %d
				WHERE id = %d AND state = 'waiting'",
			$owner,
			$now + EVENT_LEASE,
			$now,
			(int) $rows[0]->id
		);
	}
	return events_of( $owner )[0] ?? null;
}

/**
 * @return list<Event> What this owner holds.
 */
function events_of( string $owner ): array {
	$rows = rows( 'SELECT * FROM ' . events_table() . " WHERE owner = %s AND state IN ('running', 'applied') ORDER BY due_at, id", $owner );
	return array_map( [ Event::class, 'of_row' ], $rows );
}

/**
 * Whether this claim still counts.
 */
function is_ours( Event $event ): bool {
	$rows = rows( 'SELECT owner FROM ' . events_table() . ' WHERE id = %d', $event->id );
	return [] !== $rows && $rows[0]->owner === $event->owner;
}

/**
 * Users are written; what is owed to others is kept with the event. Inside the transaction that wrote them.
 *
 * @param array<string, mixed> $owed
 * @return bool False if the claim was lost to somebody else.
 */
function mark_applied( Event $event, array $owed ): bool {
	return 0 < execute(
		'UPDATE ' . events_table() . " SET state = 'applied', owed = %s, updated_at = %d, lease_until = %d WHERE id = %d AND owner = %s",
		ascii_json( $owed ),
		now_ms(),
		now_ms() + EVENT_LEASE,
		$event->id,
		$event->owner
	);
}

/**
 * What became of a transaction whose commit was not confirmed.
 *
 * @return ?array<string, mixed> Null if nothing was stored. What is owed, if the users of this event are written and it is still
 *         ours; what is left to be told, if it has ended with them.
 */
function owed_if_stored( Event $event ): ?array {
	$rows = rows( 'SELECT owner, state, status, user_id, owed FROM ' . events_table() . ' WHERE id = %d', $event->id );
	$row  = $rows[0] ?? null;
	if ( null === $row ) {
		return null;
	}
	if ( $row->owner === $event->owner && 'applied' === $row->state ) {
		return (array) json_decode( (string) $row->owed, true );
	}
	// (Webhooks that were merged meanwhile have made it wait again.)
	if ( '' === $row->owner && in_array( $row->state, [ 'done', 'waiting' ], true ) && in_array( $row->status, [ 'created', 'updated' ], true ) ) {
		return [
			'status'   => $row->status,
			'user_id'  => (int) $row->user_id,
			'notes'    => [],
			'finished' => true,
		];
	}
	return null;
}

/**
 * @param array<string, mixed> $owed What is still owed.
 */
function keep_owed( Event $event, array $owed ): bool {
	// A statement that wpdb had to send twice changes nothing the second time: then the owner decides.
	return 0 < execute( 'UPDATE ' . events_table() . ' SET owed = %s WHERE id = %d AND owner = %s', ascii_json( $owed ), $event->id, $event->owner )
		|| is_ours( $event );
}

/**
 * The event has come to its end; unless webhooks were merged into it meanwhile, then it is due again.
 *
 * @param 'done'|'dead'                                                            $state
 * @param array{status?: string, code?: string, user_id?: ?int, message?: string} $outcome
 * @return bool False if the claim was lost to somebody else.
 */
function finish_event( Event $event, string $state, array $outcome ): bool {
	$now = now_ms();
	return 0 < execute(
		'UPDATE ' . events_table() . " SET
			state = CASE WHEN webhooks = %d THEN %s ELSE 'waiting' END, open_key = CASE WHEN webhooks = %d THEN NULL ELSE open_key END,
			owner = '', lease_until = 0, inline_worker = 0, attempts = CASE WHEN webhooks = %d THEN attempts ELSE 0 END, crashes = CASE WHEN webhooks = %d THEN crashes ELSE 0 END,
			due_at = %d, updated_at = %d, status = %s, code = %s, user_id = %d, message = %s, owed = CASE WHEN action = 'return_password' AND webhooks <> %d THEN owed ELSE NULL END
			WHERE id = %d AND owner = %s",
		$event->taken,
		$state,
		$event->taken,
		$event->taken,
		$event->taken,
		$now,
		$now,
		$outcome['status'] ?? '',
		$outcome['code'] ?? '',
		(int) ( $outcome['user_id'] ?? 0 ),
		message_json( $outcome['message'] ?? '' ),
		$event->taken,
		$event->id,
		$event->owner
	);
}

/**
 * Lets go of an event that is to be tried again; at once, with its tries begun anew, if a webhook came meanwhile.
 *
 * @param int    $delay   Milliseconds.
 * @param bool   $counts  Whether this was an attempt.
 * @param string $message For the admin.
 */
function postpone_event( Event $event, int $delay, bool $counts, string $message = '' ): void {
	$now = now_ms();
	execute(
		'UPDATE ' . events_table() . " SET state = 'waiting', owner = '', lease_until = 0, inline_worker = 0,
			due_at = CASE WHEN webhooks = %d THEN %d ELSE %d END, attempts = CASE WHEN webhooks = %d THEN attempts - %d ELSE 0 END,
			updated_at = %d, message = %s
			WHERE id = %d AND owner = %s AND state = 'running'",
		$event->taken,
		$now + $delay,
		$now,
		$event->taken,
		! $counts && $event->attempts > 0 ? 1 : 0,
		$now,
		message_json( $message ),
		$event->id,
		$event->owner
	);
}

/**
 * Lets go of claimed events that nobody has begun to work on.
 *
 * @param list<Event> $events
 */
function release_events( array $events ): void {
	if ( [] === $events ) {
		return;
	}
	$ids    = implode( ', ', array_map( static fn( Event $event ): int => $event->id, $events ) );
	$owners = array_values( array_unique( array_map( static fn( Event $event ): string => $event->owner, $events ) ) );
	$places = implode( ', ', array_fill( 0, count( $owners ), '%s' ) );
	execute(
		'UPDATE ' . events_table() . " SET state = 'waiting', owner = '', lease_until = 0, inline_worker = 0, attempts = attempts - CASE WHEN attempts > 0 THEN 1 ELSE 0 END
			WHERE id IN ($ids) AND owner IN ($places) AND state = 'running'",
		...$owners
	);
}
