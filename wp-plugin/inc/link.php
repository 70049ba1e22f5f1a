<?php
/**
 * The link between a contact and a user, and finding the user of a contact by it or by the e-mail.
 *
 * The link is the contact's id in the user meta `agilecrm_contact_id`, beside it the tags in `agilecrm_tags`: the keys of WP
 * Fusion, whose links and readers go on working. User meta is shared by all sites of a network, and a link counts only on
 * the site that made it (another site may work with another account, whose ids mean other people). So all sites but the first
 * prefix both keys with their tables' prefix, `wp_2_agilecrm_contact_id`, which is also what WP Fusion does there if asked
 * to (its option `multisite_prefix_keys`). Code on such a site that reads the usual keys gets that site's values: a filter
 * in the main file answers with them.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

function contact_id_key(): string {
	return site_key( 'agilecrm_contact_id' );
}

function tags_key(): string {
	return site_key( 'agilecrm_tags' );
}

function site_key( string $key ): string {
	global $wpdb;
	$prefix = $wpdb->get_blog_prefix();
	return is_multisite() && $prefix !== $wpdb->base_prefix ? $prefix . $key : $key;
}

/**
 * The contact that this site has linked to the user, '' if none.
 */
function linked_contact( int $user_id ): string {
	$id = get_metadata_raw( 'user', $user_id, contact_id_key(), true );
	return is_string( $id ) || is_int( $id ) ? (string) $id : '';
}

/**
 * The contact that the user with that very address is linked to, '' if there is none. By one query, also while plugins load.
 *
 * @param string $email ASCII, in lower case.
 * @throws Failure If the database fails.
 */
function contact_linked_to( string $email ): string {
	global $wpdb;
	$rows = rows(
		"SELECT u.user_email, m.meta_value FROM {$wpdb->users} u JOIN {$wpdb->usermeta} m ON m.user_id = u.ID AND m.meta_key = %s
			WHERE u.user_email = %s ORDER BY u.ID, m.umeta_id",
		contact_id_key(),
		$email
	);
	foreach ( $rows as $row ) {
		// The database's collation takes others for equal; and a link may be anything that somebody once wrote there.
		if ( strtolower( $row->user_email ) === $email ) {
			return is_contact_id( (string) $row->meta_value ) ? (string) $row->meta_value : '';
		}
	}
	return '';
}

/**
 * Whether the extension takes it for the id of a contact.
 */
function is_contact_id( string $text ): bool {
	return (int) $text > 0 && (string) (int) $text === $text;
}

/**
 * @return list<\WP_User> Users linked to the contact, the oldest first.
 */
function users_linked_to( string $contact_id ): array {
	global $wpdb;
	// phpcs:ignore WordPress.DB -- WP_User_Query asks only for members of the site, and caches. It reads every link: no join.
	$ids = $wpdb->get_col( $wpdb->prepare( "SELECT user_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND meta_value = %s", contact_id_key(), $contact_id ) );
	$ids = array_unique( array_map( 'intval', $ids ) );
	sort( $ids );
	return still_linked( $ids, $contact_id );
}

/**
 * @param list<int> $user_ids
 * @return list<\WP_User> Those of them who are there, and are linked to the contact: not the database's idea of equal, but ours.
 */
function still_linked( array $user_ids, string $contact_id ): array {
	$users = array_filter( array_map( __NAMESPACE__ . '\\fresh_user', $user_ids ) );
	return array_values( array_filter( $users, static fn( \WP_User $user ): bool => linked_contact( $user->ID ) === $contact_id ) );
}

/**
 * A user as the database has them now. A cache may hold what another server has changed since, or what a transaction of
 * ours has taken back.
 */
function fresh_user( int $user_id ): ?\WP_User {
	wp_cache_delete( $user_id, 'users' );
	wp_cache_delete( $user_id, 'user_meta' );
	return get_userdata( $user_id ) ?: null;
}

/**
 * Puts users and all their meta into WordPress' caches as the database has them now: two queries for all of them.
 *
 * @param list<int> $user_ids
 */
function read_users_anew( array $user_ids ): void {
	foreach ( $user_ids as $user_id ) {
		wp_cache_delete( $user_id, 'users' );
		wp_cache_delete( $user_id, 'user_meta' );
	}
	cache_users( $user_ids );
}

/**
 * The user with that very address. get_user_by() finds the admin for `ádmin@…`: the database's collation ignores accents.
 *
 * @param string $email ASCII, in lower case.
 */
