<?php
/**
 * What only an admin should read, in the site's log: that is where an admin looks for it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Log {

	/**
	 * Where and what. Exceptions of the extension hold no secret; arguments are never printed.
	 */
	public static function error( \Throwable $error ): void {
		self::note( sprintf( '%s: %s in %s:%d', $error::class, $error->getMessage(), $error->getFile(), $error->getLine() ) );
	}

	/**
	 * @param string $line Without secrets.
	 */
	public static function note( string $line ): void {
		Host::call( 'error_log', "Bridge for Agile CRM: $line" );
	}
}
