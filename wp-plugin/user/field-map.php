<?php
/**
 * The field map, as the settings screen stored it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final class FieldMap {

	/** Autoloaded, so that reading it costs no query. */
	public const OPTION = 'agile_bridge_field_map';

	/**
	 * As stored: what uses it checks it again.
	 *
	 * @return list<array<string, mixed>> Rules as the contract has them: `crm`, `wp`, `type`, `when_empty`.
	 */
	public static function stored(): array {
		$map = get_option( self::OPTION );
		return is_array( $map ) ? array_values( array_filter( $map, 'is_array' ) ) : [];
	}
}
