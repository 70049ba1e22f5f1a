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

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Replay {

	/**
	 * @param int $id Of an event that is done or dead.
	 * @return bool Whether there was something to replay. (An open one runs anyway; a password that was wiped is gone, and what was refused unread says nothing.)
	 * @throws Failure If the database fails.
	 */
	public static function replay_event( int $id ): bool {
		Schema::ensure();
		$rows = Database::rows( 'SELECT * FROM ' . Tables::events() . " WHERE id = %d AND state IN ('done', 'dead') AND action NOT IN ('return_password', '')", $id );
		if ( [] === $rows ) {
			return false;
		}
		$event = Event::of_row( $rows[0] );
		// By what there are few of: of events that are named by an e-mail none has a contact's id.
		[ $name, $value ] = '' === $event->contact_id ? [ 'email', $event->email ] : [ 'contact_id', $event->contact_id ];
		$is_last          = [] === Database::rows( 'SELECT id FROM ' . Tables::events() . " WHERE $name = %s AND subject_key = %s AND id > %d LIMIT 1", $value, $rows[0]->subject_key, $id );
		Inbox::store(
			new Webhook(
				action: $event->action,
				contact_id: $event->contact_id,
				email: $event->email,
				role: $is_last ? $event->role : null,
				send_notification: ! $is_last || null === $rows[0]->send_notification ? null : $event->send_notification,
				origin: 'replay'
			)
		);
		// Stored twice is better than not at all, so this comes after. It is no longer dead: its successor is what counts.
		Database::execute( 'UPDATE ' . Tables::events() . " SET state = 'done', code = 'replayed', updated_at = %d WHERE id = %d AND state = 'dead'", Clock::now(), $id );
		return true;
	}

	/**
	 * @return int How many events are on their way again.
	 * @throws Failure If the database fails.
	 */
	public static function replay_dead_events(): int {
		Schema::ensure();
		$count = 0;
		[ $time, $id ] = [ 0, 0 ];
		do {
			// In the order of the index of states: by their ids all rows would be read, or all that are dead sorted each time.
			$rows = Database::rows(
				'SELECT id, updated_at FROM ' . Tables::events() . " WHERE state = 'dead' AND action <> 'return_password'
					AND updated_at >= %d AND (updated_at > %d OR id > %d) ORDER BY updated_at, id LIMIT 500",
				$time,
				$time,
				$id
			);
			foreach ( $rows as $row ) {
				[ $time, $id ] = [ (int) $row->updated_at, (int) $row->id ];
				$count        += (int) self::replay_event( $id );
			}
		} while ( [] !== $rows );
		return $count;
	}

	/**
	 * The events given up last, the newest first.
	 *
	 * @return list<GivenUp>
	 * @throws Failure If the database fails.
	 */
	public static function latest_dead_events( int $count ): array {
		$rows = Database::rows( 'SELECT id, action, contact_id, email, message, updated_at FROM ' . Tables::events() . " WHERE state = 'dead' ORDER BY updated_at DESC, id DESC LIMIT %d", $count );
		return array_map( [ GivenUp::class, 'of_row' ], $rows );
	}

	/**
	 * Passwords that were given up are counted by themselves: they are wiped, and a replay can do nothing about them.
	 *
	 * Each state up to a number that the index answers at once, however many rows there are.
	 *
	 * @throws Failure If the database fails.
	 */
	public static function count_events(): Counts {
		Schema::ensure();
		$events  = Tables::events();
		$limit   = Counts::MOST + 1;
		$of      = static fn( string $where ): string => "(SELECT COUNT(*) FROM (SELECT 1 AS one FROM $events WHERE $where LIMIT $limit) AS some)";
		$columns = array_map( static fn( string $state ): string => $of( "state = '$state'" ) . " AS $state", [ 'waiting', 'running', 'applied', 'done' ] );
		$dead    = [ $of( "state = 'dead' AND action <> 'return_password'" ) . ' AS dead', $of( "state = 'dead' AND action = 'return_password'" ) . ' AS passwords' ];
		$row     = Database::rows( 'SELECT ' . implode( ', ', [ ...$columns, ...$dead ] ) )[0];
		return new Counts( ...array_map( 'intval', (array) $row ) );
	}
}
