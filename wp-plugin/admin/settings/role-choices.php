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
	 * @return array<string, string> Slug => name.
	 */
	public static function all(): array {
		$choices = [];
		foreach ( array_keys( wp_roles()->get_names() ) as $role ) {
			if ( Roles::is_harmless( (string) $role ) ) {
				$choices[ $role ] = self::name( (string) $role );
			}
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
