<?php
/**
 * The access keys: made, brought along, shown, revoked.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\ExtensionWords;
use AgileBridge\Plugin\Site\AccessKey;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\KeyUse;
use AgileBridge\Plugin\Site\Secret;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class AccessKeys {

	/** Shorter ones can be guessed by somebody patient enough. */
	public const STRONG_ACCESS_KEY_BYTES = 20;

	private const MAX_ACCESS_KEY_BYTES = 200;

	/** Two, so that a key can be replaced in the CRM at leisure. */
	public const MOST = 2;

	public const MAX_LABEL_LETTERS = 60;

	/** The one that was made for this very page, which shows it whole. */
	private static ?string $new = null;

	/**
	 * A key for a site that has none, if the extension is there to make one.
	 */
	public static function make_first_access_key(): void {
		if ( ! self::is_fixed() && [] === Settings::stored()->access_keys && null === Extension::problem() ) {
			self::add( \AgileBridge\generate_access_key(), '' );
		}
	}

	/**
	 * Makes a key, for the one time that it is shown.
	 *
	 * @param string $label As somebody typed it.
	 * @return ?string Null, or why not.
	 */
	public static function make( string $label ): ?string {
		$problem = self::is_fixed() ? self::why_fixed() : ExtensionWords::problem();
		if ( null !== $problem ) {
			return $problem;
		}
		$key       = \AgileBridge\generate_access_key();
		$problem   = self::add( $key, $label );
		self::$new = null === $problem ? $key : null;
		return $problem;
	}

	/**
	 * Puts a key to use that somebody brings along.
	 *
	 * @param string $label As somebody typed it.
	 * @return ?string Null, or why not.
	 */
	public static function bring( #[\SensitiveParameter] string $key, string $label ): ?string {
		return self::is_fixed() ? self::why_fixed() : self::access_key_problem( $key ) ?? self::add( $key, $label );
	}

	/**
	 * Ends the validity of one of two keys, for ever. (Without any every webhook would be refused.)
	 *
	 * @param string $id See ShownKey.
	 * @return ?string Null, or why not.
	 */
	public static function revoke( string $id ): ?string {
		if ( self::is_fixed() ) {
			return self::why_fixed();
		}
		$keys    = Settings::stored()->access_keys;
		$revoked = array_filter( $keys, static fn( AccessKey $key ): bool => self::id( $key->digest ) === $id );
		if ( [] === $revoked ) {
			return __( 'There is no such access key any more.', 'bridge-for-agile-crm' );
		}
		if ( count( $keys ) < 2 ) {
			return __( 'This is the only access key: without it every webhook would be refused. Make a new one first.', 'bridge-for-agile-crm' );
		}
		self::store( array_values( array_diff_key( $keys, $revoked ) ) );
		array_map( KeyUse::forget( ... ), array_column( $revoked, 'digest' ) );
		return null;
	}

	/**
	 * The key that was made for this page; null on any other.
	 */
	public static function new_key(): ?string {
		return self::$new;
	}

	public static function is_fixed(): bool {
		return null !== Settings::constant_text( 'AGILE_BRIDGE_ACCESS_KEY' );
	}

	private static function why_fixed(): string {
		return __( 'The access key is set in wp-config.php.', 'bridge-for-agile-crm' );
	}

	/**
	 * Why a key that somebody brings along cannot be used, or null. It is never altered: only the very same string opens.
	 */
	public static function access_key_problem( #[\SensitiveParameter] string $key ): ?string {
		return match ( true ) {
			strlen( $key ) < Settings::MIN_ACCESS_KEY_BYTES =>
				/* translators: %d: number of characters. */
				sprintf( __( 'An access key needs at least %d characters.', 'bridge-for-agile-crm' ), Settings::MIN_ACCESS_KEY_BYTES ),
			strlen( $key ) > self::MAX_ACCESS_KEY_BYTES =>
				/* translators: %d: number of characters. */
				sprintf( __( 'An access key has at most %d characters.', 'bridge-for-agile-crm' ), self::MAX_ACCESS_KEY_BYTES ),
			// A webhook with a control character or broken UTF-8 in its key is always refused.
			1 !== preg_match( '/^[^\p{C}\p{Z}](?:[^\p{C}]*[^\p{C}\p{Z}])?$/uD', $key ) =>
				__( 'An access key has no control characters and neither begins nor ends with a blank.', 'bridge-for-agile-crm' ),
			default => null,
		};
	}

	/**
	 * As it is shown where nobody has asked for it: dots and its end.
	 */
	public static function masked( #[\SensitiveParameter] string $key ): string {
		return '••••••••' . ( self::is_weak( $key ) ? '' : substr( $key, -4 ) );
	}

	private static function is_weak( #[\SensitiveParameter] string $key ): bool {
		return strlen( $key ) < self::STRONG_ACCESS_KEY_BYTES;
	}

	/**
	 * The valid keys, the newer one first. The constant's key opens all sites of a network, and is not for the eyes of who has only one.
	 *
	 * @return list<ShownKey>
	 */
	public static function shown(): array {
		$used     = KeyUse::all();
		$constant = Settings::constant_text( 'AGILE_BRIDGE_ACCESS_KEY' );
		$keys     = null === $constant ? Settings::stored()->access_keys : array_map(
			static fn( string $digest ): AccessKey => new AccessKey( $digest, '', self::is_weak( $constant ), 0 ),
			Settings::key_digests()
		);
		$whole    = static fn( AccessKey $key ): ?string => match ( true ) {
			null === $constant => Secret::unseal( $key->sealed, 'access_key' ),
			is_multisite() && ! current_user_can( 'manage_network_options' ) => null,
			default => $constant,
		};
		$shown    = static function ( AccessKey $key ) use ( $used, $whole ): ShownKey {
			$text = $whole( $key );
			return new ShownKey( self::id( $key->digest ), $key->label, $text, self::masked( (string) $text ), $key->weak, $key->created, $used[ KeyUse::row( $key->digest ) ] ?? 0 );
		};
		return array_map( $shown, $keys );
	}

	/**
	 * Told apart by what only this site can compute: of a short key a part of its digest would help who guesses.
	 */
	private static function id( string $digest ): string {
		return substr( wp_hash( "access key $digest" ), 0, 12 );
	}

	/**
	 * @return ?string Null, or why not.
	 */
	private static function add( #[\SensitiveParameter] string $key, string $label ): ?string {
		$keys = Settings::stored()->access_keys;
		if ( count( $keys ) >= self::MOST ) {
			return __( 'Two keys are valid already. Revoke one of them first.', 'bridge-for-agile-crm' );
		}
		$digest = hash( 'sha256', $key );
		if ( in_array( $digest, array_column( $keys, 'digest' ), true ) ) {
			return __( 'This key is valid already.', 'bridge-for-agile-crm' );
		}
		$label = mb_substr( sanitize_text_field( $label ), 0, self::MAX_LABEL_LETTERS );
		if ( ! Form::database_holds( $label ) ) {
			/* translators: %s: why not. */
			return sprintf( __( 'The label cannot be stored: %s.', 'bridge-for-agile-crm' ), Form::not_held() );
		}
		self::store( [ new AccessKey( $digest, Secret::seal( $key, 'access_key' ), self::is_weak( $key ), time(), $label ), ...$keys ] );
		return null;
	}

	/**
	 * @param list<AccessKey> $keys The newer one first.
	 */
	private static function store( array $keys ): void {
		Settings::store( [ 'access_keys' => array_map( 'get_object_vars', $keys ) ] );
	}
}
