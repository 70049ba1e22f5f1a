<?php
/**
 * The address under which the site is at home: a copy of its database elsewhere must not work through the account of the
 * original.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

defined( 'ABSPATH' ) || exit;

final class Home {

	/**
	 * Whether the database was copied to another address: compared as a hash, which search-and-replace does not find.
	 *
	 * @param bool $remember Whether to take this address for the site's own where none is known yet.
	 */
	public static function is_elsewhere( bool $remember = true ): bool {
		$record = LookRecord::read();
		if ( ! isset( $record['home'] ) ) {
			if ( $remember ) {
				self::remember();
			}
			return false;
		}
		return self::digest() !== $record['home'];
	}

	/**
	 * This address is the site's own: at the first look, and when an admin saves the settings here.
	 */
	public static function remember(): void {
		LookRecord::change( [ 'home' => self::digest() ] );
	}

	private static function digest(): string {
		return hash( 'sha256', (string) preg_replace( '~^https?://(www\.)?~', '', strtolower( untrailingslashit( home_url() ) ) ) );
	}
}
