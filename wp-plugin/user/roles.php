<?php
/**
 * Roles: which a contact may give, and who is protected from being changed by a contact.
 *
 * Rights are read from the role and the user themselves. user_can() hides some of them on multisite, and other plugins
 * filter it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class Roles {

	/**
	 * What a role grants; null if there is no such role.
	 */
	public static function rights( string $slug ): ?Rights {
		$role = get_role( $slug );
		// Who has a role has a capability of its name too.
		return null === $role ? null : Rights::of( ( Rights::is_dangerous( $slug ) ? [ $slug => true ] : [] ) + $role->capabilities );
	}

	/**
	 * The capability for which contacts may not give this role: a dangerous one, or one that is not known to be harmless, unless
	 * the admin has allowed the role by name.
	 *
	 * @param ?list<string> $allowed Slugs of the roles that are allowed by name; null for those of the settings.
	 * @return ?string Null if they may give it, or if there is no such role.
	 */
	public static function objection( string $slug, ?array $allowed = null ): ?string {
		$rights = self::rights( $slug );
		if ( null === $rights ) {
			return null;
		}
		$is_allowed = in_array( $slug, $allowed ?? Settings::stored()->allowed_roles, true );
		return $rights->dangerous[0] ?? ( $is_allowed ? null : $rights->further[0] ?? null );
	}

	/**
	 * The slug of a role that a contact may have, by its slug or the name that the dashboard shows; null if there is none.
	 */
	public static function harmless( string $wanted ): ?string {
		$slug = RoleNames::slug( $wanted );
		return null !== $slug && self::is_harmless( $slug ) ? $slug : null;
	}

	/**
	 * Whether there is a role of this slug, and a contact may have it.
	 *
	 * @param ?list<string> $allowed As for objection().
	 */
	public static function is_harmless( string $role, ?array $allowed = null ): bool {
		return wp_roles()->is_role( $role ) && null === self::objection( $role, $allowed );
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
	 * Whether a contact may change only tags and meta of this user: they may do more here than a contact may make of anybody, or
	 * they have a role elsewhere. To this site those may be ordinary, to the other one not, and the account is one.
	 */
	public static function is_protected( \WP_User $user ): bool {
		return self::can_do_harm( $user ) || self::may_do_more( $user );
	}

	/**
	 * Whether a contact may not even change meta of this user: it is shared with a place where they can do harm, and could be what
	 * lets them in there, a second factor for instance.
	 */
	public static function is_out_of_reach( \WP_User $user ): bool {
		return self::is_super_admin( $user ) || Elsewhere::may_do_harm( $user->ID );
	}

	/**
	 * Whether they are protected by what they may do, here or elsewhere, and not only by being a member of another site too.
	 */
	public static function has_special_rights( \WP_User $user ): bool {
		return [] !== Rights::of( $user->allcaps )->dangerous || self::may_do_more( $user ) || self::is_out_of_reach( $user );
	}

	/**
	 * Whether they can take the site over, or are somebody in another place.
	 */
	public static function can_do_harm( \WP_User $user ): bool {
		return [] !== Rights::of( $user->allcaps )->dangerous || self::is_super_admin( $user ) || Elsewhere::has_role( $user->ID );
	}

	/**
	 * Whether they have rights here that are not known to be harmless, and are not of a role that the admin has allowed.
	 */
	private static function may_do_more( \WP_User $user ): bool {
		$further = array_diff( Rights::of( $user->allcaps )->further, $user->roles );
		foreach ( [] === $further ? [] : array_intersect( $user->roles, Settings::stored()->allowed_roles ) as $role ) {
			$further = array_diff( $further, array_keys( array_filter( get_role( $role )->capabilities ?? [] ) ) );
		}
		return [] !== $further;
	}

	/** Where there is no network, WordPress calls every administrator so. */
	private static function is_super_admin( \WP_User $user ): bool {
		return is_multisite() && is_super_admin( $user->ID );
	}
}
