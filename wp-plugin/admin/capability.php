<?php
/**
 * Who may see and repair what became of webhooks. The settings are an administrator's in any case.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

defined( 'ABSPATH' ) || exit;

final class Capability {

	/**
	 * WordPress' `manage_options`, unless code of the site names another one.
	 */
	public static function needed(): string {
		$capability = apply_filters( 'agile_bridge_capability', 'manage_options' );
		return is_string( $capability ) && '' !== $capability ? $capability : 'manage_options';
	}

	public static function is_given(): bool {
		return current_user_can( self::needed() );
	}
}
