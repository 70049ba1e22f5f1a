<?php
/**
 * What waits too long, and what was given up lately: asked by who tells the admin.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Database;

defined( 'ABSPATH' ) || exit;

final class Backlog {

	/** Of those that wait so many are looked at, the longest due first: among many the oldest is there or hardly younger. */
	private const LOOKED_AT = 1000;

	/**
	 * When the oldest came that waits, for whatever.
	 *
	 * @return ?int Milliseconds since 1970; null where none waits.
	 * @throws \AgileBridge\Plugin\Site\Failure If the database fails.
	 */
	public static function oldest_waiting(): ?int {
		$due = 'SELECT created_at FROM ' . Tables::events() . " WHERE state = 'waiting' ORDER BY due_at LIMIT " . self::LOOKED_AT;
		return self::time( "SELECT MIN(created_at) AS time FROM ($due) AS due" );
	}

	/**
	 * Since when one is due that nobody has taken up.
	 *
	 * @return ?int Milliseconds since 1970, perhaps not come yet; null where none waits.
	 * @throws \AgileBridge\Plugin\Site\Failure If the database fails.
	 */
	public static function due_since(): ?int {
		return self::time( 'SELECT MIN(due_at) AS time FROM ' . Tables::events() . " WHERE state = 'waiting'" );
	}

	/**
	 * How many were given up since then, up to one more than Counts::MOST.
	 *
	 * @throws \AgileBridge\Plugin\Site\Failure If the database fails.
	 */
	public static function given_up_since( int $time ): int {
		$some = 'SELECT 1 AS one FROM ' . Tables::events() . " WHERE state = 'dead' AND action <> 'return_password' AND updated_at > %d LIMIT " . ( Counts::MOST + 1 );
		return (int) Database::rows( "SELECT COUNT(*) AS number FROM ($some) AS some", $time )[0]->number;
	}

	private static function time( string $query ): ?int {
		$time = Database::rows( $query )[0]->time;
		return null === $time ? null : (int) $time;
	}
}
