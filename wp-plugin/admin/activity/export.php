<?php
/**
 * The events as a CSV file, row by row as they are read: none of it is kept in memory.
 *
 * A spreadsheet takes a cell for a formula if it begins like one, and what is in these cells anybody may have typed into a form:
 * such a cell begins with an apostrophe.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Inbox\Activity;
use AgileBridge\Plugin\Inbox\ActivityFilter;
use AgileBridge\Plugin\Inbox\ActivityRow;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Export {

	private const ROWS_AT_ONCE = 500;

	private const COLUMNS = [ 'id', 'created', 'updated', 'action', 'origin', 'contact_id', 'email', 'user_id', 'state', 'status', 'code', 'attempts', 'duration_ms', 'notes', 'changed', 'message' ];

	/** @throws Failure If the database fails before the first row. */
	public static function send( ActivityFilter $filter ): void {
		$page = Activity::page( $filter, 0, self::ROWS_AT_ONCE );
		nocache_headers();
		header( 'Content-Type: text/csv; charset=utf-8' );
		header( 'Content-Disposition: attachment; filename="agile-crm-activity-' . wp_date( 'Y-m-d' ) . '.csv"' );
		// phpcs:ignore WordPress.WP.AlternativeFunctions -- the answer, not a file.
		$out = fopen( 'php://output', 'w' );
		self::put( $out, self::COLUMNS );
		while ( true ) {
			foreach ( $page->events as $event ) {
				self::put( $out, self::cells( $event ) );
			}
			flush();
			if ( 0 === $page->before ) {
				return;
			}
			$page = Activity::page( $filter, $page->before, self::ROWS_AT_ONCE );
		}
	}

	/** @return list<string> */
	private static function cells( ActivityRow $event ): array {
		$time = static fn( int $time ): string => (string) wp_date( 'Y-m-d H:i:s', intdiv( $time, Clock::SECOND ) );
		return [
			(string) $event->id,
			$time( $event->created_at ),
			$time( $event->updated_at ),
			$event->action,
			$event->origin,
			$event->contact_id,
			$event->email,
			(string) $event->user_id,
			$event->state,
			$event->status,
			$event->code,
			(string) $event->attempts,
			(string) $event->took,
			implode( ', ', $event->notes ),
			implode( ', ', array_map( 'strval', array_keys( $event->changed ) ) ),
			$event->message,
		];
	}

	/**
	 * @param resource     $out
	 * @param list<string> $cells
	 */
	private static function put( $out, array $cells ): void {
		$safe = static fn( string $cell ): string => 1 === preg_match( '/^[\s\x00-\x1f]*[=+\-@|%＝＋－＠]/u', $cell ) ? "'$cell" : $cell;
		fputcsv( $out, array_map( $safe, $cells ), ',', '"', '' );
	}
}
