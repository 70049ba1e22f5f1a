<?php
/**
 * All that is written to WordPress users.
 *
 * Two functions, each the whole of one contact's writes: create_user() and update_user(). What could forbid a write is
 * checked before the first one; no mail leaves, no call goes out and none of our actions fires in here, so that a
 * transaction can be put around either.
 *
 * wp_insert_user() is checked before and verified after: it repairs addresses, cuts logins, answers 0 instead of an error,
 * and hands the password in clear to every `user_register` callback, so we give it another and put the hash into its row.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * @param array<string, string|list<string>> $data  Account fields and meta, guarded.
 * @param ?list<string>                      $tags  Null where the CRM did not tell.
 * @param string                             $role  Its slug, '' for none.
 * @return array{status: 'created', user_id: int, notes: list<string>, password: ?string, data: array<string, string|list<string>>}
 *         The password if it was generated; the data as written.
 */
function create_user( array $data, string $contact_id, ?array $tags, string $role ): array {
	$email = (string) ( $data['user_email'] ?? '' );
	if ( ! is_storable_email( $email ) ) {
		throw new Failure( 422, 'email_invalid', 'WordPress would not store the e-mail address of the contact as it is.' );
	}
	if ( null !== user_with_email( $email ) || email_exists( $email ) ) {
		throw new Failure( 422, 'email_conflict', 'The e-mail address of the contact, or one that the database takes for the same, belongs to another user.' );
	}
	$mark     = database_mark();
	$mapped   = isset( $data['user_pass'] ) ? (string) $data['user_pass'] : null;
	// As it will be hashed: WordPress lets nobody in with a longer one.
	$too_long = null !== $mapped && strlen( wp_slash( $mapped ) ) > 4096;
	$mapped   = $too_long ? null : $mapped;
	$password = $mapped ?? \AgileBridge\generate_password();
	$login    = login_for( isset( $data['user_login'] ) ? (string) $data['user_login'] : null, $email, $contact_id );
	$names    = public_names( $data, $login['login'], $email );
	$notes    = [ ...( $login['derived'] ? [ 'login_derived' ] : [] ), ...( $too_long ? [ 'password_refused' ] : [] ) ];
	$account  = [
		'user_login' => $login['login'],
		'user_email' => $email,
		// Opens nothing: the hash of the real one is put in its place.
		'user_pass'  => \AgileBridge\generate_password(),
		// On a network the role comes with the membership.
		'role'       => is_multisite() ? '' : $role,
		'meta_input' => [ contact_id_key() => $contact_id ] + ( empty( $tags ) ? [] : [ tags_key() => $tags ] ),
	] + $names;
	foreach ( [ ...NAME_META, ...array_keys( COLUMN_SIZE ) ] as $key ) {
		$value = (string) ( $data[ $key ] ?? '' );
		if ( '' !== $value && null === stored_form( $key, $value ) ) {
			$notes[] = "value_refused:$key";
		} elseif ( '' !== $value ) {
			$account += [ $key => $value ];
		}
	}
	// A lookup that failed looks like a free address.
	require_database( $mark );

	$user_id = insert_user( $account, password_hash_for( $password, null === $mapped ) );
	try {
		verify_new_user( $user_id, $login['login'], $email, $mark );
		if ( is_multisite() ) {
			join_site( $user_id, $role );
		}
		$meta  = filtered_meta( $data, $user_id );
		$notes = [ ...$notes, ...$meta['notes'], ...write_mapped_meta( $user_id, $meta['data'] )['notes'] ];
		require_database( $mark );
	} catch ( \Throwable $error ) {
		// Also where a callback of another plugin throws: half a user would be taken for a whole one next time.
		discard_user( $user_id );
		throw $error;
	}
	if ( ! empty( $tags ) && ! meta_is( $user_id, tags_key(), $tags ) ) {
		$notes[] = 'value_refused:' . tags_key();
	}
	return [
		'status'   => 'created',
		'user_id'  => $user_id,
		'notes'    => $notes,
		'password' => null === $mapped ? $password : null,
		'data'     => array_diff_key( $data, [ 'user_pass' => 0 ] ),
	];
}

/**
 * Brings an existing user up to date; writes only what differs.
 *
 * @param array<string, string|list<string>> $data      Account fields and meta, guarded; empty for tags only.
 * @param ?list<string>                      $tags      Null where the CRM did not tell.
 * @param ?string                            $role      Slug of the role to set; null leaves it.
 * @param ?string                            $join_role On a network: role of the membership to make; null if there is one.
 * @return array{status: 'updated'|'unchanged', user_id: int, notes: list<string>, password: null, data: array<string, string|list<string>>}
 */
