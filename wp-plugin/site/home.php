<?php
/**
 * The address under which the site is at home: a copy of its database elsewhere must neither write to the account of the original
 * nor mail its users.
 *
 * What is kept is base64 of the address: tools that copy a site replace its address wherever it stands in the database, in
 * options too, and then the copy would take itself for the original. The scheme, `www.`, a slash at the end and the scheme's own
 * port are left out of it: who switches to https has not moved.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Home {

	/** `live`: addresses of the site itself, the newest first; `copies`: those of which an admin has said that they are copies. Autoloaded. */
	public const OPTION = 'agile_bridge_home';

	/** Of each. */
	private const MOST = 10;

	public static function whereabouts(): Whereabouts {
		$here = self::here();
		$live = self::listed( 'live' );
		return match ( true ) {
			in_array( $here, self::listed( 'copies' ), true ) => Whereabouts::Copy,
			[] === $live || in_array( $here, $live, true ) || self::is_nobodys() => Whereabouts::Live,
			default => Whereabouts::Unsaid,
		};
	}

	/**
	 * Whether nothing may leave from here: no write to Agile CRM, no look, no mail.
	 */
	public static function is_elsewhere(): bool {
		return Whereabouts::Live !== self::whereabouts();
	}

	/**
	 * Where the site is at home, as far as it is known: without scheme, '' if it is not.
	 */
	public static function address(): string {
		return (string) base64_decode( self::listed( 'live' )[0] ?? '', true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see above.
	}

	/**
	 * Takes this address for the site's own where none is known yet.
	 *
	 * @param bool $is_admin Whether an admin is here, who saves something: then it counts even if somebody else could have made it.
	 */
	public static function remember( bool $is_admin = false ): void {
		if ( [] === self::listed( 'live' ) && ( $is_admin || self::is_certain() ) ) {
			self::keep( [ self::here() ], self::listed( 'copies' ) );
		}
	}

	/**
	 * An admin says that this is the site itself. Where the request makes the address there may be several.
	 */
	public static function be_here(): void {
		$here = self::here();
		self::keep( self::is_certain() ? [ $here ] : [ $here, ...self::listed( 'live' ) ], array_diff( self::listed( 'copies' ), [ $here ] ) );
	}

	/**
	 * An admin says that this is a copy. Where the original is stays known: the copy may be put in its place one day.
	 */
	public static function be_a_copy(): void {
		self::keep( self::listed( 'live' ), [ self::here(), ...self::listed( 'copies' ) ] );
	}

	/**
	 * @param array<string> $live
	 * @param array<string> $copies
	 */
	private static function keep( array $live, array $copies ): void {
		$some = static fn( array $all ): array => array_slice( array_values( array_unique( $all ) ), 0, self::MOST );
		update_option( self::OPTION, [ 'live' => $some( $live ), 'copies' => $some( $copies ) ], true );
	}

	/**
	 * @param 'live'|'copies' $name
	 * @return list<string>
	 */
	private static function listed( string $name ): array {
		$stored = get_option( self::OPTION );
		return is_array( $stored ) ? array_values( array_filter( (array) ( $stored[ $name ] ?? [] ), 'is_string' ) ) : [];
	}

	/**
	 * (Not home_url(), which plugins for several languages change by the page.)
	 */
	private static function here(): string {
		$address = (string) preg_replace( [ '~^https?://(www\.)?~', '~^([^/]+):(80|443)(?=/|$)~' ], [ '', '$1' ], strtolower( untrailingslashit( (string) get_option( 'home' ) ) ) );
		return base64_encode( $address ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see above.
	}

	/**
	 * Whether the address is the same whoever asks. Code in wp-config.php may make it of the request (Bitnami's does): then it is what
	 * somebody has typed, or a stranger has called the server by, and if that were kept the real one would be a copy.
	 */
	private static function is_certain(): bool {
		return self::host_of_home() !== self::host_asked() || untrailingslashit( (string) get_option( 'home' ) ) === untrailingslashit( (string) ( wp_load_alloptions()['home'] ?? '' ) );
	}

	/**
	 * Whether it was made of a command that names no site (Bitnami has WP-CLI ask for 127.0.0.1), and so says nothing.
	 */
	private static function is_nobodys(): bool {
		return 'cli' === PHP_SAPI && in_array( self::host_of_home(), [ '', 'localhost', '127.0.0.1' ], true ) && ! self::is_certain();
	}

	private static function host_of_home(): string {
		return strtolower( (string) wp_parse_url( (string) get_option( 'home' ), PHP_URL_HOST ) );
	}

	private static function host_asked(): string {
		// phpcs:ignore WordPress.Security -- compared, and nothing else.
		return strtolower( (string) wp_parse_url( 'http://' . (string) ( $_SERVER['HTTP_HOST'] ?? '' ), PHP_URL_HOST ) );
	}
}
