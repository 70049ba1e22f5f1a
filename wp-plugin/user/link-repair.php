<?php
/**
 * The index of links (link-index.php) is made to agree with user meta: filled where a site had links before it had the index, and
 * mended every hour for what somebody wrote by SQL: rows of user meta that are new, which are few, and of all links the next
 * 60,000, since a row that was changed looks like any other.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;

defined( 'ABSPATH' ) || exit;

final class LinkRepair {

	/** Links that are looked at in one statement. */
	private const BATCH = 5000;

	/** Statements at a time for new links, and as many for each go over all of them: some 60,000 links an hour. */
	private const BATCHES = 12;

	/**
	 * Where the site has no links yet, the table is whole as it is. Else a look fills it in: here somebody waits.
	 */
	public static function begin(): void {
		global $wpdb;
		if ( [] === Database::rows( "SELECT umeta_id FROM {$wpdb->usermeta} WHERE meta_key = %s LIMIT 1", SiteKey::of( LinkIndex::KEY ) ) ) {
			self::fill();
		}
	}

	/**
	 * Looks at the next rows of user meta of a site that had links before it had this table.
	 *
	 * @return bool Whether there may be more.
	 */
	public static function fill(): bool {
		$table  = LinkIndex::table();
		$states = Database::rows( "SELECT user_id FROM $table WHERE site = %s AND contact_id = %s", LinkIndex::site(), LinkIndex::STATE );
		$after  = [] === $states ? 0 : (int) $states[0]->user_id;
		if ( [] !== $states && LinkIndex::THROUGH === $after ) {
			return false;
		}
		$next = self::note_missing( $after );
		Database::execute( "DELETE FROM $table WHERE site = %s AND contact_id = %s", LinkIndex::site(), LinkIndex::STATE );
		LinkIndex::put( LinkIndex::site(), [ [ LinkIndex::STATE, $next ?? LinkIndex::THROUGH ] ] );
		return null !== $next;
	}

	/**
	 * Makes the table agree with user meta, each time a part of it: links that somebody wrote by SQL, the new ones first, and those that
	 * are no longer. (These do no harm: who is found is compared with user meta.)
	 *
	 * @param array<string, mixed> $place What the last time gave: `seen` the newest row of user meta, `row` that up to which missing
	 *                                    ones were looked for, `user` the one up to whom for those that are no longer.
	 * @return array{seen: int, row: int, user: int} The same, for the next time.
	 */
	public static function heal( array $place ): array {
		while ( self::fill() ) {
			continue;
		}
		$newest = self::newest_row();
		// A backup that was restored may have older ones.
		$seen = min( $newest, (int) ( $place['seen'] ?? $newest ) );
		return [
			'seen' => self::in_batches( $seen, self::note_missing( ... ) ) ?? $newest,
			'row'  => self::in_batches( (int) ( $place['row'] ?? 0 ), self::note_missing( ... ) ) ?? 0,
			'user' => self::in_batches( (int) ( $place['user'] ?? 0 ), self::remove_stale( ... ) ) ?? 0,
		];
	}

	/**
	 * @param callable(int): ?int $batch Goes on after a place, up to another one; null where there are no more.
	 * @return ?int The place where it is.
	 */
	private static function in_batches( int $after, callable $batch ): ?int {
		$place = $after;
		for ( $number = 0; $number < self::BATCHES && null !== $place; $number++ ) {
			$place = $batch( $place );
		}
		return $place;
	}

	private static function newest_row(): int {
		global $wpdb;
		return (int) Database::rows( "SELECT MAX(umeta_id) AS newest FROM {$wpdb->usermeta}" )[0]->newest;
	}

	/**
	 * @param int $after A row of user meta.
	 * @return ?int The last row that was looked at; null where there are no more.
	 */
	private static function note_missing( int $after ): ?int {
		global $wpdb;
		$rows = Database::rows(
			"SELECT umeta_id, user_id, meta_value FROM {$wpdb->usermeta} WHERE meta_key = %s AND umeta_id > %d ORDER BY umeta_id LIMIT %d",
			SiteKey::of( LinkIndex::KEY ),
			$after,
			self::BATCH
		);
		$links = [];
		foreach ( $rows as $row ) {
			if ( LinkIndex::is_contact_id( (string) $row->meta_value ) ) {
				$links[ "$row->meta_value $row->user_id" ] = [ (string) $row->meta_value, (int) $row->user_id ];
			}
		}
		foreach ( self::of_users( array_column( $links, 1 ) ) as $known ) {
			unset( $links[ "$known->contact_id $known->user_id" ] );
		}
		LinkIndex::put( LinkIndex::site(), array_values( $links ) );
		return count( $rows ) < self::BATCH ? null : (int) end( $rows )->umeta_id;
	}

	/**
	 * @param int $after A user.
	 * @return ?int The last user that was looked at; null where there are no more.
	 */
	private static function remove_stale( int $after ): ?int {
		global $wpdb;
		$table = LinkIndex::table();
		// What was just written may be on its way into user meta; also what is written again while we look.
		$before = Clock::now() - Clock::HOUR;
		$rows   = Database::rows(
			"SELECT contact_id, user_id FROM $table WHERE site = %s AND user_id > %d AND contact_id <> %s AND noted_at < %d ORDER BY user_id LIMIT %d",
			LinkIndex::site(),
			$after,
			LinkIndex::STATE,
			$before,
			self::BATCH
		);
		if ( [] === $rows ) {
			return null;
		}
		$places = implode( ', ', array_fill( 0, count( $rows ), '%d' ) );
		$meta   = Database::rows( "SELECT user_id, meta_value FROM {$wpdb->usermeta} WHERE user_id IN ($places) AND COALESCE(meta_key, '') = %s", ...[ ...array_column( $rows, 'user_id' ), SiteKey::of( LinkIndex::KEY ) ] );
		$linked = array_flip( array_map( static fn( object $row ): string => "$row->meta_value $row->user_id", $meta ) );
		foreach ( $rows as $row ) {
			if ( ! isset( $linked[ "$row->contact_id $row->user_id" ] ) ) {
				Database::execute( "DELETE FROM $table WHERE site = %s AND contact_id = %s AND user_id = %d AND noted_at < %d", LinkIndex::site(), $row->contact_id, (int) $row->user_id, $before );
			}
		}
		return count( $rows ) < self::BATCH ? null : (int) end( $rows )->user_id;
	}

	/**
	 * @param list<int> $user_ids
	 * @return list<object> What the table has of them: `contact_id` and `user_id`.
	 */
	private static function of_users( array $user_ids ): array {
		if ( [] === $user_ids ) {
			return [];
		}
		$places = implode( ', ', array_fill( 0, count( $user_ids ), '%d' ) );
		// By the index of users: SQLite would take that of the primary key, and read all of this site.
		return Database::rows( 'SELECT contact_id, user_id FROM ' . LinkIndex::table() . " WHERE COALESCE(site, '') = %s AND user_id IN ($places)", LinkIndex::site(), ...$user_ids );
	}
}
