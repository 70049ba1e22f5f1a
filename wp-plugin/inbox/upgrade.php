<?php
/**
 * Tables of an older version are brought up to date: by one worker, which nobody waits for, while webhooks are stored as before.
 *
 * What is missing is told by looking, not by the version: who shares the users' table may have added it. It is added in place,
 * while others read and write, where the database can do that. Even so it waits for whoever is using the table, and everybody
 * else behind it: not for longer than a caller can bear. Then it is tried again later.
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
use AgileBridge\Plugin\Site\TablesVersion;
use AgileBridge\Plugin\User\LinkRepair;

defined( 'ABSPATH' ) || exit;

final class Upgrade {

	/** Longer than it takes on a large table: a second worker at it would only be in the way. */
	private const LEASE = 30 * Clock::MINUTE;

	/** Until it is tried again. */
	private const PAUSE = Clock::MINUTE;

	/** Seconds to wait for whoever is using the table, and everybody else behind us. */
	private const WAIT = 1;

	/**
	 * Unless somebody else is at it. What fails is logged and tried again later: with what there is webhooks can be stored and processed.
	 */
	public static function run(): void {
		$owner = Lease::new_owner();
		try {
			// An older version had no row for this.
			Lease::insert_all();
			if ( ! Lease::take( 'schema', $owner, self::LEASE ) ) {
				return;
			}
			try {
				TablesVersion::refresh();
				if ( TablesVersion::are_newest() ) {
					return;
				}
				if ( self::is_needed() ) {
					self::waiting_briefly( self::add_what_is_missing( ... ) );
				}
				if ( self::is_needed() ) {
					Log::note( 'the tables of the plugin could not be brought up to date: the database refused it, or somebody was using them. Webhooks are stored and processed as before; it is tried again in a minute.' );
					return;
				}
				TablesVersion::note( TablesVersion::NEWEST );
				LinkRepair::fill();
			} finally {
				Lease::end_in( 'schema', self::PAUSE );
			}
		} catch ( Failure $failure ) {
			Log::error( $failure );
		}
	}

	/**
	 * Whether anything is missing of what the newest version has.
	 */
	public static function is_needed(): bool {
		foreach ( TableDefinitions::all() as $table => $definition ) {
			$lines = TableDefinitions::lines( $definition );
			try {
				self::read( 'SELECT ' . implode( ', ', array_keys( $lines['columns'] ) ) . " FROM $table LIMIT 1" );
				if ( [] !== self::new_keys( $table, $lines['keys'] ) ) {
					return true;
				}
			} catch ( Failure $failure ) {
				return true;
			}
		}
		return false;
	}

	private static function add_what_is_missing(): void {
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		foreach ( TableDefinitions::all() as $table => $definition ) {
			if ( ! self::add_online( $table, $definition ) ) {
				return;
			}
			// What the database cannot do so, and tables that are missing.
			Database::quietly( static fn() => dbDelta( $definition ) );
		}
	}

	/**
	 * @return bool False if it waited in vain: any other way would wait for the same.
	 */
	private static function add_online( string $table, string $definition ): bool {
		if ( Database::is_sqlite() ) {
			return true;
		}
		$lines = TableDefinitions::lines( $definition );
		try {
			$there = array_flip( array_column( self::read( "SHOW COLUMNS FROM $table" ), 'Field' ) );
			$keys  = self::new_keys( $table, $lines['keys'] );
		} catch ( Failure $failure ) {
			// There is no such table.
			return true;
		}
		$columns = array_map( static fn( string $line ): string => "COLUMN $line", array_diff_key( $lines['columns'], $there ) );
		return self::alter( $table, $columns, [ 'ALGORITHM=INSTANT', 'ALGORITHM=INPLACE, LOCK=NONE' ] )
			&& self::alter( $table, $keys, [ 'ALGORITHM=INPLACE, LOCK=NONE' ] );
	}

	/**
	 * @param array<string, string> $keys Lines, by their names.
	 * @return array<string, string> Those that the table has not. (SQLite does not tell: dbDelta() minds them.)
	 * @throws Failure
	 */
	private static function new_keys( string $table, array $keys ): array {
		return Database::is_sqlite() ? [] : array_diff_key( $keys, array_flip( array_column( self::read( "SHOW INDEX FROM $table" ), 'Key_name' ) ) );
	}

	/**
	 * @return list<object>
	 * @throws Failure
	 */
	private static function read( string $query ): array {
		return Primary::during( static fn(): array => Database::rows( $query ) );
	}

	/**
	 * @param array<string, string> $additions
	 * @param list<string>          $ways      The first that the database can go.
	 * @return bool False if it waited in vain.
	 */
	private static function alter( string $table, array $additions, array $ways ): bool {
		global $wpdb;
		foreach ( [] === $additions ? [] : $ways as $way ) {
			// phpcs:ignore WordPress.DB -- a table of ours.
			if ( false !== Database::quietly( static fn() => $wpdb->query( "ALTER TABLE $table ADD " . implode( ', ADD ', $additions ) . ", $way" ) ) ) {
				return true;
			}
			if ( Database::is_out_of_reach() ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Runs $work while this connection waits for tables so briefly.
	 *
	 * @param callable(): void $work
	 */
	private static function waiting_briefly( callable $work ): void {
		global $wpdb;
		if ( Database::is_sqlite() ) {
			$work();
			return;
		}
		$former = (int) ( Database::rows( 'SELECT @@SESSION.lock_wait_timeout AS seconds' )[0]->seconds ?? 0 );
		$set    = static fn( string $seconds ) => Database::quietly( static fn() => $wpdb->query( "SET SESSION lock_wait_timeout = $seconds" ) ); // phpcs:ignore WordPress.DB -- a setting of the connection.
		$set( (string) self::WAIT );
		try {
			$work();
		} finally {
			$set( $former > 0 ? (string) $former : 'DEFAULT' );
		}
	}
}
