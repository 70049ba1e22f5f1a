<?php
/**
 * Which role a caller means.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final class RoleNames {

	/**
	 * The slug of the role with this slug, or with the name that the dashboard shows; null if there is none.
	 *
	 * Merge fields of a campaign arrive HTML-escaped (`Friends &amp; Family`). A name may also be stored so, hence as it came first.
	 */
	public static function slug( string $wanted ): ?string {
		return self::of( $wanted ) ?? self::of( html_entity_decode( $wanted, ENT_QUOTES | ENT_HTML5, 'UTF-8' ) );
	}

	private static function of( string $wanted ): ?string {
		$names = wp_roles()->get_names();
		if ( isset( $names[ $wanted ] ) ) {
			return $wanted;
		}
		foreach ( $names as $slug => $name ) {
			$shown = [ strtolower( (string) $name ), strtolower( translate_user_role( (string) $name ) ) ];
			if ( in_array( strtolower( $wanted ), $shown, true ) ) {
				return (string) $slug;
			}
		}
		return null;
	}
}
