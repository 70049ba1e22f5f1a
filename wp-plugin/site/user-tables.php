<?php
/**
 * Whose tables the users are in.
 *
 * An installation may keep its users in the tables of another one (`CUSTOM_USER_TABLE` and `CUSTOM_USER_META_TABLE`): people,
 * addresses and user meta are then of both, roles and links of each alone.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class UserTables {

	public static function are_borrowed(): bool {
		return \AgileBridge\Plugin\users_are_borrowed();
	}

	/**
	 * The name of a table of ours beside that of the users: the same for all who share it.
	 */
	public static function beside( string $name ): string {
		global $wpdb;
		return preg_replace( '/users$/D', '', $wpdb->users, 1, $count ) . ( $count ? '' : '_' ) . $name;
	}

	/**
	 * What tells this site from all others with the same users.
	 */
	public static function this_site(): string {
		global $wpdb;
		return self::are_borrowed() ? $wpdb->get_blog_prefix() : (string) get_current_blog_id();
	}
}
