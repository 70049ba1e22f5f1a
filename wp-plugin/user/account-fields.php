<?php
/**
 * Account fields in the form in which WordPress stores them.
 *
 * WordPress trims, encodes entities (`AT&amp;T`) and cleans on the way in. So what is stored is compared with what would be
 * stored; compared with what the CRM sent, every webhook would be an update.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Column;

defined( 'ABSPATH' ) || exit;

final class AccountFields {

	/** Fields of the account besides e-mail, login and password that are user meta. */
	public const NAME_META = [ 'first_name', 'last_name', 'nickname', 'description' ];

	/** Those that are shown wherever users are listed, and how many characters each may have, as stored. */
	private const NAME_SIZE = [
		'first_name' => 250,
		'last_name'  => 250,
		'nickname'   => 250,
	];

	/** Of `<` in one value: WordPress cleans under our locks, in the square of their number (64 KiB of them take a second). */
	private const MOST_BRACKETS = 1000;

	/** Those that are columns of `users`, and how many characters each holds. */
	public const COLUMN_SIZE = [
		'display_name' => 250,
		'user_url'     => 100,
	];

	public const ALL = [ 'user_email', 'user_login', 'user_pass', 'first_name', 'last_name', 'nickname', 'description', 'display_name', 'user_url' ];

	/**
	 * What WordPress will store, or null if it would lose the value. `0` is lost: wp_insert_user() takes it for empty.
	 *
	 * @param string $key One of NAME_META or COLUMN_SIZE.
	 */
	public static function stored_form( string $key, string $value ): ?string {
		global $wpdb;
		$form              = self::form( $key, $value );
		[ $table, $column ] = isset( self::COLUMN_SIZE[ $key ] ) ? [ $wpdb->users, $key ] : [ $wpdb->usermeta, 'meta_value' ];
		return null !== $form && Column::holds( $table, $column, $form ) ? $form : null;
	}

	/**
	 * The same, whatever the charset of its column: where that is stored already, nobody has to ask the database.
	 */
	public static function form( string $key, string $value ): ?string {
		if ( substr_count( $value, '<' ) > self::MOST_BRACKETS ) {
			return null;
		}
		$filter = 'user_url' === $key ? 'pre_user_url' : "pre_user_$key";
		// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WordPress' own filters, as wp_insert_user() applies them.
		$stored = wp_unslash( apply_filters( $filter, wp_slash( $value ) ) );
		if ( in_array( $key, self::NAME_META, true ) ) {
			$stored = sanitize_meta( $key, $stored, 'user' );
		}
		if ( ! is_string( $stored ) || '' === $stored || '0' === $value ) {
			return null;
		}
		$most = self::COLUMN_SIZE[ $key ] ?? self::NAME_SIZE[ $key ] ?? UserMeta::MOST_BYTES;
		return strlen( $stored ) <= UserMeta::MOST_BYTES && mb_strlen( $stored ) <= $most ? $stored : null;
	}

	/**
	 * Whether the field has this value already.
	 */
	public static function has( \WP_User $user, string $key, string $stored ): bool {
		return isset( self::COLUMN_SIZE[ $key ] ) ? $user->data->$key === $stored : UserMeta::stored_is( $user->ID, $key, $stored );
	}

	/**
	 * Whether an address survives WordPress' own checks and filters unchanged. It *repairs* bad ones into other addresses.
	 */
	public static function is_storable_email( string $email ): bool {
		// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WordPress' own filter, as wp_insert_user() applies it.
		$stored = wp_unslash( apply_filters( 'pre_user_email', wp_slash( $email ) ) );
		return strlen( $email ) <= 100 && is_email( $email ) && $stored === $email;
	}

	/**
	 * Makes WordPress look into the database for a login or an e-mail. A shared object cache may know a user whose transaction
	 * was rolled back when their worker was killed.
	 */
	public static function forget_cached_name( string $name ): void {
		wp_cache_delete( $name, 'useremail' );
		wp_cache_delete( $name, 'userlogins' );
	}
}
