<?php
/**
 * All or nothing: one contact's writes in one database transaction.
 *
 * Transactions that other plugins open in their hooks become parts of it: nested-transactions.php. It can be lost without a
 * word all the same. DDL in a hook commits it; so does a transaction that is opened past wpdb; on SQLite any failing query, also
 * another plugin's, rolls it back, and later writes are stored one by one. What all of these have in common on MySQL, MariaDB
 * and SQLite: a savepoint made at the start no longer exists at the end. So it is released before the commit, and if that fails,
 * the caller is told. (A lost connection, which wpdb would open again without a word, is kept lost: reconnection.php.)
 *
 * No call to anything outside while one is open: on SQLite every writer of the site would wait for it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Transaction {

	/** Seconds that SQLite waits for other writers, as the integration plugin sets it. */
	private const SQLITE_WAIT = 10;

	private const LOST = 'the transaction was ended by other code, by a deadlock, or by the loss of the connection';

	/** 'Server has gone away', 'lost connection during query', 'shutdown in progress', 'connection was killed'; a cluster's node has lost the others. */
	private const CONNECTION_LOST = [ 2006, 2013, 1053, 1927, 1047 ];

	private static bool $is_open = false;

	/**
	 * Whether the work of one runs.
	 */
	public static function is_open(): bool {
		return self::$is_open;
	}

	/**
	 * @template T
	 * @param callable(): T      $work
	 * @param callable(T): mixed $seal Its last statements, once it is sure that the transaction has held: what says that all is
	 *                                 written must not be stored where it is not. No code of others may run in it.
	 * @return T
	 * @throws TransactionCut Where other code has committed it half-way, and the work went on to its end.
	 * @throws TransactionLost Also where the commit was not confirmed: then all may be stored after all.
	 * @throws \Throwable Of the work; nothing is stored then.
	 */
	public static function run( callable $work, ?callable $seal = null ) {
		Database::limit_lock_waits();
		Database::read_what_is_committed();
		// On SQLite it fails where the database is busy, and what follows would be stored without a transaction.
		if ( ! self::with_short_waits( static fn(): bool => self::sent( 'START TRANSACTION' ) ) ) {
			throw new TransactionLost( 'the database is busy' );
		}
		return PrivateCache::during( static fn() => self::in_open_one( $work, $seal ) );
	}

	/**
	 * @template T
	 * @param callable(): T       $work
	 * @param ?callable(T): mixed $seal
	 * @return T
	 */
	private static function in_open_one( callable $work, ?callable $seal ) {
		return Reconnection::at_most(
			0,
			static function () use ( $work, $seal ) {
				if ( ! self::sent( 'SAVEPOINT agile_bridge' ) ) {
					self::sent( 'ROLLBACK' );
					throw new TransactionLost( 'the database has no savepoints' );
				}
				$is_sealing = false;
				try {
					$result     = self::while_it_lasts( $work );
					$is_sealing = true;
					$lost       = ! self::sent( 'RELEASE SAVEPOINT agile_bridge' );
					if ( $lost && ! Database::is_sqlite() && self::ends_transaction() ) {
						// Not other code: on a cluster another node was first, and nothing is stored.
						throw new TransactionLost( self::LOST );
					}
					if ( ! $lost && null !== $seal ) {
						self::while_it_lasts( static fn() => $seal( $result ) );
					}
				} catch ( \Throwable $error ) {
					// (The seal's own exception is what it is: by then the savepoint has been released, and nobody else has had a turn.)
					$lost = $error instanceof TransactionLost || ( ! $is_sealing && ! self::sent( 'RELEASE SAVEPOINT agile_bridge' ) );
					self::sent( 'ROLLBACK' );
					throw $lost && ! $error instanceof TransactionLost ? new TransactionLost( self::LOST, 0, $error ) : $error;
				}
				// Where it is lost, perhaps another plugin's transaction is open now, with our last writes in it. (SQLite has undone them.)
				if ( $lost && Database::is_sqlite() || ! self::sent( 'COMMIT' ) ) {
					self::sent( 'ROLLBACK' );
					throw new TransactionLost( $lost ? self::LOST : 'the commit was not confirmed' );
				}
				return $lost ? throw new TransactionCut( $result ) : $result;
			}
		);
	}

	/**
	 * The script ends in the middle of one: nothing of it is stored. Filters on statements are left as they were then, ours and
	 * others', and would stop what is still to be stored; from here on there are none.
	 */
	public static function abandon(): void {
		global $wpdb, $wp_filter;
		self::$is_open = false;
		unset( $wp_filter['query'] );
		if ( ! self::sent( 'ROLLBACK' ) && ! Database::is_sqlite() ) {
			// Cut off in the middle of a statement: a connection that is closed is rolled back.
			$wpdb->close();
			$wpdb->db_connect( false );
		}
	}

	/**
	 * Stops the work at the first statement after one that has undone the transaction: whatever WordPress goes on to write would
	 * be stored for a user who is not there. That is a deadlock, a lost connection, a ROLLBACK that takes our own writes with it
	 * and, on SQLite, any failing query. (Not DDL, which commits what is written so far: its plugin may finish.)
	 *
	 * @template T
	 * @param callable(): T $work
	 * @return T
	 * @throws TransactionLost
	 */
	public static function while_it_lasts( callable $work ) {
		global $wpdb;
		// wpdb keeps the last error until the next statement, and asks this filter before it forgets.
		$wpdb->last_error = '';
		$over             = false;
		$nested           = new NestedTransactions();
		$require_it       = static function () use ( $wpdb, &$over ): void {
			if ( $over || ( '' !== $wpdb->last_error && self::ends_transaction() ) ) {
				$over = true;
				throw new TransactionLost( self::LOST . ( '' === $wpdb->last_error ? '' : ": $wpdb->last_error" ) );
			}
		};
		$watch            = static function ( $sql ) use ( $require_it, $nested, &$over ) {
			$require_it();
			$sql  = $nested->part_for( (string) $sql );
			$over = 1 === preg_match( '/^\s*ROLLBACK\b(?!.*\bTO\b)/i', $sql );
			return $sql;
		};
		add_filter( 'query', $watch, PHP_INT_MAX );
		self::$is_open = true;
		try {
			$result = $work();
			$require_it();
			return $result;
		} finally {
			self::$is_open = false;
			remove_filter( 'query', $watch, PHP_INT_MAX );
		}
	}

	/**
	 * Whether the last statement's error took the transaction with it.
	 */
	private static function ends_transaction(): bool {
		global $wpdb;
		return Database::is_sqlite() || ( $wpdb->dbh instanceof \mysqli && in_array( $wpdb->dbh->errno, [ ...Database::DEADLOCKS, ...self::CONNECTION_LOST ], true ) );
	}

	/**
	 * Whether the database took a statement without values.
	 */
	public static function sent( string $sql ): bool {
		global $wpdb;
		try {
			return Database::quietly( static fn(): bool => false !== $wpdb->query( $sql ) ); // phpcs:ignore WordPress.DB -- literals.
		} catch ( \Throwable $error ) {
			// The connection is gone: see below.
			unset( $error );
			return false;
		}
	}

	/**
	 * On SQLite every writer waits for the whole database. The integration plugin allows ten seconds, which a webhook that only has
	 * to be stored may use; who would hold the others up meanwhile must not wait so long.
	 *
	 * @template T
	 * @param callable(): T $work
	 * @return T
	 */
	private static function with_short_waits( callable $work ) {
		if ( ! Database::is_sqlite() ) {
			return $work();
		}
		$wait = static function ( int $seconds ): void {
			try {
				$GLOBALS['wpdb']->get_driver()->get_connection()->query( 'PRAGMA busy_timeout = ' . ( 1000 * $seconds ) );
			} catch ( \Throwable $error ) {
				// Another version of the integration plugin: its own limit holds.
				unset( $error );
			}
		};
		$wait( Database::LOCK_WAIT );
		try {
			return $work();
		} finally {
			$wait( self::SQLITE_WAIT );
		}
	}
}
