<?php
/**
 * Writing to WordPress users, with WordPress' own functions watched closely.
 *
 * wp_insert_user() is checked before and verified after: it repairs addresses, cuts logins, answers 0 instead of an error,
 * and hands the password in clear to every `user_register` callback, so we give it another and put the hash into its row.
 * What is written, and when, is decided in creation.php and update.php.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * The user whom this process inserted last: all that a lost transaction can tell about its leftovers.
 */
final class LastInserted {

	public static int $user_id = 0;

	/** The row of its mark (CREATING), 0 if not known. */
	public static int $mark_id = 0;
}

/** WordPress' own count of its users: one row of the options, which all creations would wait for until the other's commit. */
const USER_COUNTS = 'wp_maybe_update_user_counts';

/**
 * Brought up to date after the answer, and once for a whole drain.
 */
final class UserCount {

	public static bool $is_stale = false;

	public static function refresh(): void {
		if ( self::$is_stale ) {
			self::$is_stale = false;
			wp_maybe_update_user_counts();
		}
	}
}

/**
 * @param array<string, mixed> $account Unslashed, as wp_insert_user() takes it.
 * @return int Above 0.
 * @throws \Throwable Of a callback of another plugin.
 */
function insert_user( array $account, #[\SensitiveParameter] string $hash ): int {
	global $wpdb;
	$mark     = database_mark();
	$is_mysql = $wpdb->is_mysql;
	// The throwaway password need not be hashed at all. Neither may touch users that others' hooks make.
	KnownHash::give( $hash );
	$put = static function ( $row ) use ( &$put, $hash ) {
		remove_filter( 'wp_pre_insert_user_data', $put, PHP_INT_MAX );
		if ( ! is_array( $row ) || [] === $row ) {
			return $row;
		}
		$row = [ 'user_pass' => $hash ] + $row;
		if ( any_user_table_holds( $row ) ) {
			without_a_look_at_columns();
		}
		return $row;
	};
	// The first thing that WordPress tells of the new row: its id, before any callback that could throw.
	$notice = static function ( $meta, $user, $update ) use ( $account ) {
		if ( ! $update && $user->user_login === $account['user_login'] ) {
			LastInserted::$user_id = $user->ID;
			LastInserted::$mark_id = 0;
			if ( is_sqlite() ) {
				// It gives ids again, and others' lost transactions leave rows too. (InnoDB does not, and would lock a gap.)
				execute( "DELETE FROM {$GLOBALS['wpdb']->usermeta} WHERE user_id = %d", $user->ID );
			}
		}
		return $meta;
	};
	add_filter( 'wp_pre_insert_user_data', $put, PHP_INT_MAX );
	add_filter( 'insert_user_meta', $notice, PHP_INT_MIN, 3 );
	$counts = has_action( 'user_register', USER_COUNTS );
	if ( false !== $counts ) {
		remove_action( 'user_register', USER_COUNTS, $counts );
		UserCount::$is_stale = true;
	}
	try {
		$user_id = wp_insert_user( wp_slash( $account ) );
	} finally {
		if ( false !== $counts ) {
			// As WordPress adds it: it must not get the user's id for a network's.
			add_action( 'user_register', USER_COUNTS, $counts, 0 );
		}
		remove_filter( 'insert_user_meta', $notice, PHP_INT_MIN );
		remove_filter( 'wp_pre_insert_user_data', $put, PHP_INT_MAX );
		KnownHash::take_back();
		$wpdb->is_mysql = $is_mysql;
	}
	if ( is_wp_error( $user_id ) || $user_id <= 0 ) {
		require_database( $mark );
		throw refused_by_wordpress( $user_id );
	}
	return $user_id;
}

/**
 * @param mixed $result Of wp_insert_user() or wp_update_user().
 */
function refused_by_wordpress( $result ): Failure|UserChanged {
	$code = is_wp_error( $result ) ? $result->get_error_code() : 'no user id';
	if ( 'existing_user_login' === $code ) {
		return new UserChanged( 'the login was taken meanwhile' );
	}
	if ( 'existing_user_email' === $code ) {
		return email_conflict();
	}
	return new Failure( 422, 'rejected_by_site', "WordPress did not store the user ($code)." );
}

function email_conflict(): Failure {
	return new Failure( 422, 'email_conflict', 'The e-mail address of the contact, or one that the database takes for the same, belongs to another user.' );
}

