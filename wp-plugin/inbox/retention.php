<?php
/**
 * What leaves the inbox, and when: done events and dead ones after as many days as the admin has chosen, 14 and 90; done ones also
 * beyond 200,000 rows. What waits never.
 *
 * In small batches at the end of a drain, at most once a minute, so that neither a lock nor a request becomes long.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class Retention {

	/** Days. */
	public const SHORTEST    = 1;
	public const LONGEST     = 365;
	private const MAX_EVENTS = 200000;

	/** Rows of one statement, and statements of one run. */
	private const BATCH   = 1000;

	private const BATCHES = 20;

	public static function most_events(): int {
		return max( 1, (int) apply_filters( 'agile_bridge_max_events', self::MAX_EVENTS ) );
	}

	/**
	 * Days that an event stays which is done.
	 */
	public static function days_of_done(): int {
		return self::bounded( (int) apply_filters( 'agile_bridge_keep_done_days', Settings::stored()->keep_done_days ) );
	}

	/**
	 * Days that an event stays which was given up.
	 */
	public static function days_of_dead(): int {
		return self::bounded( (int) apply_filters( 'agile_bridge_keep_dead_days', Settings::stored()->keep_dead_days ) );
	}

	private static function bounded( int $days ): int {
		return min( self::LONGEST, max( self::SHORTEST, $days ) );
	}

	/**
	 * @return int How many rows went.
	 */
	public static function remove_old(): int {
		if ( ! Lease::take( 'cleanup', Lease::new_owner(), Clock::MINUTE ) ) {
			return 0;
		}
		$now    = Clock::now();
		$events = Tables::events();
		$removed = 0;
		foreach ( [ 'done' => $now - self::days_of_done() * Clock::DAY, 'dead' => $now - self::days_of_dead() * Clock::DAY ] as $state => $before ) {
			$removed += self::remove_in_batches( "state = '$state' AND updated_at < %d ORDER BY updated_at", $before );
		}
		Identities::remove_old();
		// The newest so many stay; which are older than the last of these is told by its id. To find it reads as many, so it is looked
		// for once an hour, and only where the ids allow for more.
		$ids = Database::rows( "SELECT MIN(id) AS first, MAX(id) AS last FROM $events" )[0];
		if ( (int) $ids->last - (int) $ids->first < self::most_events() || ! Lease::take( 'count', Lease::new_owner(), Clock::HOUR ) ) {
			return $removed;
		}
		$last = Database::rows( "SELECT id FROM $events ORDER BY id DESC LIMIT 1 OFFSET %d", self::most_events() - 1 );
		if ( [] !== $last ) {
			$beyond   = self::remove_in_batches( "state = 'done' AND id < %d ORDER BY id", (int) $last[0]->id );
			$removed += $beyond;
			if ( $beyond >= self::BATCH * self::BATCHES ) {
				Lease::end_in( 'count', Clock::MINUTE );
			}
		}
		return $removed;
	}

	private static function remove_in_batches( string $where, int $value ): int {
		$removed = 0;
		for ( $batch = 0; $batch < self::BATCHES; $batch++ ) {
			$gone     = Database::execute( 'DELETE FROM ' . Tables::events() . " WHERE $where LIMIT " . self::BATCH, $value );
			$removed += $gone;
			if ( $gone < self::BATCH ) {
				break;
			}
		}
		return $removed;
	}
}
