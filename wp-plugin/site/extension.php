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
	 * The border between plugin and extension, counted up when it changes. An extension of the number before still works, so
	 * that a plugin update never stops a site whose extension is a release behind.
	 */
	public const INTERFACE_NUMBER = 3;

	/**
	 * Null if it fits, else what to do about it, in plain English.
	 */
	public static function problem(): ?string {
		return match ( self::state() ) {
			'fits'    => null,
			'missing' => 'The PHP extension agile_bridge is not loaded. The site\'s administrator has to install it and restart PHP; the dashboard says how.',
			'old'     => 'The PHP extension agile_bridge is too old for this plugin. The site\'s administrator has to update it and restart PHP.',
			'new'     => 'The PHP extension agile_bridge is newer than this plugin. The site\'s administrator has to update the plugin.',
		};
	}

	/**
	 * @return 'fits'|'missing'|'old'|'new'
	 */
	public static function state(): string {
		if ( ! defined( 'AgileBridge\INTERFACE_NUMBER' ) ) {
			return 'missing';
		}
		$number = (int) constant( 'AgileBridge\INTERFACE_NUMBER' );
		return match ( true ) {
			$number > self::INTERFACE_NUMBER     => 'new',
			$number < self::INTERFACE_NUMBER - 1 => 'old',
			default                        => 'fits',
		};
	}
}
