<?php
/**
 * Reading where it was written.
 *
 * Behind a splitter (MaxScale, ProxySQL, MySQL Router; HyperDB and LudicrousDB in WordPress itself) a SELECT outside of a transaction
 * goes to a replica, which is some milliseconds behind: a worker would not find what it has just claimed, and take a user as they
 * were a moment ago for what is stored. Splitters keep a transaction on the primary. So what must see what was just written is
 * read inside of one: two statements more, and nobody has to tell us of the splitter. The drop-ins can also be told.
 *
 * On a cluster whose nodes all write (Galera) nothing more is needed. A node commits in the order of the whole cluster, so who has
 * committed something, as everybody has who has stored or claimed an event, sees there all that was committed anywhere before.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Primary {

	/** How often a deadlock may undo it. */
	private const TRIES = 6;

	/**
	 * From here on this request is ours: also what WordPress itself reads, where the drop-in lets us say so.
	 */
	public static function is_wanted(): void {
		global $wpdb;
		if ( method_exists( $wpdb, 'send_reads_to_masters' ) ) {
			$wpdb->send_reads_to_masters();
		}
	}

	/**
	 * $work asks nothing outside. Of others' code it runs at most filters on what is read.
	 *
	 * @template T
	 * @param callable(): T $work
	 * @param bool          $writes Whether it writes too.
	 * @return T
	 * @throws Failure Where it does, and the database has not confirmed it: it may be stored all the same.
	 */
	public static function during( callable $work, bool $writes = false ) {
		// (SQLite is one file.)
		if ( Database::is_sqlite() || Transaction::is_open() ) {
			return $work();
		}
		for ( $try = 1; Transaction::sent( 'START TRANSACTION' ); $try++ ) {
			try {
				$result = Transaction::while_it_lasts( $work );
				if ( Transaction::sent( 'COMMIT' ) || ! $writes ) {
					return $result;
				}
				// On a cluster it is the commit that finds another node's writes in its way.
				throw Database::is_deadlock() ? new TransactionLost( 'the commit was refused' ) : Database::failure();
			} catch ( \Throwable $error ) {
				Transaction::sent( 'ROLLBACK' );
				if ( ! $error instanceof TransactionLost ) {
					throw $error;
				}
				if ( $try >= self::TRIES ) {
					throw Database::failure();
				}
				Host::wait_a_moment( $try );
			}
		}
		throw Database::failure();
	}
}
