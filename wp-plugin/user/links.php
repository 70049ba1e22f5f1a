<?php
/**
 * The link between a contact and a user.
 *
 * The link is the contact's id in the user meta `agilecrm_contact_id`, beside it the tags in `agilecrm_tags`: the keys of WP
 * Fusion, whose links and readers go on working. User meta is shared by all sites of a network, and a link counts only on
 * the site that made it (another site may work with another account, whose ids mean other people). So all sites but the first
 * prefix both keys with their tables' prefix, `wp_2_agilecrm_contact_id`, which is also what WP Fusion does there if asked
 * to (its option `multisite_prefix_keys`); and so does a site that keeps its users in the tables of another installation.
 * Code on such a site that reads the usual keys gets that site's values: a filter in the main file answers with them.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Links {

	/**
	 * The key of a link, where the user is known too: by the index of users. Of two indexes SQLite, which has no statistics, may take
	 * that of keys, and read the links of all.
	 */
	private const OF_USER = "COALESCE(m.meta_key, '') = %s";

	public static function key(): string {
		return SiteKey::of( LinkIndex::KEY );
	}

	/**
	 * The contact that this site has linked to the user, '' if none.
	 */
	public static function contact_of( int $user_id ): string {
		$id = get_metadata_raw( 'user', $user_id, self::key(), true );
		return is_string( $id ) || is_int( $id ) ? (string) $id : '';
	}

	/**
	 * Two queries, however many they are.
	 *
	 * @param list<int> $user_ids
	 * @return array<int, string> User => contact, of those who are linked.
	 */
	public static function contacts_of( array $user_ids ): array {
		cache_users( $user_ids );
		return array_filter( array_combine( $user_ids, array_map( self::contact_of( ... ), $user_ids ) ), LinkIndex::is_contact_id( ... ) );
	}

	/**
	 * The contact that the user with that very address is linked to, '' if there is none. By one query, also while plugins load.
	 *
	 * @param string $email ASCII, in lower case.
	 * @throws Failure If the database fails.
	 */
	public static function contact_of_email( string $email ): string {
		global $wpdb;
		$rows = Database::rows(
			"SELECT u.user_email, m.meta_value FROM {$wpdb->users} u JOIN {$wpdb->usermeta} m ON m.user_id = u.ID AND " . self::OF_USER . '
				WHERE u.user_email = %s ORDER BY u.ID, m.umeta_id',
			self::key(),
			$email
		);
		foreach ( $rows as $row ) {
			// The database's collation takes others for equal; and a link may be anything that somebody once wrote there.
			if ( strtolower( $row->user_email ) === $email ) {
				return LinkIndex::is_contact_id( (string) $row->meta_value ) ? (string) $row->meta_value : '';
			}
		}
		return '';
	}

	/**
	 * @return list<\WP_User> Users linked to the contact, the oldest first.
	 */
	public static function users_of( string $contact_id ): array {
		global $wpdb;
		$hits  = LinkIndex::find( [ $contact_id ] );
		$users = self::still_linked( self::user_ids( $hits->links ), $contact_id );
		if ( [] !== $users || $hits->are_all ) {
			return $users;
		}
		// It reads every link: no join.
		$rows = Database::rows( "SELECT user_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND meta_value = %s", self::key(), $contact_id );
		return self::still_linked( self::user_ids( $rows ), $contact_id );
	}

	/**
	 * @param list<object> $rows
	 * @return list<int> The oldest first.
	 */
	private static function user_ids( array $rows ): array {
		$ids = array_values( array_unique( array_map( 'intval', array_column( $rows, 'user_id' ) ) ) );
		sort( $ids );
		return $ids;
	}

	/**
	 * @param list<int> $user_ids
	 * @return list<\WP_User> Those of them who are there, and are linked to the contact: not the database's idea of equal, but ours.
	 */
	public static function still_linked( array $user_ids, string $contact_id ): array {
		$users = array_filter( array_map( Users::fresh( ... ), $user_ids ) );
		return array_values( array_filter( $users, static fn( \WP_User $user ): bool => self::contact_of( $user->ID ) === $contact_id ) );
	}

	/**
	 * @param list<string> $contact_ids
	 * @return list<object> Links to these contacts: `user_id` and `contact_id`.
	 */
	public static function to( array $contact_ids ): array {
		global $wpdb;
		$hits = LinkIndex::find( $contact_ids );
		if ( $hits->are_all && [] === $hits->links ) {
			return [];
		}
		// Of these users, or of all there are.
		$among  = $hits->are_all ? self::user_ids( $hits->links ) : [];
		$users  = [] === $among ? 'm.meta_key = %s' : 'm.user_id IN (' . implode( ', ', array_fill( 0, count( $among ), '%d' ) ) . ') AND ' . self::OF_USER;
		$places = implode( ', ', array_fill( 0, count( $contact_ids ), '%s' ) );
		return Database::rows( "SELECT m.user_id, m.meta_value AS contact_id FROM {$wpdb->usermeta} m WHERE $users AND m.meta_value IN ($places)", ...[ ...$among, self::key(), ...$contact_ids ] );
	}

	/**
	 * @return list<object> The next links in the order of their users: `user_id` and `contact_id`, which may be anything.
	 */
	public static function after( int $user_id, int $count ): array {
		global $wpdb;
		return Database::rows( "SELECT user_id, meta_value AS contact_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND user_id > %d ORDER BY user_id LIMIT %d", self::key(), $user_id, $count );
	}
}
