<?php
/**
 * Users as the database has them now: a cache may hold what another server has changed since, or what a transaction of ours
 * has taken back.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Primary;

defined( 'ABSPATH' ) || exit;

final class Users {

	public static function fresh( int $user_id ): ?\WP_User {
		self::forget_cached( $user_id );
		return get_userdata( $user_id ) ?: null;
	}

	/**
	 * After a commit, where others may have cached the user as they were before it: WordPress' own way, which tells who listens.
	 *
	 * @param int|\WP_User $user As stored now.
	 */
	public static function clean_shared_cache( int|\WP_User $user ): void {
		if ( ! wp_using_ext_object_cache() ) {
			return;
		}
		try {
			clean_user_cache( $user );
		} catch ( \Throwable $error ) {
			// What is stored is stored.
			Log::error( $error );
		}
	}

	/**
	 * Puts users and all their meta into WordPress' caches as the database has them now: two queries for all of them.
	 *
	 * @param list<int> $user_ids
	 */
	public static function read_anew( array $user_ids ): void {
		array_map( self::forget_cached( ... ), $user_ids );
		cache_users( $user_ids );
	}

	/**
	 * The user with that very address. get_user_by() finds the admin for `ádmin@…`: the database's collation ignores accents.
	 *
	 * @param string $email ASCII, in lower case.
	 */
	public static function with_email( string $email ): ?\WP_User {
		global $wpdb;
		// phpcs:ignore WordPress.DB -- see above.
		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT * FROM {$wpdb->users} WHERE user_email = %s ORDER BY ID", $email ) );
		foreach ( (array) $rows as $row ) {
			if ( strtolower( $row->user_email ) === $email ) {
				self::forget_cached( (int) $row->ID );
				update_user_caches( $row );
				return get_userdata( (int) $row->ID ) ?: null;
			}
		}
		return null;
	}

	/**
	 * Puts a user and all their meta into WordPress' caches, fresh from the database, by one query.
	 *
	 * @param string $is_here SQL that is 1 where the database that answers has what this request has written: a replica that has it
	 *                        has all that was written before, and no transaction is needed to know that.
	 * @return int The same id; 0 where there is no such user, or the database fails: who needs the user will meet that.
	 */
	public static function preload( int $user_id, string $is_here ): int {
		global $wpdb;
		if ( 0 === $user_id ) {
			return 0;
		}
		try {
			$sql  = "SELECT u.*, m.umeta_id, m.meta_key, m.meta_value, ($is_here) AS is_here FROM {$wpdb->users} u LEFT JOIN {$wpdb->usermeta} m ON m.user_id = u.ID WHERE u.ID = %d";
			$rows = Database::rows( $sql, $user_id );
			if ( [] !== $rows && 1 !== (int) $rows[0]->is_here ) {
				$rows = Primary::during( static fn(): array => Database::rows( $sql, $user_id ) );
			}
		} catch ( Failure $failure ) {
			return 0;
		}
		if ( [] === $rows ) {
			self::forget_cached( $user_id );
			return 0;
		}
		// WordPress wants the oldest first.
		usort( $rows, static fn( object $a, object $b ): int => (int) $a->umeta_id <=> (int) $b->umeta_id );
		$meta = [];
		foreach ( $rows as $row ) {
			if ( null !== $row->umeta_id ) {
				$meta[ $row->meta_key ][] = $row->meta_value;
			}
		}
		$user = $rows[0];
		unset( $user->umeta_id, $user->meta_key, $user->meta_value, $user->is_here );
		if ( wp_using_ext_object_cache() && (array) wp_cache_get( $user_id, 'users' ) === (array) $user && wp_cache_get( $user_id, 'user_meta' ) === $meta ) {
			// Written again, it could overwrite what somebody else has changed in this moment.
			return $user_id;
		}
		self::forget_cached( $user_id );
		update_user_caches( $user );
		wp_cache_set( $user_id, $meta, 'user_meta' );
		return $user_id;
	}

	/**
	 * What goes through many users need not keep them all in memory. (A cache that is shared keeps what is stored.)
	 *
	 * @param list<int> $user_ids
	 */
	public static function let_go( array $user_ids ): void {
		if ( wp_using_ext_object_cache() ) {
			return;
		}
		foreach ( $user_ids as $user_id ) {
			// WordPress keeps each under their names too.
			$user = wp_cache_get( $user_id, 'users' );
			if ( is_object( $user ) ) {
				wp_cache_delete( $user->user_login, 'userlogins' );
				wp_cache_delete( $user->user_nicename, 'userslugs' );
				wp_cache_delete( $user->user_email, 'useremail' );
			}
			self::forget_cached( $user_id );
		}
	}

	private static function forget_cached( int $user_id ): void {
		wp_cache_delete( $user_id, 'users' );
		wp_cache_delete( $user_id, 'user_meta' );
	}
}
