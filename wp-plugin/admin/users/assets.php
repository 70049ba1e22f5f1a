<?php
/**
 * The script and the style of our parts of WordPress' screens of users.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Users;

defined( 'ABSPATH' ) || exit;

final class Assets {

	/** On this page. */
	public static function enqueue(): void {
		add_action(
			'admin_enqueue_scripts',
			static function (): void {
				$version = static fn( string $file ): string => (string) filemtime( __DIR__ . "/$file" );
				wp_enqueue_style( 'agile-bridge-users', plugins_url( 'users.css', __FILE__ ), [], $version( 'users.css' ) );
				wp_enqueue_script( 'agile-bridge-users', plugins_url( 'users.js', __FILE__ ), [], $version( 'users.js' ), [ 'in_footer' => true ] );
			}
		);
		add_filter( 'removable_query_args', static fn( $names ): array => [ ...(array) $names, Sync::NAME ] );
	}
}
