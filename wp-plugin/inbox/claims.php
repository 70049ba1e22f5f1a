<?php
/**
 * Who works on an event: taking it, and whether it is still ours.
 *
 * A claim is a lease, an owner's token and one more attempt, in one statement that is committed before the CRM is asked.
 * Everything after it names the owner: a worker whose lease ran out and whose event somebody else has taken changes nothing
 * any more.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Primary;

defined( 'ABSPATH' ) || exit;

final class Claims {

	/** How long a worker may hold an event without a sign of life. What it does after that is refused by the owner token. */
	public const LEASE = Event::LEASE;

	/** An event that has killed its worker so often is dead: it would kill the next one. */
	private const MAX_CRASHES = 5;

	/**
	 * Claims up to $count events that are due, in one statement, the longest waiting first. No passwords: see due_password().
	 *
	 * @return list<Event>
	 */
	public static function due( int $count ): array {
		return self::claim( "action <> 'return_password'", $count );
	}

	/**
	 * A password that is to be tried again. One at a time and by itself: what the CRM does not take costs seconds, for which no
	 * contact should have to wait.
	 */
	public static function due_password(): ?Event {
		return self::claim( "action = 'return_password'", 1 )[0] ?? null;
	}

	/**
	 * @param string $which A condition.
	 * @return list<Event>
	 */
	private static function claim( string $which, int $count ): array {
		return Primary::during( static fn(): array => self::claim_here( $which, $count ), writes: true );
	}

	/**
	 * @return list<Event>
	 */
	private static function claim_here( string $which, int $count ): array {
		$owner = Lease::new_owner();
		$now   = Clock::now();
		$taken = Database::execute(
			'UPDATE ' . Tables::events() . " SET state = 'running', owner = %s, inline_worker = 0, lease_until = %d, taken = webhooks, attempts = attempts + 1, updated_at = %d
				WHERE state = 'waiting' AND due_at <= %d AND crashes = 0 AND $which ORDER BY due_at, id LIMIT %d",
			$owner,
			$now + self::LEASE,
			$now,
			$now,
			$count
		);
		return self::events_of( $owner, $taken );
	}

	/**
	 * Claims one event that a dead worker has left: its lease ran out, or it has killed one before. Alone, so that if it kills this
	 * one too, no other event is blamed for it. One that is written (`applied`) stays so, for what is still owed.
	 */
	public static function abandoned(): ?Event {
		return Primary::during( self::abandoned_here( ... ), writes: true );
	}

	private static function abandoned_here(): ?Event {
		$owner  = Lease::new_owner();
		$now    = Clock::now();
		$events = Tables::events();
		self::give_up_killers( $now );
		// By two statements, each along an index of its own: one with an OR would lock all that waits.
		$taken = Database::execute(
			"UPDATE $events SET crashes = crashes + CASE WHEN owner = '' THEN 0 ELSE 1 END, attempts = attempts + CASE WHEN owner = '' THEN 1 ELSE 0 END,
				owner = %s, inline_worker = 0, lease_until = %d, taken = CASE WHEN state = 'applied' THEN taken ELSE webhooks END, updated_at = %d
				WHERE state IN ('running', 'applied') AND lease_until <= %d ORDER BY lease_until LIMIT 1",
			$owner,
			$now + self::LEASE,
			$now,
			$now
		);
		if ( 0 === $taken ) {
			$rows = Database::rows( "SELECT id FROM $events WHERE crashes > 0 AND state = 'waiting' AND due_at <= %d ORDER BY due_at LIMIT 1", $now );
			if ( [] === $rows ) {
				return null;
			}
			$taken = Database::execute(
				"UPDATE $events SET state = 'running', owner = %s, inline_worker = 0, lease_until = %d, attempts = attempts + 1, taken = webhooks, updated_at = %d
					WHERE id = %d AND state = 'waiting'",
				$owner,
				$now + self::LEASE,
				$now,
				(int) $rows[0]->id
			);
		}
		return self::events_of( $owner, $taken )[0] ?? null;
	}

	/**
	 * What has killed its worker too often is given up.
	 */
	private static function give_up_killers( int $now ): void {
		Database::execute(
			'UPDATE ' . Tables::events() . " SET state = 'dead', open_key = NULL, owner = '', owed = NULL, crashes = crashes + 1, updated_at = %d, message = %s
				WHERE state IN ('running', 'applied') AND lease_until <= %d AND crashes >= %d AND owner <> ''",
			$now,
			Tables::message( 'It ended the PHP process that worked on it, five times. The error log of the site may say by what.' ),
			$now,
			self::MAX_CRASHES - 1
		);
	}

	/**
	 * @param int $taken How many it has just taken.
	 * @return list<Event> What this owner holds.
	 * @throws Failure If they cannot be read back: their leases would run out, and they be taken for what kills its worker.
	 */
	private static function events_of( string $owner, int $taken ): array {
		if ( 0 === $taken ) {
			return [];
		}
		$rows = Database::rows( 'SELECT * FROM ' . Tables::events() . " WHERE owner = %s AND state IN ('running', 'applied') ORDER BY due_at, id", $owner );
		if ( count( $rows ) < $taken ) {
			Log::note( 'events that were just claimed cannot be read back: does a proxy send this transaction to a replica? They are let go of.' );
			throw Database::failure();
		}
		return array_map( [ Event::class, 'of_row' ], $rows );
	}

	/**
	 * SQL that is 1 where the database that answers has this claim, and so all that was written before it.
	 */
	public static function witness( Event $event ): string {
		return $GLOBALS['wpdb']->prepare( 'SELECT COUNT(*) FROM ' . Tables::events() . ' WHERE owner = %s', $event->owner ); // phpcs:ignore WordPress.DB
	}

	/**
	 * Whether this claim still counts.
	 */
	public static function is_held( Event $event ): bool {
		$rows = Primary::during( static fn(): array => Database::rows( 'SELECT owner FROM ' . Tables::events() . ' WHERE id = %d', $event->id ) );
		return [] !== $rows && $rows[0]->owner === $event->owner;
	}

	/**
	 * @throws ClaimLost
	 */
	public static function require_owner( Event $event ): void {
		self::is_held( $event ) || throw new ClaimLost( 'the event was claimed by another worker' );
	}

	/**
	 * Under the locks: whether the event is still ours, and what was fetched still the newest that is known of the contact.
	 *
	 * @param list<array<string, int>> $known Versions, of some of the locked and of others: as read before the contact was fetched,
	 *                                        or as a lost try of ours may have left them. One of these has to be right.
	 * @return array<string, int> What they are now, and that of the event's own.
	 * @throws ClaimLost
	 * @throws ContactStale
	 */
	public static function require_held( Event $event, Locked $locked, array $known ): array {
		$now = self::versions_if_held( $event, array_keys( $known[0] + [ $event->identity() => 0 ] ) );
		foreach ( $known as $versions ) {
			if ( ! array_diff_assoc( $locked->raised( $versions ), $now ) ) {
				return $now;
			}
		}
		throw new ContactStale( 'a newer state of the contact was written meanwhile' );
	}

	/**
	 * Under the locks: the versions of identities, in one question with whether the event is still ours.
	 *
	 * @param list<string> $identities The event's among them.
	 * @return array<string, int>
	 * @throws ClaimLost
	 */
	public static function versions_if_held( Event $event, array $identities ): array {
		$places = implode( ', ', array_fill( 0, count( $identities ), '%s' ) );
		$rows   = Database::rows(
			'SELECT identity, version, (SELECT owner FROM ' . Tables::events() . ' WHERE id = %d) AS owner FROM ' . Tables::identities() . " WHERE identity IN ($places)",
			$event->id,
			...$identities
		);
		if ( [] === $rows || $rows[0]->owner !== $event->owner ) {
			throw new ClaimLost( 'the event was claimed by another worker' );
		}
		return array_map( 'intval', array_column( $rows, 'version', 'identity' ) ) + array_fill_keys( $identities, 0 );
	}
}