/**
 * @throws Failure If what is stored is not what was meant.
 */
function verify_new_user( int $user_id, string $login, string $email, int $mark ): void {
	require_database( $mark );
	// What is stored, not what a cache holds.
	$user = fresh_user( $user_id );
	require_database( $mark );
	if ( null === $user || $user->user_login !== $login || $user->user_email !== $email ) {
		throw new Failure( 422, 'rejected_by_site', 'Code of the site changed the login or the e-mail address of the new user.' );
	}
}

/**
 * @throws Failure If the site refuses the member.
 */
function join_site( int $user_id, string $role ): void {
	$joined = add_user_to_blog( get_current_blog_id(), $user_id, $role );
	if ( is_wp_error( $joined ) ) {
		throw new Failure( 422, 'rejected_by_site', 'Code of the site refuses this user as a member of the site.' );
	}
}

/**
 * After a rollback, or a transaction that was lost: what caches still hold of the user whom we inserted, and rows that were
 * stored under the id of a user who is not there (SQLite would give the id to the next one).
 *
 * @param bool $lost Whether rows may have been stored.
 */
function forget_unborn_user( bool $lost ): void {
	global $wpdb;
	$user_id = LastInserted::$user_id;
	if ( 0 === $user_id ) {
		return;
	}
	LastInserted::$user_id = 0;
	// It finds the other caches by what the first one holds.
	clean_user_cache( $user_id );
	wp_cache_delete( $user_id, 'users' );
	wp_cache_delete( $user_id, 'user_meta' );
	// phpcs:disable WordPress.DB -- the facts, past caches and hooks.
	if ( $lost && null === $wpdb->get_var( $wpdb->prepare( "SELECT ID FROM {$wpdb->users} WHERE ID = %d", $user_id ) ) && '' === $wpdb->last_error ) {
		$wpdb->delete( $wpdb->usermeta, [ 'user_id' => $user_id ] );
	}
	// phpcs:enable
}

/**
 * Changes account fields by wp_update_user(), for its hooks and its notice to the old address, but lets it write no more than
 * these: it would write all the others too, and fill in an empty nickname with the login, which is the e-mail.
 *
 * @param array<string, string> $changes Not empty.
 */
function change_account( \WP_User $user, array $changes ): void {
	$id   = $user->ID;
	$mark = database_mark();
	$row  = static function ( $row, $update, $user_id ) use ( $id, $changes ) {
		if ( $id !== $user_id || ! is_array( $row ) ) {
			return $row;
		}
		// An empty row is an error to it; the id as it is writes nothing.
		return array_intersect_key( $row, $changes ) ?: [ 'ID' => $id ];
	};
	$meta = static fn( $meta, $of ) => $of->ID === $id ? array_intersect_key( (array) $meta, $changes ) : $meta;
	add_filter( 'wp_pre_insert_user_data', $row, PHP_INT_MAX, 3 );
	add_filter( 'insert_user_meta', $meta, PHP_INT_MAX, 2 );
	try {
		$result = wp_update_user( wp_slash( [ 'ID' => $id ] + $changes ) );
	} finally {
		remove_filter( 'wp_pre_insert_user_data', $row, PHP_INT_MAX );
		remove_filter( 'insert_user_meta', $meta, PHP_INT_MAX );
	}
	require_database( $mark );
	if ( is_wp_error( $result ) || $result !== $id ) {
		throw refused_by_wordpress( $result );
	}
	if ( isset( $changes['user_email'] ) ) {
		clean_user_cache( $id );
		$stored = get_userdata( $id );
		if ( ! $stored || $stored->user_email !== $changes['user_email'] ) {
			throw new Failure( 422, 'rejected_by_site', 'Code of the site changed the new e-mail address of the user.' );
		}
	}
}

/**
 * @param array<string, string|list<string>> $data Account fields in it are left alone.
 * @return array{written: bool, notes: list<string>}
 */
function write_mapped_meta( int $user_id, array $data ): array {
	$written = false;
	$notes   = [];
	foreach ( array_diff_key( $data, array_flip( ACCOUNT_FIELDS ) ) as $key => $value ) {
		$result  = write_meta( $user_id, (string) $key, $value );
		$written = 'written' === $result || $written;
		$notes   = 'refused' === $result ? [ ...$notes, "value_refused:$key" ] : $notes;
	}
	return [
		'written' => $written,
		'notes'   => $notes,
	];
}
