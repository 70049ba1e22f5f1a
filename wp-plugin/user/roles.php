<?php
/**
 * Roles: which are harmless, and who is protected from being changed by a contact.
 *
 * Rights are read from the role and the user themselves. user_can() hides some of them on multisite, and other plugins
 * filter it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final class Roles {

	/** Who has one of these can take over the site, or other users; no contact gives them, and no contact changes who has them. */
	private const DANGEROUS_CAPABILITIES = [
		'promote_users',
		'edit_users',
		'create_users',
		'delete_users',
		'remove_users',
		'list_users',
		'manage_options',
		'install_plugins',
		'activate_plugins',
		'update_plugins',
		'delete_plugins',
		'upload_plugins',
		'edit_plugins',
		'install_themes',
		'switch_themes',
		'update_themes',
		'delete_themes',
		'upload_themes',
		'edit_themes',
		'edit_theme_options',
		'edit_files',
		'update_core',
		'edit_dashboard',
		'unfiltered_html',
		'unfiltered_upload',
		'import',
		'export',
		'manage_woocommerce',
		'manage_sites',
		'create_sites',
		'delete_sites',
		'upgrade_network',
		'setup_network',
	];

	/**
	 * @param array<string, mixed> $capabilities Name => granted.
	 */
	private static function is_dangerous( array $capabilities ): bool {
		foreach ( $capabilities as $name => $granted ) {
			$name = (string) $name;
			if ( $granted && ( in_array( $name, self::DANGEROUS_CAPABILITIES, true ) || str_starts_with( $name, 'manage_network' ) ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The slug of a role that a contact may have, by its slug or the name that the dashboard shows; null if there is none.
	 */
	public static function harmless( string $wanted ): ?string {
		$slug = RoleNames::slug( $wanted );
		$role = null === $slug ? null : get_role( $slug );
		return null === $role || self::is_dangerous( $role->capabilities ) ? null : $slug;
	}

	/**
	 * Whether there is a role of this slug, and a contact may have it.
	 */
	public static function is_harmless( string $role ): bool {
		return self::harmless( $role ) === $role;
	}

	/**
	 * The site's default role, else subscriber, else '' for none: the first that is harmless.
	 */
	public static function default_role(): string {
		foreach ( [ (string) get_option( 'default_role' ), 'subscriber' ] as $role ) {
			if ( self::is_harmless( $role ) ) {
				return $role;
			}
		}
		return '';
	}

	/**
	 * Whether a contact may change only tags and meta of this user.
	 *
	 * On a network also everybody with a role on another site: to this site they may be ordinary, to the other one not, and
	 * their address and names are the network's.
	 */
	public static function is_protected( \WP_User $user ): bool {
		return self::is_dangerous( $user->allcaps ) || is_super_admin( $user->ID ) || ( is_multisite() && self::has_role_elsewhere( $user->ID ) );
	}

	private static function has_role_elsewhere( int $user_id ): bool {
		global $wpdb;
		$pattern = '/^' . preg_quote( $wpdb->base_prefix, '/' ) . '(?:[0-9]+_)?capabilities$/D';
		$here    = $wpdb->get_blog_prefix() . 'capabilities';
		foreach ( (array) get_user_meta( $user_id ) as $key => $values ) {
			if ( $here !== $key && 1 === preg_match( $pattern, (string) $key ) ) {
				foreach ( (array) $values as $value ) {
					if ( array_filter( (array) maybe_unserialize( $value ) ) ) {
						return true;
					}
				}
			}
		}
		return false;
	}
}
