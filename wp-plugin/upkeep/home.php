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
	 * @param bool $remember Whether to take this address for the site's own where none is known yet, and it is certain.
	 */
	public static function is_elsewhere( bool $remember = true ): bool {
		$record = LookRecord::read();
		if ( ! isset( $record['home'] ) ) {
			if ( $remember && self::is_certain() ) {
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

	/**
	 * Whether the address is the same whoever asks. Code in wp-config.php may make it of the request (Bitnami's does): then it is what
	 * somebody has typed, or a stranger has called the server by, and if that were kept the real one would be a copy.
	 */
	private static function is_certain(): bool {
		$host = static fn( string $url ): string => strtolower( (string) wp_parse_url( $url, PHP_URL_HOST ) );
		// phpcs:ignore WordPress.Security -- compared, and nothing else.
		$asked = $host( 'http://' . (string) ( $_SERVER['HTTP_HOST'] ?? '' ) );
		$saved = (string) ( wp_load_alloptions()['home'] ?? '' );
		return $host( home_url() ) !== $asked || untrailingslashit( (string) get_option( 'home' ) ) === untrailingslashit( $saved );
	}

	private static function digest(): string {
		return hash( 'sha256', (string) preg_replace( '~^https?://(www\.)?~', '', strtolower( untrailingslashit( home_url() ) ) ) );
	}
}
