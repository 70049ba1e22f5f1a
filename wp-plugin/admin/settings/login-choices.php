<?php
/**
 * The forms that the login of a new user can have.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\User\FieldMap;

defined( 'ABSPATH' ) || exit;

final class LoginChoices {

	/** Fields that are a login by themselves, or must never be one. */
	private const NO_LOGINS = [ '', 'user_login', 'user_email', 'user_pass' ];

	/**
	 * @return array<string, string> As the setting holds it => what people read.
	 */
	public static function all(): array {
		$choices = [
			'email'      => __( 'The e-mail address', 'bridge-for-agile-crm' ),
			'first.last' => __( 'First and last name: jane.doe', 'bridge-for-agile-crm' ),
		];
		foreach ( FieldMap::stored() as $rule ) {
			$key = is_string( $rule['wp'] ?? null ) ? $rule['wp'] : '';
			if ( ! in_array( $key, self::NO_LOGINS, true ) ) {
				/* translators: %s: name of a WordPress field. */
				$choices[ "field:$key" ] = sprintf( __( 'The field %s of the field map', 'bridge-for-agile-crm' ), $key );
			}
		}
		// What is chosen stays to be seen, and can be saved again, though its field has left the map.
		$chosen = Settings::stored()->login_format;
		/* translators: %s: name of a WordPress field. */
		return $choices + [ $chosen => sprintf( __( '%s, which is not mapped: a login is derived', 'bridge-for-agile-crm' ), $chosen ) ];
	}
}
