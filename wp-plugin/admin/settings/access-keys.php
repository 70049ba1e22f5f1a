<?php
/**
 * Making, replacing and removing the stored access keys.
 *
 * Two may be valid at once: the one in use, first, and the former one, so that a key can be replaced in the CRM at leisure.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\AccessKey;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Secret;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class AccessKeys {

	/** Shorter ones can be guessed by somebody patient enough. */
	public const STRONG_ACCESS_KEY_BYTES = 20;

	private const MAX_ACCESS_KEY_BYTES = 200;

	/**
	 * A key for a site that has none, if the extension is there to make one.
	 */
	public static function make_first_access_key(): void {
		if ( null === Settings::constant_text( 'AGILE_BRIDGE_ACCESS_KEY' ) && [] === Settings::stored()->access_keys && null === Extension::problem() ) {
			self::use_access_key( \AgileBridge\generate_access_key() );
		}
	}

	/**
	 * Puts a key to use. The one in use until now stays valid as the former one.
	 *
	 * @return ?string Null, or why not.
	 */
	public static function use_access_key( #[\SensitiveParameter] string $key ): ?string {
		$keys = Settings::stored()->access_keys;
		if ( count( $keys ) > 1 ) {
			return __( 'Two keys are valid already. Remove the former one first.', 'bridge-for-agile-crm' );
		}
		$digest = hash( 'sha256', $key );
		if ( in_array( $digest, array_column( $keys, 'digest' ), true ) ) {
			return __( 'This is the key in use already.', 'bridge-for-agile-crm' );
		}
		array_unshift(
			$keys,
			new AccessKey( $digest, Secret::seal( $key, 'access_key' ), self::is_weak( $key ), time() )
		);
		self::store_access_keys( $keys );
		return null;
	}

	/**
	 * Ends the validity of the former key.
	 */
	public static function remove_former_access_key(): void {
		self::store_access_keys( array_slice( Settings::stored()->access_keys, 0, 1 ) );
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
	 * The valid keys as the screen shows them; `key` is null where the salts were changed since it was stored, and where the
	 * constant's key, which opens all sites of a network, is not for this admin's eyes.
	 *
	 * @return list<array{key: ?string, weak: bool, created: int}>
	 */
	public static function shown_access_keys(): array {
		$constant = Settings::constant_text( 'AGILE_BRIDGE_ACCESS_KEY' );
		if ( null !== $constant ) {
			$too_short = strlen( $constant ) < Settings::MIN_ACCESS_KEY_BYTES;
			return $too_short ? [] : [
				[
					'key'     => is_multisite() && ! current_user_can( 'manage_network_options' ) ? null : $constant,
					'weak'    => self::is_weak( $constant ),
					'created' => 0,
				],
			];
		}
		$shown = static fn( AccessKey $key ): array => [
			'key'     => Secret::unseal( $key->sealed, 'access_key' ),
			'weak'    => $key->weak,
			'created' => $key->created,
		];
		return array_map( $shown, Settings::stored()->access_keys );
	}

	/**
	 * @param list<AccessKey> $keys The one in use first.
	 */
	private static function store_access_keys( array $keys ): void {
		Settings::store( [ 'access_keys' => array_map( 'get_object_vars', $keys ) ] );
	}
}
