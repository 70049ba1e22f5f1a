<?php
/**
 * The link between a contact and a user.
 *
 * The link is the contact's id in the user meta `agilecrm_contact_id`, beside it the tags in `agilecrm_tags`: the keys of WP
 * Fusion, whose links and readers go on working. User meta is shared by all sites of a network, and a link counts only on
 * the site that made it (another site may work with another account, whose ids mean other people). So all sites but the first
 * prefix both keys with their tables' prefix, `wp_2_agilecrm_contact_id`, which is also what WP Fusion does there if asked
 * to (its option `multisite_prefix_keys`). So does a site whose users are in another installation's tables, by CUSTOM_USER_TABLE.
 * Code on such a site that reads the usual keys gets that site's values: a filter
 * in the main file answers with them.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Links {

	public static function key(): string {
		return self::site_key( 'agilecrm_contact_id' );
	}

	public static function site_key( string $key ): string {
		global $wpdb;
		$prefix = $wpdb->get_blog_prefix();
		return defined( 'CUSTOM_USER_TABLE' ) || ( is_multisite() && $prefix !== $wpdb->base_prefix ) ? $prefix . $key : $key;
	}

	/**
	 * The contact that this site has linked to the user, '' if none.
	 */
	public static function contact_of( int $user_id ): string {
		$id = get_metadata_raw( 'user', $user_id, self::key(), true );
		return is_string( $id ) || is_int( $id ) ? (string) $id : '';
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
			"SELECT u.user_email, m.meta_value FROM {$wpdb->users} u JOIN {$wpdb->usermeta} m ON m.user_id = u.ID AND m.meta_key = %s
				WHERE u.user_email = %s ORDER BY u.ID, m.umeta_id",
			self::key(),
			$email
		);
		foreach ( $rows as $row ) {
			// The database's collation takes others for equal; and a link may be anything that somebody once wrote there.
			if ( strtolower( $row->user_email ) === $email ) {
				return self::is_contact_id( (string) $row->meta_value ) ? (string) $row->meta_value : '';
			}
		}
		return '';
	}

	/**
	 * Whether the extension takes it for the id of a contact.
	 */
	public static function is_contact_id( string $text ): bool {
		return (int) $text > 0 && (string) (int) $text === $text;
	}

	/**
	 * @return list<\WP_User> Users linked to the contact, the oldest first.
	 */
	public static function users_of( string $contact_id ): array {
		global $wpdb;
		// phpcs:ignore WordPress.DB -- WP_User_Query asks only for members of the site, and caches. It reads every link: no join.
		$ids = $wpdb->get_col( $wpdb->prepare( "SELECT user_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND meta_value = %s", self::key(), $contact_id ) );
		$ids = array_unique( array_map( 'intval', $ids ) );
		sort( $ids );
		return self::still_linked( $ids, $contact_id );
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
		$places = implode( ', ', array_fill( 0, count( $contact_ids ), '%s' ) );
		return Database::rows( "SELECT user_id, meta_value AS contact_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND meta_value IN ($places)", self::key(), ...$contact_ids );
	}

	/**
	 * @return list<object> The next links in the order of their users: `user_id` and `contact_id`, which may be anything.
	 */
	public static function after( int $user_id, int $count ): array {
		global $wpdb;
		return Database::rows( "SELECT user_id, meta_value AS contact_id FROM {$wpdb->usermeta} WHERE meta_key = %s AND user_id > %d ORDER BY user_id LIMIT %d", self::key(), $user_id, $count );
	}
}
