<?php
/**
 * A commit that waits until the answer is out: the caller need not wait for the disk.
 *
 * Measured without: an unchanged `update` takes 1 ms more, of 15.
 *
 * For the last statement of an event whose caller waits. Whoever sends the next webhook of the contact waits at the row until
 * then, and finds the event finished. If the commit never comes, the event is taken up again: only for what may be done once
 * more.
 *
 * The database may refuse it: on a cluster, where another node has merged a webhook into the event meanwhile, or because the
 * connection is gone. Then the statement is sent once more by itself. It names the owner of the event, and so does nothing where the
 * commit has arrived after all; and what was merged has the event run once more. If that fails too, nobody knows: the event's lease
 * runs out, within a minute.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class LateCommit {

	/** @var ?\Closure(): mixed Null while none is open. */
	private ?\Closure $work = null;

	private ?object $connection = null;

	/**
	 * @param callable(): mixed $work The last statement.
	 * @throws \Throwable Of the work.
	 */
	public function after( callable $work ): void {
		global $wpdb;
		// (On SQLite the whole site would wait.)
		if ( Database::is_sqlite() || ! Transaction::sent( 'START TRANSACTION' ) ) {
			$work();
			return;
		}
		try {
			$work();
		} catch ( \Throwable $error ) {
			Transaction::sent( 'ROLLBACK' );
			throw $error;
		}
		$this->work       = $work( ... );
		$this->connection = $wpdb->dbh ?? null;
	}

	/**
	 * The answer is out.
	 */
	public function commit(): void {
		global $wpdb;
		$work       = $this->work;
		$this->work = null;
		// (A connection that is gone wpdb opens again without a word, and commits nothing there.)
		if ( null === $work || ( Transaction::sent( 'COMMIT' ) && ( $wpdb->dbh ?? null ) === $this->connection ) ) {
			return;
		}
		Transaction::sent( 'ROLLBACK' );
		try {
			$work();
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}
}
