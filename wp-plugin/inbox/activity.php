<?php
/**
 * The events as an admin looks at them: newest first, by pages, however many there are.
 *
 * No page reads more than LOOKED_AT of them. What an index tells apart and is rare is read by that index; anything else is
 * picked from the newest LOOKED_AT, and the page says where to go on. (An index for each thing that one may filter by would
 * make every webhook dearer, for a screen that is looked at now and then.) Ids are in the order of time, near enough to look for
 * a day among them by halving.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Activity {

	private const LOOKED_AT = 5000;

	/** More are not counted. */
	public const MOST_COUNTED = 10000;

	/**
	 * @param int $before Only those with a smaller id; 0: from the newest.
	 * @throws Failure If the database fails.
	 */
	public static function page( ActivityFilter $filter, int $before, int $count ): ActivityPage {
		$events = Tables::events();
		$ids    = self::range( $filter, $before );
		$rare   = self::rare( $filter );
		$other  = self::others( $filter );
		if ( null !== $rare ) {
			// (Not in the order of the primary key, which would lead the database to read that.)
			$rows = Database::rows( "SELECT * FROM $events WHERE ($rare) AND $other AND $ids ORDER BY id + 0 DESC LIMIT %d", $count + 1 );
			return self::page_of( $rows, $count, 0 );
		}
		if ( $filter->takes_all() ) {
			return self::page_of( Database::rows( "SELECT * FROM $events WHERE $ids ORDER BY id DESC LIMIT %d", $count + 1 ), $count, 0 );
		}
		$newest = "SELECT id, state, status, action, origin, contact_id, email, user_id FROM $events WHERE $ids ORDER BY id DESC LIMIT " . self::LOOKED_AT;
		$view   = ActivityFilter::VIEWS[ $filter->view ] ?? '1 = 1';
		$picked = "SELECT id FROM ($newest) AS newest WHERE $view AND $other ORDER BY id DESC LIMIT %d";
		$rows   = Database::rows( "SELECT e.* FROM ($picked) AS picked JOIN $events e ON e.id = picked.id ORDER BY e.id DESC", $count + 1 );
		$seen   = count( $rows ) > $count ? null : Database::rows( "SELECT COUNT(*) AS number, MIN(id) AS last FROM ($newest) AS newest" )[0];
		return self::page_of( $rows, $count, null !== $seen && (int) $seen->number >= self::LOOKED_AT ? (int) $seen->last : 0 );
	}

	/**
	 * @throws Failure If the database fails.
	 */
	public static function event( int $id ): ?ActivityRow {
		$rows = Database::rows( 'SELECT * FROM ' . Tables::events() . ' WHERE id = %d', $id );
		return [] === $rows ? null : ActivityRow::of_row( $rows[0] );
	}

	/**
	 * How many there are in each view, up to one more than MOST_COUNTED; '' is all.
	 *
	 * @return array<string, int>
	 * @throws Failure If the database fails.
	 */
	public static function counts(): array {
		$columns = [];
		foreach ( [ 'every' => '1 = 1' ] + ActivityFilter::VIEWS as $view => $where ) {
			$columns[] = self::counting( $where, self::MOST_COUNTED + 1 ) . " AS $view";
		}
		$counts = array_map( 'intval', (array) Database::rows( 'SELECT ' . implode( ', ', $columns ) )[0] );
		return [ '' => $counts['every'] ] + array_diff_key( $counts, [ 'every' => 0 ] );
	}

	/**
	 * Of those given up and those that wait, up to $most of each: for the menu, which every page of the dashboard shows.
	 *
	 * @return array{int, int}
	 * @throws Failure If the database fails.
	 */
	public static function backlog( int $most ): array {
		$row = Database::rows( 'SELECT ' . self::counting( ActivityFilter::VIEWS['dead'], $most ) . ' AS dead, ' . self::counting( ActivityFilter::VIEWS['waiting'], $most ) . ' AS waiting' )[0];
		return [ (int) $row->dead, (int) $row->waiting ];
	}

	private static function counting( string $where, int $most ): string {
		return '(SELECT COUNT(*) FROM (SELECT 1 AS one FROM ' . Tables::events() . " WHERE $where LIMIT $most) AS some)";
	}

	/**
	 * What an index answers with no more than LOOKED_AT rows; null where nothing does.
	 */
	private static function rare( ActivityFilter $filter ): ?string {
		$candidates = array_filter( [ self::of_subject( $filter ), ActivityFilter::VIEWS[ $filter->view ] ?? null ] );
		foreach ( $candidates as $where ) {
			if ( (int) Database::rows( 'SELECT ' . self::counting( $where, self::LOOKED_AT + 1 ) . ' AS number' )[0]->number <= self::LOOKED_AT ) {
				return $where;
			}
		}
		return null;
	}

	private static function of_subject( ActivityFilter $filter ): ?string {
		if ( null === $filter->subject ) {
			return null;
		}
		[ $contact_id, $email, $user_id ] = $filter->subject;
		// phpcs:ignore WordPress.DB -- parts of statements of ours.
		$is    = static fn( string $column, $value ): ?string => '' === $value || 0 === $value ? null : $GLOBALS['wpdb']->prepare( "$column = %s", $value );
		$parts = array_filter( [ $is( 'contact_id', $contact_id ), $is( 'email', $email ), $is( 'user_id', $user_id ) ] );
		return [] === $parts ? '1 = 0' : '(' . implode( ' OR ', $parts ) . ')';
	}

	private static function others( ActivityFilter $filter ): string {
		$parts = [ ActivityFilter::VIEWS[ $filter->view ] ?? '1 = 1', self::of_subject( $filter ) ?? '1 = 1' ];
		foreach ( [ 'action', 'origin' ] as $column ) {
			if ( '' !== $filter->$column ) {
				// phpcs:ignore WordPress.DB -- a part of a statement of ours.
				$parts[] = $GLOBALS['wpdb']->prepare( "$column = %s", $filter->$column );
			}
		}
		return implode( ' AND ', $parts );
	}

	/**
	 * @throws Failure
	 */
	private static function range( ActivityFilter $filter, int $before ): string {
		$from = 0 === $filter->since ? 0 : self::first_since( $filter->since );
		$to   = 0 === $filter->until ? PHP_INT_MAX : self::first_since( $filter->until );
		$to   = 0 === $before ? $to : min( $to, $before );
		return "id >= $from AND id < $to";
	}

	/**
	 * The id from which on events came at that time or later.
	 *
	 * @throws Failure
	 */
	private static function first_since( int $time ): int {
		$events = Tables::events();
		$ends   = Database::rows( "SELECT MIN(id) AS first, MAX(id) AS last FROM $events" )[0];
		$low    = (int) $ends->first;
		$high   = (int) $ends->last + 1;
		while ( $low < $high ) {
			$middle = intdiv( $low + $high, 2 );
			$rows   = Database::rows( "SELECT id, created_at FROM $events WHERE id >= %d ORDER BY id LIMIT 1", $middle );
			if ( [] !== $rows && (int) $rows[0]->created_at < $time ) {
				$low = (int) $rows[0]->id + 1;
			} else {
				$high = $middle;
			}
		}
		return $low;
	}

	/**
	 * @param list<object> $rows   One more than fit, if there are so many.
	 * @param int          $before Where to go on if there are not.
	 */
	private static function page_of( array $rows, int $count, int $before ): ActivityPage {
		$shown = array_slice( $rows, 0, $count );
		$last  = end( $shown );
		return new ActivityPage( array_map( [ ActivityRow::class, 'of_row' ], $shown ), count( $rows ) > $count ? (int) $last->id : $before );
	}
}
