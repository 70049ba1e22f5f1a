<?php
/**
 * Account fields and user meta in the form in which WordPress stores them.
 *
 * WordPress trims, encodes entities (`AT&amp;T`) and cleans on the way in. So what is stored is compared with what would be
 * stored; compared with what the CRM sent, every webhook would be an update.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/** Fields of the account besides e-mail, login and password; those that are user meta, and those that are columns of `users`. */
const NAME_META   = [ 'first_name', 'last_name', 'nickname', 'description' ];
const COLUMN_SIZE = [
	'display_name' => 250,
	'user_url'     => 100,
];

const ACCOUNT_FIELDS = [ 'user_email', 'user_login', 'user_pass', 'first_name', 'last_name', 'nickname', 'description', 'display_name', 'user_url' ];

/**
 * What WordPress will store, or null if it would lose the value. `0` is lost: wp_insert_user() takes it for empty.
 *
 * @param string $key One of NAME_META or COLUMN_SIZE.
 */
function stored_form( string $key, string $value ): ?string {
	global $wpdb;
	$filter = 'user_url' === $key ? 'pre_user_url' : "pre_user_$key";
	// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WordPress' own filters, as wp_insert_user() applies them.
	$stored = wp_unslash( apply_filters( $filter, wp_slash( $value ) ) );
	if ( in_array( $key, NAME_META, true ) ) {
		$stored = sanitize_meta( $key, $stored, 'user' );
	}
	if ( ! is_string( $stored ) || '' === $stored || '0' === $value ) {
		return null;
	}
	[ $table, $column ] = isset( COLUMN_SIZE[ $key ] ) ? [ $wpdb->users, $key ] : [ $wpdb->usermeta, 'meta_value' ];
	$fits               = mb_strlen( $stored ) <= ( COLUMN_SIZE[ $key ] ?? PHP_INT_MAX ) && column_holds( $table, $column, $stored );
	return $fits ? $stored : null;
}

/**
 * Whether the field has this value already.
 */
function account_has( \WP_User $user, string $key, string $stored ): bool {
	return isset( COLUMN_SIZE[ $key ] ) ? $user->data->$key === $stored : stored_meta_is( $user->ID, $key, $stored );
}

/**
 * Whether an address survives WordPress' own checks and filters unchanged. It *repairs* bad ones into other addresses.
 */
function is_storable_email( string $email ): bool {
	// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WordPress' own filter, as wp_insert_user() applies it.
	$stored = wp_unslash( apply_filters( 'pre_user_email', wp_slash( $email ) ) );
	return strlen( $email ) <= 100 && is_email( $email ) && $stored === $email;
}

/**
 * Makes WordPress look into the database for a login or an e-mail. A shared object cache may know a user whose transaction
 * was rolled back when their worker was killed.
 */
function forget_cached_name( string $name ): void {
	wp_cache_delete( $name, 'useremail' );
	wp_cache_delete( $name, 'userlogins' );
}

/**
 * Writes one user meta if it differs.
 *
 * @param string|list<string> $value
 * @return 'unchanged'|'written'|'refused' Refused is what WordPress cannot hold, or another plugin does not let pass.
 */
function write_meta( int $user_id, string $key, string|array $value ): string {
	if ( meta_is( $user_id, $key, $value ) ) {
		return 'unchanged';
	}
	if ( column_holds( $GLOBALS['wpdb']->usermeta, 'meta_value', (string) maybe_serialize( $value ) ) ) {
		update_user_meta( $user_id, $key, wp_slash( $value ) );
	}
	return meta_is( $user_id, $key, $value ) ? 'written' : 'refused';
}

/**
 * Whether the meta has this value, in its stored form, in all of its rows. No row is as good as an empty value.
 *
 * @param string|list<string> $value
 */
function meta_is( int $user_id, string $key, string|array $value ): bool {
	return stored_meta_is( $user_id, $key, sanitize_meta( $key, $value, 'user' ) );
}

/**
 * @param mixed $stored What WordPress would store.
 */
function stored_meta_is( int $user_id, string $key, $stored ): bool {
	$rows = get_metadata_raw( 'user', $user_id, $key, false );
	if ( ! is_array( $rows ) || [] === $rows ) {
		return '' === $stored;
	}
	$wanted = (string) maybe_serialize( $stored );
	foreach ( $rows as $row ) {
		if ( (string) maybe_serialize( $row ) !== $wanted ) {
			return false;
		}
	}
	return true;
}