function update_user( \WP_User $user, array $data, string $contact_id, ?array $tags, ?string $role, ?string $join_role ): array {
	$mark    = database_mark();
	$notes   = [];
	$changes = [];
	$allowed = is_protected( $user ) ? NAME_META : [ ...NAME_META, ...array_keys( COLUMN_SIZE ), 'user_email' ];
	$data    = array_diff_key( $data, array_flip( array_diff( ACCOUNT_FIELDS, $allowed ) ) );
	$email   = $data['user_email'] ?? null;
	if ( is_string( $email ) && strtolower( $user->user_email ) !== $email ) {
		if ( ! is_storable_email( $email ) ) {
			$notes[] = 'email_kept';
		} elseif ( ! in_array( user_with_email( $email )?->ID, [ null, $user->ID ], true ) || ! in_array( email_exists( $email ), [ false, $user->ID ], true ) ) {
			throw new Failure( 422, 'email_conflict', 'The e-mail address of the contact belongs to another user.' );
		} else {
			$changes['user_email'] = $email;
		}
	}
	foreach ( array_intersect_key( $data, array_flip( [ ...NAME_META, ...array_keys( COLUMN_SIZE ) ] ) ) as $key => $value ) {
		$stored = stored_form( $key, (string) $value );
		if ( null === $stored ) {
			$notes[] = "value_refused:$key";
		} elseif ( ! account_has( $user, $key, $stored ) ) {
			$changes[ $key ] = (string) $value;
		}
	}
	require_database( $mark );

	$written = null !== $join_role;
	if ( null !== $join_role ) {
		join_site( $user->ID, $join_role );
	}
	if ( [] !== $changes ) {
		change_account( $user, $changes );
		$written = true;
	}
	if ( null !== $role && [ $role ] !== array_values( $user->roles ) && ! is_protected( $user ) ) {
		$user->set_role( $role );
		$written = true;
	}
	$meta    = write_mapped_meta( $user->ID, $data );
	$written = $meta['written'] || $written;
	$written = 'written' === write_meta( $user->ID, contact_id_key(), $contact_id ) || $written;
	if ( null !== $tags && array_filter( tag_changes( stored_tags( $user->ID ), $tags ) ) ) {
		$result  = write_meta( $user->ID, tags_key(), $tags );
		$written = 'written' === $result || $written;
		$notes   = 'refused' === $result ? [ ...$notes, 'value_refused:' . tags_key() ] : $notes;
	}
	require_database( $mark );
	return [
		'status'   => $written ? 'updated' : 'unchanged',
		'user_id'  => $user->ID,
		'notes'    => [ ...$notes, ...$meta['notes'] ],
		'password' => null,
		'data'     => $data,
	];
}

/**
 * @param array<string, mixed> $account Unslashed, as wp_insert_user() takes it.
 * @return int Above 0.
 * @throws \Throwable Of a callback of another plugin; what was inserted by then is gone again.
 */
function insert_user( array $account, #[\SensitiveParameter] string $hash ): int {
	$mark = database_mark();
	// The throwaway password need not be hashed slowly. Neither filter may touch users that others' hooks make.
	$cheap = static fn( $options, $algorithm ) => PASSWORD_BCRYPT === $algorithm ? [ 'cost' => 4 ] : $options;
	$put   = static function ( $row ) use ( &$put, $cheap, $hash ) {
		remove_filter( 'wp_pre_insert_user_data', $put, PHP_INT_MAX );
		remove_filter( 'wp_hash_password_options', $cheap, PHP_INT_MAX );
		return is_array( $row ) && [] !== $row ? [ 'user_pass' => $hash ] + $row : $row;
	};
	add_filter( 'wp_hash_password_options', $cheap, PHP_INT_MAX, 2 );
	// The first thing that WordPress tells of the new row: its id, before any callback that could throw.
	$inserted = 0;
	$notice   = static function ( $meta, $user, $update ) use ( &$inserted, $account ) {
		if ( ! $update && $user->user_login === $account['user_login'] ) {
			$inserted = $user->ID;
		}
		return $meta;
	};
	add_filter( 'wp_pre_insert_user_data', $put, PHP_INT_MAX );
	add_filter( 'insert_user_meta', $notice, PHP_INT_MIN, 3 );
	try {
		$user_id = wp_insert_user( wp_slash( $account ) );
	} catch ( \Throwable $error ) {
		if ( $inserted > 0 ) {
			discard_user( $inserted );
		}
		throw $error;
	} finally {
		remove_filter( 'insert_user_meta', $notice, PHP_INT_MIN );
		remove_filter( 'wp_pre_insert_user_data', $put, PHP_INT_MAX );
		remove_filter( 'wp_hash_password_options', $cheap, PHP_INT_MAX );
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
function refused_by_wordpress( $result ): Failure {
	if ( is_wp_error( $result ) && 'existing_user_email' === $result->get_error_code() ) {
		return new Failure( 422, 'email_conflict', 'The e-mail address of the contact belongs to another user.' );
	}
	$code = is_wp_error( $result ) ? $result->get_error_code() : 'no user id';
	return new Failure( 422, 'rejected_by_site', "WordPress did not store the user ($code)." );
}

/**
 * @throws Failure If what is stored is not what was meant.
 */
function verify_new_user( int $user_id, string $login, string $email, int $mark ): void {
	require_database( $mark );
	clean_user_cache( $user_id );
	$user = get_userdata( $user_id );
	if ( ! $user || $user->user_login !== $login || $user->user_email !== $email ) {
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
 * Takes back a user who was created a moment ago, with none of WordPress' hooks: to everybody else they never were.
 */
function discard_user( int $user_id ): void {
	global $wpdb;
	// phpcs:disable WordPress.DB.DirectDatabaseQuery
	$wpdb->delete( $wpdb->usermeta, [ 'user_id' => $user_id ] );
	$wpdb->delete( $wpdb->users, [ 'ID' => $user_id ] );
	// phpcs:enable
	wp_cache_delete( $user_id, 'user_meta' );
	clean_user_cache( $user_id );
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
