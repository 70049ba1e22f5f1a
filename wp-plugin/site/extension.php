<?php
/**
 * Whether the PHP extension is there and fits this plugin.
 *
 * Loaded while the main plugin file loads, so nothing of WordPress is used and nothing translated. What is said here goes
 * into an answer that anybody may see: no path, no version. The how-to for this server is advice.php's.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Extension {

	/**
	 * The border between plugin and extension, counted up when it changes. Either may be updated first: an extension says which
	 * numbers it serves, and one of the number before still works. So no update ever stops a site.
	 */
	public const INTERFACE_NUMBER = 4;

	/**
	 * Null if it fits, else what to do about it, in plain English.
	 */
	public static function problem(): ?string {
		return match ( self::state() ) {
			'fits'    => null,
			'missing' => 'The PHP extension agile_bridge is not loaded. The site\'s administrator has to install it and restart PHP; the dashboard says how.',
			'old'     => 'The PHP extension agile_bridge is too old for this plugin. The site\'s administrator has to update it and restart PHP.',
			'new'     => 'The PHP extension agile_bridge is so much newer than this plugin that it no longer serves it. The site\'s administrator has to update the plugin.',
		};
	}

	/**
	 * @return 'fits'|'missing'|'old'|'new'
	 */
	public static function state(): string {
		if ( ! defined( 'AgileBridge\INTERFACE_NUMBER' ) ) {
			return 'missing';
		}
		$newest = self::newest();
		// Those that do not say it serve one number.
		$oldest = defined( 'AgileBridge\OLDEST_INTERFACE' ) ? (int) constant( 'AgileBridge\OLDEST_INTERFACE' ) : $newest;
		return match ( true ) {
			$oldest > self::INTERFACE_NUMBER     => 'new',
			$newest < self::INTERFACE_NUMBER - 1 => 'old',
			default                              => 'fits',
		};
	}

	/** Whether it fits, and is of the number before: what came with ours is not there. */
	public static function is_behind(): bool {
		return 'fits' === self::state() && self::newest() < self::INTERFACE_NUMBER;
	}

	/**
	 * Whoever calls what came with our number asks first, and does without where the extension is behind.
	 *
	 * @param string $name A function of the extension.
	 */
	public static function has( string $name ): bool {
		return function_exists( "AgileBridge\\$name" );
	}

	private static function newest(): int {
		return (int) constant( 'AgileBridge\INTERFACE_NUMBER' );
	}
}
