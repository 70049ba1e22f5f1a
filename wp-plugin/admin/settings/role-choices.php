<?php
/**
 * The roles that an admin can choose for users: those of the site that contacts may have, by the names that the dashboard shows.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\User\Roles;

defined( 'ABSPATH' ) || exit;

final class RoleChoices {

	/**
	 * @param list<string> $chosen Slugs that are stored: shown too where contacts may not have them any more, so that nobody takes
	 *                             another choice for them.
	 * @return array<string, string> Slug => name.
	 */
	public static function all( array $chosen = [] ): array {
		$choices = [];
		foreach ( array_keys( wp_roles()->get_names() ) as $role ) {
			if ( Roles::is_harmless( (string) $role ) ) {
				$choices[ $role ] = self::name( (string) $role );
			}
		}
		foreach ( array_filter( $chosen, wp_roles()->is_role( ... ) ) as $role ) {
			/* translators: %s: name of a role. */
			$choices += [ $role => sprintf( __( '%s (grants too much)', 'bridge-for-agile-crm' ), self::name( $role ) ) ];
		}
		return $choices;
	}

	/**
	 * As the dashboard shows it.
	 */
	public static function name( string $role ): string {
		return translate_user_role( (string) ( wp_roles()->get_names()[ $role ] ?? $role ) );
	}
}
