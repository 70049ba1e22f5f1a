<?php
/**
 * The index of links (link-index.php) is made to agree with user meta: filled where a site had links before it had the index, and
 * mended every hour for what somebody wrote by SQL.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;

defined( 'ABSPATH' ) || exit;

final class LinkRepair {

	/** Rows of user meta that are looked at in one statement. */
	private const BATCH = 5000;

	/** Of links written by SQL that a look takes up; each costs a go over all links. */
	private const MOST_BATCHES = 40;

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
	 * Makes the table agree with user meta: links that somebody wrote by SQL, and some of those that are no longer. (These do no
	 * harm: who is found is compared with user meta.)
	 *
	 * @param int $after The last user whose rows were looked at for what is no longer.
	 * @return int The same, for the next look.
	 */
	public static function heal( int $after ): int {
		while ( self::fill() ) {
			continue;
		}
		for ( $batch = 0; $batch < self::MOST_BATCHES; $batch++ ) {
			$links = self::missing();
			LinkIndex::put( LinkIndex::site(), $links );
			if ( count( $links ) < self::BATCH ) {
				break;
			}
		}
		return self::remove_stale( $after );
	}

	/**
	 * Links that the table lacks, found by the database in one go over all links. A plain read, that nobody waits for.
	 *
	 * @return list<array{string, int}> Contact and user; at most a batch.
	 */
	private static function missing(): array {
		global $wpdb;
		$rows  = Database::rows(
			"SELECT m.user_id, m.meta_value FROM {$wpdb->usermeta} m LEFT JOIN " . LinkIndex::table() . ' l ON l.site = %s AND l.user_id = m.user_id AND l.contact_id = m.meta_value
				WHERE m.meta_key = %s AND l.user_id IS NULL AND m.meta_value REGEXP %s LIMIT %d',
			LinkIndex::site(),
			SiteKey::of( LinkIndex::KEY ),
			'^[1-9][0-9]{0,18}$',
			self::BATCH
		);
		$links = array_filter( $rows, static fn( object $row ): bool => LinkIndex::is_contact_id( (string) $row->meta_value ) );
		return array_values( array_map( static fn( object $row ): array => [ (string) $row->meta_value, (int) $row->user_id ], $links ) );
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
	 * @return int The last user that was looked at; 0 where there are no more.
	 */
	private static function remove_stale( int $after ): int {
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
			return 0;
		}
		$places = implode( ', ', array_fill( 0, count( $rows ), '%d' ) );
		$meta   = Database::rows( "SELECT user_id, meta_value FROM {$wpdb->usermeta} WHERE user_id IN ($places) AND meta_key = %s", ...[ ...array_column( $rows, 'user_id' ), SiteKey::of( LinkIndex::KEY ) ] );
		$linked = array_flip( array_map( static fn( object $row ): string => "$row->meta_value $row->user_id", $meta ) );
		foreach ( $rows as $row ) {
			if ( ! isset( $linked[ "$row->contact_id $row->user_id" ] ) ) {
				Database::execute( "DELETE FROM $table WHERE site = %s AND contact_id = %s AND user_id = %d AND noted_at < %d", LinkIndex::site(), $row->contact_id, (int) $row->user_id, $before );
			}
		}
		return count( $rows ) < self::BATCH ? 0 : (int) end( $rows )->user_id;
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
		return Database::rows( 'SELECT contact_id, user_id FROM ' . LinkIndex::table() . " WHERE site = %s AND user_id IN ($places)", LinkIndex::site(), ...$user_ids );
	}
}
