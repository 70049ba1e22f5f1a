<?php
/**
 * Whether the database did what it was asked for: WordPress' functions do not tell.
 *
 * Two halves. For users: wpdb forgets an error at the next query, but keeps a list of all of them in a global; other plugins'
 * failing queries are in it too and are not our business, those about users are. For our own tables: statements that are
 * repeated where the database only asks for patience (deadlocks), and throw where it failed.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Database {

	/**
	 * Deadlock; MariaDB 11.8 also says 'record has changed since last read'; on a cluster, also at the commit, that another node was
	 * first (Galera 1213, MySQL's group replication 3101 or 1180). InnoDB has undone the whole transaction, which for a statement by
	 * itself is that statement: it may be sent again.
	 */
	public const DEADLOCKS = [ 1213, 1020, 3101, 1180 ];

	/** Seconds to wait for a lock; MySQL's default of 50 would hang a worker. */
	public const LOCK_WAIT = 2;

	/**
	 * How often a statement meets a deadlock before it is given up. Eight workers deadlock in 0.4 % of their claims; of 264 webhooks on
	 * three nodes, 24 at once for each address, one met six.
	 */
	private const DEADLOCK_TRIES = 10;

	/** The connection whose lock waits are ours. */
	private static ?object $limited = null;

	/** What they were before, in seconds; noted where others go on with the connection. */
	private static ?int $former_wait = null;

	/**
	 * A place in the list, to be given to require_since().
	 */
	public static function mark(): int {
		return count( (array) ( $GLOBALS['EZSQL_ERROR'] ?? [] ) );
	}

	/**
	 * @throws Failure If a query about users failed since the mark.
	 */
	public static function require_since( int $mark ): void {
		global $wpdb;
		if ( self::has_failed_since( $mark, $wpdb->users ) || self::has_failed_since( $mark, $wpdb->usermeta ) ) {
			throw self::failure();
		}
	}

	/**
	 * Whether a query that has this text in it failed since the mark.
	 */
	public static function has_failed_since( int $mark, string $text ): bool {
		$errors = array_slice( (array) ( $GLOBALS['EZSQL_ERROR'] ?? [] ), $mark );
		return [] !== array_filter( $errors, static fn( $error ): bool => str_contains( (string) ( $error['query'] ?? '' ), $text ) );
	}

	public static function failure(): Failure {
		return new Failure( 503, 'site_unavailable', 'The database of the site failed. Nothing was stored of the contact.' );
	}

	/**
	 * One statement of ours that writes, a transaction of its own unless one is open.
	 *
	 * Keep it ASCII: for anything else wpdb asks the database about every column first.
	 *
	 * @param int|float|string ...$values For wpdb's placeholders.
	 * @return int Rows affected. (SQLite counts rows that matched, MySQL those that changed: compare with 0 only where the WHERE
	 *             makes the two the same.)
	 * @throws Failure
	 */
	public static function execute( string $sql, ...$values ): int {
		global $wpdb;
		// phpcs:ignore WordPress.DB.PreparedSQL -- statements of ours with placeholders.
		$sql = [] === $values ? $sql : $wpdb->prepare( $sql, ...$values );
		self::limit_lock_waits();
		for ( $try = 1; ; $try++ ) {
			// phpcs:ignore WordPress.DB -- prepared above; tables of ours are in no cache.
			$affected = self::quietly( static fn() => $wpdb->query( $sql ) );
			if ( false !== $affected ) {
				return (int) $affected;
			}
			$error = (string) $wpdb->last_error;
			// (Inside a transaction the repetition is stopped: Transaction::while_it_lasts().)
			if ( $try >= self::DEADLOCK_TRIES || ! self::is_deadlock() ) {
				Log::note( "a statement failed: $error" );
				if ( self::is_column_missing() ) {
					TablesVersion::doubt();
				}
				throw self::failure();
			}
			Host::wait_a_moment( $try );
		}
	}

	/**
	 * For this connection, once. A wait that takes longer is a failure of the database: who asks is told, and an event is tried
	 * again later. (On SQLite: Transaction::with_short_waits().)
	 */
	public static function limit_lock_waits(): void {
		global $wpdb;
		if ( ! self::is_sqlite() && self::$limited !== $wpdb->dbh ) {
			self::$limited = $wpdb->dbh;
			if ( wp_doing_cron() ) {
				self::$former_wait = (int) ( self::setting_of_primary( '@@SESSION.innodb_lock_wait_timeout AS seconds' )->seconds ?? 0 );
			}
			// phpcs:ignore WordPress.DB -- a setting of the connection.
			self::quietly( static fn() => $wpdb->query( 'SET SESSION innodb_lock_wait_timeout = ' . self::LOCK_WAIT ) );
		}
	}

	/**
	 * Our cron job is over, and those of others follow: what they lock they wait for as long as before.
	 */
	public static function restore_lock_waits(): void {
		global $wpdb;
		if ( null !== self::$limited && self::$limited === $wpdb->dbh ) {
			$former        = 0 < (int) self::$former_wait ? (string) self::$former_wait : 'DEFAULT';
			self::$limited = null;
			// phpcs:ignore WordPress.DB -- a setting of the connection.
			self::quietly( static fn() => $wpdb->query( "SET SESSION innodb_lock_wait_timeout = $former" ) );
		}
	}

	/**
	 * Not what was there at the first SELECT: MariaDB 11.6 and later would refuse (error 1020) to change a row that somebody else has
	 * changed since, as a webhook of the same contact changes the event's while a slow callback runs. For the next transaction of
	 * this connection, and for no other. Not where the binary log is one of statements, to which InnoDB would not write it.
	 */
	public static function read_what_is_committed(): void {
		global $wpdb;
		static $known = null;
		static $may   = false;
		if ( self::is_sqlite() ) {
			return;
		}
		if ( $known !== $wpdb->dbh ) {
			$known = $wpdb->dbh;
			// One that no longer has the second logs no statements.
			$log = self::setting_of_primary( '@@log_bin AS is_kept, @@binlog_format AS format' );
			$may = ! ( (int) ( $log->is_kept ?? 0 ) > 0 && 'STATEMENT' === strtoupper( (string) $log->format ) );
		}
		// phpcs:ignore WordPress.DB -- a setting of the connection.
		$may && self::quietly( static fn() => $wpdb->query( 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED' ) );
	}

	/**
	 * Of the server that writes, so in a transaction: see primary.php.
	 */
	private static function setting_of_primary( string $columns ): ?object {
		global $wpdb;
		// phpcs:disable WordPress.DB -- settings of the server, by names of ours.
		return self::quietly(
			static function () use ( $wpdb, $columns ): ?object {
				$wpdb->query( 'START TRANSACTION' );
				$row = $wpdb->get_row( "SELECT $columns" );
				$wpdb->query( 'COMMIT' );
				return $row;
			}
		);
		// phpcs:enable
	}

	/**
	 * @param int|float|string ...$values For wpdb's placeholders.
	 * @return list<object> Rows of a SELECT.
	 * @throws Failure
	 */
	public static function rows( string $sql, ...$values ): array {
		global $wpdb;
		// phpcs:ignore WordPress.DB.PreparedSQL -- statements of ours with placeholders.
		$sql = [] === $values ? $sql : $wpdb->prepare( $sql, ...$values );
		// phpcs:ignore WordPress.DB -- prepared above; tables of ours are in no cache.
		$rows = self::quietly( static fn() => $wpdb->get_results( $sql ) );
		if ( ! is_array( $rows ) || '' !== (string) $wpdb->last_error ) {
			throw self::failure();
		}
		return $rows;
	}

	/**
	 * Runs $work without wpdb printing or logging what fails: whoever asks here handles it.
	 *
	 * @template T
	 * @param callable(): T $work
	 * @return T
	 */
	public static function quietly( callable $work ) {
		global $wpdb;
		$shown = $wpdb->suppress_errors( true );
		try {
			return $work();
		} finally {
			$wpdb->suppress_errors( $shown );
		}
	}

	/**
	 * Whether the last statement failed only because another one was in its way. (Not a lock wait that timed out: whoever held
	 * the lock for that long will hold it still.)
	 */
	public static function is_deadlock(): bool {
		global $wpdb;
		return $wpdb->dbh instanceof \mysqli && in_array( $wpdb->dbh->errno, self::DEADLOCKS, true );
	}

	/**
	 * Whether it is no use to send the last statement again while a caller waits: somebody else held a lock for longer than we wait, or
	 * the database is gone.
	 */
	public static function is_out_of_reach(): bool {
		global $wpdb;
		return self::is_sqlite() ? str_contains( (string) $wpdb->last_error, 'database is locked' ) : ! $wpdb->dbh instanceof \mysqli || 1205 === $wpdb->dbh->errno;
	}

	public static function is_table_missing(): bool {
		$error = (string) $GLOBALS['wpdb']->last_error;
		$errno = $GLOBALS['wpdb']->dbh instanceof \mysqli ? $GLOBALS['wpdb']->dbh->errno : 0;
		return 1146 === $errno || str_contains( $error, 'no such table' ) || str_contains( $error, "doesn't exist" );
	}

	private static function is_column_missing(): bool {
		$error = (string) $GLOBALS['wpdb']->last_error;
		$errno = $GLOBALS['wpdb']->dbh instanceof \mysqli ? $GLOBALS['wpdb']->dbh->errno : 0;
		return 1054 === $errno || str_contains( $error, 'no such column' ) || str_contains( $error, 'has no column' );
	}

	public static function is_sqlite(): bool {
		return method_exists( $GLOBALS['wpdb'], 'get_driver' );
	}

	/**
	 * JSON in ASCII, whatever is in it: see inbox/schema.php.
	 *
	 * @param mixed $value
	 */
	public static function json( $value ): string {
		// phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode() changes what is not UTF-8 by guessing.
		return (string) json_encode( $value, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRESERVE_ZERO_FRACTION );
	}
}
