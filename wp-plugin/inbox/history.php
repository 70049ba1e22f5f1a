<?php
/**
 * What events have come to know of contacts: asked by the hourly look.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Database;

defined( 'ABSPATH' ) || exit;

final class History {

	/**
	 * @param list<string> $contact_ids Not empty.
	 * @return list<string> Those of them with an event that is not finished.
	 */
	public static function open_among( array $contact_ids ): array {
		$places = implode( ', ', array_fill( 0, count( $contact_ids ), '%s' ) );
		return array_column( Database::rows( 'SELECT contact_id FROM ' . Tables::events() . " WHERE open_key IS NOT NULL AND contact_id IN ($places)", ...$contact_ids ), 'contact_id' );
	}

	/**
	 * Those of these contacts that an event has seen. A question of its own and no NOT EXISTS in that for the links: there the ids
	 * are text of another charset, and no index would be used.
	 *
	 * @param list<string> $contact_ids
	 * @param int          $since       Milliseconds since 1970.
	 * @return list<string>
	 */
	public static function finished_among( array $contact_ids, int $since ): array {
		if ( [] === $contact_ids ) {
			return [];
		}
		$places = implode( ', ', array_fill( 0, count( $contact_ids ), '%s' ) );
		$rows   = Database::rows(
			'SELECT DISTINCT contact_id FROM ' . Tables::events() . " WHERE contact_id IN ($places) AND state = 'done' AND updated_at > %d",
			...[ ...array_map( 'strval', $contact_ids ), $since ]
		);
		return array_column( $rows, 'contact_id' );
	}

	/**
	 * @param list<string> $contact_ids Not empty.
	 * @return list<string> Those of them with an event that is not finished, or with an `add`, whatever became of it.
	 */
	public static function open_or_added_among( array $contact_ids ): array {
		$places = implode( ', ', array_fill( 0, count( $contact_ids ), '%s' ) );
		return array_column( Database::rows( 'SELECT DISTINCT contact_id FROM ' . Tables::events() . " WHERE contact_id IN ($places) AND (open_key IS NOT NULL OR action = 'add')", ...$contact_ids ), 'contact_id' );
	}

	/**
	 * The contacts of whom an event told news in this time, the newest first: it changed a user, and was not the first of its
	 * contact. (Who is seen for the first time has mostly been created, and never changed.)
	 *
	 * @param int $from  Milliseconds since 1970.
	 * @param int $until The same.
	 * @return list<string> At most 100.
	 */
	public static function news_between( int $from, int $until ): array {
		$events = Tables::events();
		$rows   = Database::rows(
			"SELECT e.contact_id, MAX(e.updated_at) AS last_at FROM $events e
				WHERE e.state = 'done' AND e.status = 'updated' AND e.contact_id <> '' AND e.updated_at BETWEEN %d AND %d
					AND EXISTS (SELECT 1 FROM $events p WHERE p.contact_id = e.contact_id AND p.id < e.id)
				GROUP BY e.contact_id ORDER BY last_at DESC LIMIT 100",
			$from,
			$until
		);
		return array_map( 'strval', array_column( $rows, 'contact_id' ) );
	}
}
