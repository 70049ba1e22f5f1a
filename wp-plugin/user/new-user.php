<?php
/**
 * The user who is being made: known from the moment in which WordPress inserts the row, until the transaction has held or is
 * lost.
 *
 * wp_insert_user() is checked before and verified after: it repairs addresses, cuts logins, answers 0 instead of an error, and
 * hands the password in clear to every `user_register` callback, so we give it another and put the hash into its row.
 *
 * Another plugin's `user_register` callback may end the transaction (any DDL does), and the process may be killed right after.
 * So the user carries a mark, MARK, from the statement that inserts the first user meta until the transaction is known to have
 * held: else the next event of the contact finds it and completes the user, as a creation. In a transaction that holds nobody
 * ever sees it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Primary;

defined( 'ABSPATH' ) || exit;

final class NewUser {

	/** User meta of a user who is not complete. No field map can name it: it is protected meta. */
	public const MARK = '_agile_bridge_creating';

	/** WordPress' own count of its users: one row of the options, which all creations would wait for until the other's commit. */
	private const USER_COUNTS = 'wp_maybe_update_user_counts';

	/** Brought up to date after the answer, and once for a whole drain: refresh_count(). */
	private static bool $is_count_stale = false;

	/** 0 until WordPress has inserted the row. All that a lost transaction can tell about its leftovers. */
	private int $id = 0;

	/** The row of its mark, 0 if not known. */
	private int $mark_id = 0;

	/** Whether user meta are written together. */
	private bool $is_gathered = true;

	/**
	 * @param array<string, mixed> $account Unslashed, as wp_insert_user() takes it.
	 * @return int Above 0.
	 * @throws \Throwable Of a callback of another plugin.
	 */
	public function insert( array $account, #[\SensitiveParameter] string $hash ): int {
		$mark = Database::mark();
		// The throwaway password need not be hashed at all. Neither may touch users that others' hooks make.
		$known  = KnownHash::give( $hash );
		$put    = self::put_into_row( $hash, $account['user_login'] );
		$notice = $this->notice( $account['user_login'] );
		add_filter( 'wp_pre_insert_user_data', $put, PHP_INT_MAX, 2 );
		add_filter( 'insert_user_meta', $notice, PHP_INT_MIN, 3 );
		try {
			$user_id = self::uncounted( static fn() => wp_insert_user( wp_slash( $account ) ) );
		} finally {
			remove_filter( 'insert_user_meta', $notice, PHP_INT_MIN );
			remove_filter( 'wp_pre_insert_user_data', $put, PHP_INT_MAX );
			$known->take_back();
		}
		if ( is_wp_error( $user_id ) || $user_id <= 0 ) {
			Database::require_since( $mark );
			throw Refused::by_wordpress( $user_id );
		}
		return $user_id;
	}

	/**
	 * Whether this is the one.
	 */
	public function is( int $user_id ): bool {
		return 0 !== $this->id && $this->id === $user_id;
	}

	/**
	 * @param int $umeta_id Of the row that holds the mark.
	 */
	public function note_mark( int $umeta_id ): void {
		$this->mark_id = $umeta_id;
	}

	/**
	 * User meta are written row by row, and somebody may listen to each.
	 */
	public function note_not_gathered(): void {
		$this->is_gathered = false;
	}

	/**
	 * Past WordPress' hooks: to everybody else the mark never was. The very last thing, when the transaction is known to have held.
	 *
	 * @param int $user_id This one, or another whose creation was cut off and is completed now.
	 * @throws Failure
	 */
	public function unmark( int $user_id ): void {
		global $wpdb;
		// By its own id: found by key or user, InnoDB would wait for the marks of all users who are being made at this moment.
		$id = $this->id === $user_id ? $this->mark_id : 0;
		if ( $id > 0 && 1 === Database::execute( "DELETE FROM {$wpdb->usermeta} WHERE umeta_id = %d AND user_id = %d AND meta_key = %s", $id, $user_id, self::MARK ) ) {
			UserMeta::forget_cached( $user_id, self::MARK );
			return;
		}
		foreach ( Database::rows( "SELECT umeta_id FROM {$wpdb->usermeta} WHERE user_id = %d AND meta_key = %s", $user_id, self::MARK ) as $row ) {
			Database::execute( "DELETE FROM {$wpdb->usermeta} WHERE umeta_id = %d", (int) $row->umeta_id );
		}
		UserMeta::forget_cached( $user_id, self::MARK );
	}

	/**
	 * After a rollback, or a transaction that was lost: what caches still hold of the user, and rows that were stored under the
	 * id of a user who is not there (SQLite would give the id to the next one).
	 *
	 * @param bool $is_lost Whether rows may have been stored.
	 */
	public function forget( bool $is_lost ): void {
		global $wpdb;
		if ( 0 === $this->id ) {
			return;
		}
		$user_id  = $this->id;
		$this->id = 0;
		// It finds the other caches by what the first one holds.
		clean_user_cache( $user_id );
		wp_cache_delete( $user_id, 'users' );
		wp_cache_delete( $user_id, 'user_meta' );
		// phpcs:disable WordPress.DB -- the facts, past caches and hooks.
		try {
			// (A replica may not know a user yet who is there.)
			$is_gone = $is_lost && [] === Primary::during( static fn(): array => Database::rows( "SELECT ID FROM {$wpdb->users} WHERE ID = %d", $user_id ) );
		} catch ( Failure $failure ) {
			$is_gone = false;
		}
		if ( $is_gone ) {
			$wpdb->delete( $wpdb->usermeta, [ 'user_id' => $user_id ] );
		}
		// phpcs:enable
	}

	/**
	 * The same, and for a user who was there before, where the script ends in a transaction.
	 *
	 * @return \Closure(): void
	 */
	public function forgetting( ?\WP_User $user ): \Closure {
		return function () use ( $user ): void {
			$this->forget( true );
			null === $user || Users::fresh( $user->ID );
		};
	}

	/**
	 * Brings WordPress' count of its users up to date, if users were made.
	 */
	public static function refresh_count(): void {
		if ( self::$is_count_stale ) {
			self::$is_count_stale = false;
			wp_maybe_update_user_counts();
		}
	}

	/**
	 * A filter for the row of the new user, once, and for no other: code of the site may make users meanwhile.
	 */
	private static function put_into_row( #[\SensitiveParameter] string $hash, string $login ): \Closure {
		$put = static function ( $row = null, $update = false ) use ( &$put, $hash, $login ) {
			if ( $update || ! is_array( $row ) || ( $row['user_login'] ?? null ) !== $login ) {
				return $row;
			}
			remove_filter( 'wp_pre_insert_user_data', $put, PHP_INT_MAX );
			return [ 'user_pass' => $hash ] + $row;
		};
		return $put;
	}

	/**
	 * A filter on the first thing that WordPress tells of the new row: its id, before any callback that could throw.
	 */
	private function notice( string $login ): \Closure {
		return function ( $meta = [], $user = null, $update = false ) use ( $login ) {
			if ( ! $update && $user instanceof \WP_User && $user->user_login === $login ) {
				$this->id      = $user->ID;
				$this->mark_id = 0;
				if ( Database::is_sqlite() ) {
					// It gives ids again, and others' lost transactions leave rows too. (InnoDB does not, and would lock a gap.)
					Database::execute( "DELETE FROM {$GLOBALS['wpdb']->usermeta} WHERE user_id = %d", $user->ID );
				}
				$this->mark();
			}
			return $meta;
		};
	}

	/**
	 * The first of all user meta.
	 */
	private function mark(): void {
		global $wpdb;
		if ( $this->is_gathered ) {
			add_user_meta( $this->id, self::MARK, '1' );
			return;
		}
		Database::execute( "INSERT INTO {$wpdb->usermeta} (user_id, meta_key, meta_value) VALUES (%d, %s, '1')", $this->id, self::MARK );
		$this->mark_id = (int) $wpdb->insert_id;
	}

	/**
	 * @template T
	 * @param callable(): T $insert
	 * @return T
	 */
	private static function uncounted( callable $insert ) {
		$priority = has_action( 'user_register', self::USER_COUNTS );
		if ( false === $priority ) {
			return $insert();
		}
		remove_action( 'user_register', self::USER_COUNTS, $priority );
		self::$is_count_stale = true;
		try {
			return $insert();
		} finally {
			// As WordPress adds it: it must not get the user's id for a network's.
			add_action( 'user_register', self::USER_COUNTS, $priority, 0 );
		}
	}
}