function user_with_email( string $email ): ?\WP_User {
	global $wpdb;
	// phpcs:ignore WordPress.DB -- see above.
	$rows = $wpdb->get_results( $wpdb->prepare( "SELECT * FROM {$wpdb->users} WHERE user_email = %s ORDER BY ID", $email ) );
	foreach ( (array) $rows as $row ) {
		if ( strtolower( $row->user_email ) === $email ) {
			wp_cache_delete( $row->ID, 'users' );
			wp_cache_delete( $row->ID, 'user_meta' );
			update_user_caches( $row );
			return get_userdata( (int) $row->ID ) ?: null;
		}
	}
	return null;
}

/**
 * Puts a user and all their meta into WordPress' caches, fresh from the database, by one query.
 *
 * @return int The same id; 0 where there is no such user, or the database fails: who needs the user will meet that.
 */
function preload_user( int $user_id ): int {
	global $wpdb;
	if ( 0 === $user_id ) {
		return 0;
	}
	try {
		$rows = rows(
			"SELECT u.*, m.umeta_id, m.meta_key, m.meta_value FROM {$wpdb->users} u LEFT JOIN {$wpdb->usermeta} m ON m.user_id = u.ID WHERE u.ID = %d",
			$user_id
		);
	} catch ( Failure $failure ) {
		return 0;
	}
	wp_cache_delete( $user_id, 'users' );
	wp_cache_delete( $user_id, 'user_meta' );
	if ( [] === $rows ) {
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
	unset( $user->umeta_id, $user->meta_key, $user->meta_value );
	update_user_caches( $user );
	wp_cache_set( $user_id, $meta, 'user_meta' );
	return $user_id;
}

/**
 * Whether this user, as preloaded, is without any doubt the contact's: linked to it, with an address of its.
 *
 * @param list<string> $emails All valid addresses of the contact.
 */
function is_user_of( int $user_id, string $contact_id, array $emails ): bool {
	$user = 0 === $user_id ? false : get_userdata( $user_id );
	return $user && linked_contact( $user_id ) === $contact_id && in_array( strtolower( $user->user_email ), $emails, true );
}

/**
 * The user of a contact.
 *
 * @param array<string, mixed>                   $contact
 * @param list<string>                           $emails       All its valid addresses.
 * @param ?string                                $chosen_email The one that a new user would get.
 * @param callable(): list<\WP_User>             $linked       Users linked to the contact, the oldest first.
 * @param callable(string): ?array<string,mixed> $ask          The contact with another id; null if it is gone.
 * @return array{user: ?\WP_User, relinked: bool}
 * @throws Failure If the contact and its e-mail belong to two users.
 */
function find_user( array $contact, array $emails, ?string $chosen_email, callable $linked, callable $ask ): array {
	$owners = [];
	// E-mails are indexed, values of user meta are not: on a site with many users this finds most without reading all links.
	foreach ( array_unique( [ ...$emails, ...( null === $chosen_email ? [] : [ $chosen_email ] ) ] ) as $email ) {
		$owners[ $email ] = user_with_email( $email );
		if ( in_array( $email, $emails, true ) && null !== $owners[ $email ] && linked_contact( $owners[ $email ]->ID ) === $contact['id'] ) {
			return [ 'user' => $owners[ $email ], 'relinked' => false ];
		}
	}
	// More than one only by an accident of the past; the one with an address of the contact is the likelier one.
	$users       = $linked();
	$has_address = static fn( \WP_User $user ): bool => in_array( strtolower( $user->user_email ), $emails, true );
	usort( $users, static fn( \WP_User $a, \WP_User $b ): int => (int) $has_address( $b ) <=> (int) $has_address( $a ) );
	$user = $users[0] ?? null;

	if ( null !== $user && ( null === $chosen_email || $has_address( $user ) ) ) {
		return [ 'user' => $user, 'relinked' => false ];
	}
	$owner = null === $chosen_email ? null : $owners[ $chosen_email ];
	if ( null === $owner || $owner->ID === $user?->ID ) {
		return [ 'user' => $user, 'relinked' => false ];
	}
	if ( null !== $user ) {
		throw new Failure( 422, 'email_conflict', 'The contact is linked to one user of the site, and its e-mail address belongs to another.' );
	}
	$other_id = linked_contact( $owner->ID );
	if ( '' === $other_id ) {
		return [ 'user' => $owner, 'relinked' => false ];
	}
	$other = $ask( $other_id );
	if ( null !== $other && in_array( $chosen_email, addresses( $other ), true ) ) {
		throw new Failure( 422, 'email_conflict', 'The user with this e-mail address is linked to another contact, which still has the address.' );
	}
	return [ 'user' => $owner, 'relinked' => true ];
}

/**
 * @param array<string, mixed> $contact
 * @return list<string> Every valid address of the contact, in lower case.
 */
function addresses( array $contact ): array {
	return \AgileBridge\user_data( $contact, [], 'UTC' )['emails'];
}
