<?php
/**
 * Bringing an existing user up to date: first what differs, then writing just that.
 *
 * planned_update() only reads, so that a webhook without news needs no transaction and writes nothing. write_update() runs
 * inside the transaction of one contact (transaction.php), with a plan made there.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * @param array<string, string|list<string>> $data      Account fields and meta, guarded; empty for tags only.
 * @param ?list<string>                      $tags      Null where the CRM did not tell.
 * @param ?string                            $role      Slug of the role to set; null leaves it.
 * @param ?string                            $join_role On a network: role of the membership to make; null if there is one.
 * @return array{
 *     account: array<string, string>, role: ?string, join_role: ?string, meta: array<string, string|list<string>>, link: bool,
 *     tags: ?list<string>, notes: list<string>, data: array<string, string|list<string>>, writes: bool
 * }
 * @throws Failure If the address belongs to somebody else.
 */
function planned_update( \WP_User $user, array $data, string $contact_id, ?array $tags, ?string $role, ?string $join_role ): array {
	$mark    = database_mark();
	$notes   = [];
	$account = [];
	$allowed = is_protected( $user ) ? NAME_META : [ ...NAME_META, ...array_keys( COLUMN_SIZE ), 'user_email' ];
	$data    = array_diff_key( $data, array_flip( array_diff( ACCOUNT_FIELDS, $allowed ) ) );
	$email   = $data['user_email'] ?? null;
	if ( is_string( $email ) && strtolower( $user->user_email ) !== $email ) {
		forget_cached_name( $email );
		if ( ! is_storable_email( $email ) ) {
			$notes[] = 'email_kept';
		} elseif ( ! in_array( user_with_email( $email )?->ID, [ null, $user->ID ], true ) || ! in_array( email_exists( $email ), [ false, $user->ID ], true ) ) {
			throw new Failure( 422, 'email_conflict', 'The e-mail address of the contact belongs to another user.' );
		} else {
			$account['user_email'] = $email;
		}
	}
	foreach ( array_intersect_key( $data, array_flip( [ ...NAME_META, ...array_keys( COLUMN_SIZE ) ] ) ) as $key => $value ) {
		$stored = stored_form( $key, (string) $value );
		if ( null === $stored ) {
			$notes[] = "value_refused:$key";
		} elseif ( ! account_has( $user, $key, $stored ) ) {
			$account[ $key ] = (string) $value;
		}
	}
	$meta = array_diff_key( $data, array_flip( ACCOUNT_FIELDS ) );
	$meta = array_filter( $meta, static fn( $value, $key ): bool => ! meta_is( $user->ID, (string) $key, $value ), ARRAY_FILTER_USE_BOTH );
	$plan = [
		'account'   => $account,
		'role'      => null !== $role && [ $role ] !== array_values( $user->roles ) && ! is_protected( $user ) ? $role : null,
		'join_role' => $join_role,
		'meta'      => $meta,
		'link'      => ! meta_is( $user->ID, contact_id_key(), $contact_id ),
		'tags'      => null !== $tags && array_filter( tag_changes( stored_tags( $user->ID ), $tags ) ) ? $tags : null,
	];
	// A lookup that failed looks like a free address, or like a value that differs.
	require_database( $mark );
	return $plan + [
		'notes'  => $notes,
		'data'   => $data,
		'writes' => [] !== $account || [] !== $meta || $plan['link'] || isset( $plan['role'] ) || isset( $plan['join_role'] ) || isset( $plan['tags'] ),
	];
}

/**
 * @param array<string, mixed> $plan Of planned_update(), for this very user.
 * @return array{status: 'updated'|'unchanged', user_id: int, notes: list<string>, password: null, data: array<string, string|list<string>>}
 *         Unchanged where WordPress or another plugin let nothing of it pass.
 */
function write_update( \WP_User $user, array $plan, string $contact_id ): array {
	$mark    = database_mark();
	$notes   = $plan['notes'];
	$written = null !== $plan['join_role'] || null !== $plan['role'] || [] !== $plan['account'];
	if ( null !== $plan['join_role'] ) {
		join_site( $user->ID, $plan['join_role'] );
	}
	if ( [] !== $plan['account'] ) {
		change_account( $user, $plan['account'] );
	}
	if ( null !== $plan['role'] ) {
		$user->set_role( $plan['role'] );
	}
	$meta    = write_mapped_meta( $user->ID, $plan['meta'] );
	$written = $meta['written'] || $written;
	if ( $plan['link'] ) {
		$written = 'written' === write_meta( $user->ID, contact_id_key(), $contact_id ) || $written;
	}
	if ( null !== $plan['tags'] ) {
		$result  = write_meta( $user->ID, tags_key(), $plan['tags'] );
		$written = 'written' === $result || $written;
		$notes   = 'refused' === $result ? [ ...$notes, 'value_refused:' . tags_key() ] : $notes;
	}
	require_database( $mark );
	return [
		'status'   => $written ? 'updated' : 'unchanged',
		'user_id'  => $user->ID,
		'notes'    => [ ...$notes, ...$meta['notes'] ],
		'password' => null,
		'data'     => $plan['data'],
	];
}
