<?php
/**
 * A new user, whole or not at all.
 *
 * Runs inside the transaction of one contact (transaction.php). What could forbid the user is checked before the first write;
 * no mail leaves, no call goes out and none of our actions fires in here.
 *
 * Another plugin's `user_register` callback may end the transaction (any DDL does), and the process may be killed right after.
 * So the user carries a mark, CREATING, from the statement that inserts the first user meta until the transaction is known to
 * have held: else the next event of the contact finds it and completes the user, as a creation. In a transaction that
 * holds nobody ever sees it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/** User meta of a user who is not complete. No field map can name it: it is protected meta. */
const CREATING = '_agile_bridge_creating';

/**
 * @param array<string, string|list<string>> $data  Account fields and meta, guarded.
 * @param ?list<string>                      $tags  Null where the CRM did not tell.
 * @param string                             $role  Its slug, '' for none.
 * @param array{login: string, derived: bool} $login Of login_for(); nobody else can take it meanwhile, but code that is not ours.
 * @return array{status: 'created', user_id: int, notes: list<string>, password: ?string, data: array<string, string|list<string>>}
 *         The password if it was generated; the data as written.
 */
function create_user( array $data, string $contact_id, ?array $tags, string $role, array $login ): array {
	$email = (string) ( $data['user_email'] ?? '' );
	if ( ! is_storable_email( $email ) ) {
		throw new Failure( 422, 'email_invalid', 'WordPress would not store the e-mail address of the contact as it is.' );
	}
	forget_cached_name( $email );
	forget_cached_name( $login['login'] );
	// Else WordPress itself looks.
	if ( defined( 'WP_IMPORTING' ) && email_exists( $email ) ) {
		throw email_conflict();
	}
	$mark     = database_mark();
	$mapped   = isset( $data['user_pass'] ) ? (string) $data['user_pass'] : null;
	// As it will be hashed: WordPress lets nobody in with a longer one.
	$too_long = null !== $mapped && strlen( wp_slash( $mapped ) ) > 4096;
	$mapped   = $too_long ? null : $mapped;
	$password = $mapped ?? \AgileBridge\generate_password();
	$names    = public_names( $data, $login['login'], $email );
	$notes    = [ ...( $login['derived'] ? [ 'login_derived' ] : [] ), ...( $too_long ? [ 'password_refused' ] : [] ) ];
	$account  = [
		'user_login' => $login['login'],
		'user_email' => $email,
		// Opens nothing: the hash of the real one is put in its place.
		'user_pass'  => \AgileBridge\generate_password(),
		// On a network the role comes with the membership.
		'role'       => is_multisite() ? '' : $role,
		'meta_input' => [ CREATING => '1', contact_id_key() => $contact_id ] + ( empty( $tags ) ? [] : [ tags_key() => $tags ] ),
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

	$hash    = password_hash_for( $password, null === $mapped );
	$written = NewUserMeta::gathered(
		array_map( 'strval', array_keys( $account['meta_input'] + array_diff_key( $data, array_flip( ACCOUNT_FIELDS ) ) ) ),
		static function () use ( $account, $hash, $login, $email, $mark, $role, $data ): array {
			$user_id = insert_user( $account, $hash );
			verify_new_user( $user_id, $login['login'], $email, $mark );
			if ( is_multisite() ) {
				join_site( $user_id, $role );
			}
			$meta = filtered_meta( $data, $user_id );
			return [ 'user_id' => $user_id, 'notes' => [ ...$meta['notes'], ...write_mapped_meta( $user_id, $meta['data'] )['notes'] ] ];
		}
	);
	$user_id = $written['user_id'];
	$notes   = [ ...$notes, ...$written['notes'] ];
	require_database( $mark );
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
 * Completes a user whose creation was cut off: what an update writes, and what only a creation does.
 *
 * @param array<string, mixed> $plan Of planned_update().
 * @param array<string, string|list<string>> $data  Account fields and meta, guarded.
 * @param string               $role Its slug, '' for none.
 * @return array{status: 'created', user_id: int, notes: list<string>, password: ?string, data: array<string, string|list<string>>}
 */
function complete_user( \WP_User $user, array $plan, array $data, string $contact_id, string $role ): array {
	global $wpdb;
	$mark   = database_mark();
	$result = write_update( $user, $plan, $contact_id );
	if ( is_multisite() && ! is_member( $user ) ) {
		join_site( $user->ID, $role );
	} elseif ( '' !== $role && [ $role ] !== array_values( $user->roles ) ) {
		$user->set_role( $role );
	}
	// The password of the first attempt is known to nobody; this one can be told.
	$mapped   = isset( $data['user_pass'] ) && strlen( wp_slash( (string) $data['user_pass'] ) ) <= 4096 ? (string) $data['user_pass'] : null;
	$password = $mapped ?? \AgileBridge\generate_password();
	// phpcs:ignore WordPress.DB -- wp_set_password() would hash it slowly and mail about it.
	$wpdb->update( $wpdb->users, [ 'user_pass' => password_hash_for( $password, null === $mapped ) ], [ 'ID' => $user->ID ] );
	// Else WordPress writes the old hash back from its cache when it makes the key for the welcome mail.
	clean_user_cache( $user );
	require_database( $mark );
	return [
		'status'   => 'created',
		'password' => null === $mapped ? $password : null,
		'data'     => array_diff_key( $data, [ 'user_pass' => 0 ] ),
	] + $result;
}

/**
 * Whether the creation of this user was cut off. Never said of one who can do harm: somebody has worked on them since.
 */
function is_half_made( \WP_User $user ): bool {
	return metadata_exists( 'user', $user->ID, CREATING ) && ! is_protected( $user );
}

/**
 * Past WordPress' hooks: to everybody else the mark never was. The very last thing, when the transaction is known to have held.
 *
 * @throws Failure
 */
function unmark_creating( int $user_id ): void {
	global $wpdb;
	// By its own id: found by key or user, InnoDB would wait for the marks of all users who are being made at this moment.
	$id = LastInserted::$user_id === $user_id ? LastInserted::$mark_id : 0;
	if ( $id > 0 && 1 === execute( "DELETE FROM {$wpdb->usermeta} WHERE umeta_id = %d AND user_id = %d AND meta_key = %s", $id, $user_id, CREATING ) ) {
		forget_cached_meta( $user_id, CREATING );
		return;
	}
	foreach ( rows( "SELECT umeta_id FROM {$wpdb->usermeta} WHERE user_id = %d AND meta_key = %s", $user_id, CREATING ) as $row ) {
		execute( "DELETE FROM {$wpdb->usermeta} WHERE umeta_id = %d", (int) $row->umeta_id );
	}
	forget_cached_meta( $user_id, CREATING );
}
