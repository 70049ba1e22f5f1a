<?php
/**
 * Events that were finished when they were stored: webhooks that were kept unread and answered 202, and then had nothing to do, or
 * were refused. Their callers have gone; the admin is shown the reason.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;

defined( 'ABSPATH' ) || exit;

final class Finished {

	/** In place of an owner, which a finished event has not: they are found by it, along an index. */
	private const REFUSED = 'refused';

	/**
	 * @param string $key     Names what it was; a SHA-256.
	 * @param int    $arrived When it came; milliseconds since 1970.
	 */
	public static function store( string $key, Outcome $outcome, int $arrived ): void {
		Database::execute(
			'INSERT INTO ' . Tables::events() . " (subject_key, state, action, contact_id, owner, due_at, created_at, updated_at, status, code, message)
				VALUES (%s, 'done', '', %s, %s, %d, %d, %d, %s, %s, %s)",
			$key,
			$outcome->contact_id,
			'rejected' === $outcome->status ? self::REFUSED : '',
			$arrived,
			$arrived,
			Clock::now(),
			$outcome->status,
			$outcome->code,
			Tables::message( $outcome->message )
		);
	}

	/**
	 * Those that were refused last.
	 *
	 * @return list<array{time: int, message: string}> When they came (seconds since 1970), and why they were refused.
	 */
	public static function latest_refused( int $count ): array {
		$rows = Database::rows( 'SELECT created_at, message FROM ' . Tables::events() . ' WHERE owner = %s ORDER BY id DESC LIMIT %d', self::REFUSED, $count );
		return array_map(
			static fn( object $row ): array => [
				'time'    => intdiv( (int) $row->created_at, Clock::SECOND ),
				'message' => (string) json_decode( (string) $row->message, true ),
			],
			$rows
		);
	}
}
