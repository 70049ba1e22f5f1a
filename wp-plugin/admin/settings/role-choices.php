<?php
/**
 * The roles that an admin can choose for users: the harmless ones of the site, by the names that the dashboard shows.
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
		foreach ( wp_roles()->get_names() as $role => $name ) {
			if ( Roles::is_harmless( (string) $role ) ) {
				$choices[ $role ] = translate_user_role( (string) $name );
			}
		}
		return $choices;
	}
}
