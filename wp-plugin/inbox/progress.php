<?php
/**
 * What an event has come to, told by the worker that holds it: written, finished, given up, or let go for another try.
 *
 * Every statement names the owner: a worker whose lease ran out and whose event somebody else has taken changes nothing any
 * more.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Primary;

defined( 'ABSPATH' ) || exit;

final class Progress {

	/**
	 * Users are written; what is owed to others is kept with the event. Inside the transaction that wrote them.
	 *
	 * @return bool False if the claim was lost to somebody else.
	 */
	public static function mark_written( Event $event, Owed $owed ): bool {
		$now    = Clock::now();
		$record = Record::on_the_way( $event, 'applied', $now );
		return 0 < Database::execute(
			'UPDATE ' . Tables::events() . " SET state = 'applied', owed = %s, updated_at = %d, lease_until = %d$record WHERE id = %d AND owner = %s",
			Database::json( $owed->to_array() ),
			$now,
			$now + Event::LEASE,
			$event->id,
			$event->owner
		);
	}

	/**
	 * What became of a transaction whose commit was not confirmed.
	 *
	 * @return ?Owed Null if nothing was written. What is owed, if the users of this event are written and it is still ours; what
	 *               is left to be told, if it has ended with them.
	 */
	public static function owed_if_written( Event $event ): ?Owed {
		$rows = Primary::during( static fn(): array => Database::rows( 'SELECT owner, state, status, user_id, owed FROM ' . Tables::events() . ' WHERE id = %d', $event->id ) );
		$row  = $rows[0] ?? null;
		if ( null === $row ) {
			return null;
		}
		if ( $row->owner === $event->owner && 'applied' === $row->state ) {
			return Owed::of_stored( (array) json_decode( (string) $row->owed, true ) );
		}
		// (Webhooks that were merged meanwhile have made it wait again.)
		if ( '' === $row->owner && in_array( $row->state, [ 'done', 'waiting' ], true ) && in_array( $row->status, [ 'created', 'updated' ], true ) ) {
			return new Owed( status: $row->status, user_id: (int) $row->user_id, is_finished: true );
		}
		return null;
	}

	/**
	 * @param Owed $owed What is still owed.
	 * @return bool False if the claim was lost to somebody else.
	 * @throws \Throwable Where it is not stored, or nobody can tell.
	 */
	public static function keep_owed( Event $event, Owed $owed ): bool {
		$json = Database::json( $owed->to_array() );
		try {
			// A statement that wpdb had to send twice changes nothing the second time: then the owner decides.
			return 0 < Database::execute( 'UPDATE ' . Tables::events() . ' SET owed = %s WHERE id = %d AND owner = %s', $json, $event->id, $event->owner )
				|| Claims::is_held( $event );
		} catch ( Failure $failure ) {
			// Stored all the same, where only its confirmation was lost.
			$rows = Primary::during( static fn(): array => Database::rows( 'SELECT owner, owed FROM ' . Tables::events() . ' WHERE id = %d', $event->id ) );
			return match ( true ) {
				[] === $rows || $rows[0]->owner !== $event->owner => false,
				$rows[0]->owed === $json                          => true,
				default                                           => throw $failure,
			};
		}
	}

	/**
	 * Lets go of an event whose users are written, and of which something is still owed: another worker pays it later.
	 *
	 * @param int      $delay   Milliseconds.
	 * @param string   $message For the admin.
	 * @param callable(Owed): Owed $left Gets what is kept as owed, gives what is left of it.
	 */
	public static function postpone_owed( Event $event, int $delay, string $message, callable $left ): void {
		$rows = Primary::during( static fn(): array => Database::rows( 'SELECT owed FROM ' . Tables::events() . " WHERE id = %d AND owner = %s AND state = 'applied'", $event->id, $event->owner ) );
		if ( [] === $rows ) {
			return;
		}
		$owed = Owed::of_stored( (array) json_decode( (string) $rows[0]->owed, true ) );
		$now  = Clock::now();
		Database::execute(
			'UPDATE ' . Tables::events() . " SET owed = %s, owner = '', inline_worker = 0, lease_until = %d, updated_at = %d, message = %s WHERE id = %d AND owner = %s AND state = 'applied'",
			Database::json( $left( $owed )->to_array() ),
			$now + $delay,
			$now,
			Tables::message( $message ),
			$event->id,
			$event->owner
		);
	}

	/**
	 * Has the event run once more when it has come to its end, as if a webhook had been merged into it.
	 */
	public static function run_again( Event $event ): void {
		Database::execute( 'UPDATE ' . Tables::events() . ' SET webhooks = webhooks + 1 WHERE id = %d AND owner = %s', $event->id, $event->owner );
	}

	/**
	 * The event is finished.
	 *
	 * @return bool False if the claim was lost to somebody else.
	 */
	public static function finish( Event $event, Outcome $outcome ): bool {
		return self::end( $event, 'done', $outcome );
	}

	/**
	 * The event is kept, the admin sees it and may replay it.
	 */
	public static function give_up( Event $event, Outcome $outcome ): void {
		self::end( $event, 'dead', $outcome );
	}

	/**
	 * The event has come to its end; unless webhooks were merged into it meanwhile, then it is due again.
	 *
	 * @param 'done'|'dead' $state
	 */
	private static function end( Event $event, string $state, Outcome $outcome ): bool {
		$now    = Clock::now();
		$record = Record::at_end( $event, $state, $outcome, $now );
		return 0 < Database::execute(
			'UPDATE ' . Tables::events() . " SET
				state = CASE WHEN webhooks = %d THEN %s ELSE 'waiting' END, open_key = CASE WHEN webhooks = %d THEN NULL ELSE open_key END,
				owner = '', lease_until = 0, inline_worker = 0, attempts = CASE WHEN webhooks = %d THEN attempts ELSE 0 END, crashes = CASE WHEN webhooks = %d THEN crashes ELSE 0 END,
				due_at = %d, updated_at = %d, status = %s, code = %s, user_id = %d, message = %s, owed = CASE WHEN action = 'return_password' AND webhooks <> %d THEN owed ELSE NULL END$record
				WHERE id = %d AND owner = %s",
			$event->taken,
			$state,
			$event->taken,
			$event->taken,
			$event->taken,
			$now,
			$now,
			$outcome->status,
			$outcome->code,
			$outcome->user_id,
			Tables::message( $outcome->message ),
			$event->taken,
			$event->id,
			$event->owner
		);
	}

	/**
	 * Lets go of an event that is to be tried again. If a webhook came meanwhile, soon (Inbox::NEWS); with its tries begun anew only
	 * where nothing had failed.
	 *
	 * @param int    $delay   Milliseconds.
	 * @param bool   $counts  Whether this was an attempt.
	 * @param string $message For the admin.
	 */
	public static function postpone( Event $event, int $delay, bool $counts, string $message = '' ): void {
		$now  = Clock::now();
		// Who only lets go at once of what they have claimed by storing it has not begun.
		$record = 0 === $delay && ! $counts ? '' : Record::on_the_way( $event, 'waiting', $now );
		$back   = ! $counts && $event->attempts > 0 ? 1 : 0;
		// With news: see Inbox::put().
		$news = match ( true ) {
			0 === $delay                                   => $event->attempts,
			$delay > Inbox::NEWS && $event->attempts > 1 => 1,
			default                                        => $back,
		};
		Database::execute(
			'UPDATE ' . Tables::events() . " SET state = 'waiting', owner = '', lease_until = 0, inline_worker = 0,
				due_at = CASE WHEN webhooks = %d THEN %d ELSE %d END, attempts = attempts - CASE WHEN webhooks = %d THEN %d ELSE %d END,
				updated_at = %d, message = %s$record
				WHERE id = %d AND owner = %s AND state = 'running'",
			$event->taken,
			$now + $delay,
			$now + min( $delay, Inbox::NEWS ),
			$event->taken,
			$back,
			$news,
			$now,
			Tables::message( $message ),
			$event->id,
			$event->owner
		);
	}

	/**
	 * Lets go of claimed events that nobody has begun to work on.
	 *
	 * @param list<Event> $events
	 */
	public static function release( array $events ): void {
		if ( [] === $events ) {
			return;
		}
		$ids    = implode( ', ', array_map( static fn( Event $event ): int => $event->id, $events ) );
		$owners = array_values( array_unique( array_map( static fn( Event $event ): string => $event->owner, $events ) ) );
		$places = implode( ', ', array_fill( 0, count( $owners ), '%s' ) );
		Database::execute(
			'UPDATE ' . Tables::events() . " SET state = 'waiting', owner = '', lease_until = 0, inline_worker = 0, attempts = attempts - CASE WHEN attempts > 0 THEN 1 ELSE 0 END
				WHERE id IN ($ids) AND owner IN ($places) AND state = 'running'",
			...$owners
		);
	}
}
