<?php
/**
 * Secrets at rest: sealed with a key that is in wp-config.php and not in the database.
 *
 * A copy of the database alone then tells neither the API key nor the access key. Where wp-config.php has no salts of its
 * own, WordPress keeps them in the database, and so the seal is worth no more than the database is.
 *
 * Not before `init`: wp_salt() is pluggable and translates.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Secret {

	/** Names the way it is sealed, should there ever be another. */
	private const SEAL_PREFIX = 'v1:';

	/**
	 * @param string $purpose What the secret is; one sealed for one purpose does not open for another.
	 */
	public static function seal( #[\SensitiveParameter] string $secret, string $purpose ): string {
		$nonce = random_bytes( SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- an option holds text; this hides nothing.
		return self::SEAL_PREFIX . base64_encode( $nonce . sodium_crypto_secretbox( $secret, $nonce, self::sealing_key( $purpose ) ) );
	}

	/**
	 * Null where it does not open: other salts, another purpose, or not sealed by us.
	 */
	public static function unseal( string $sealed, string $purpose ): ?string {
		if ( ! str_starts_with( $sealed, self::SEAL_PREFIX ) ) {
			return null;
		}
		// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see seal().
		$bytes = base64_decode( substr( $sealed, strlen( self::SEAL_PREFIX ) ), true );
		if ( false === $bytes || strlen( $bytes ) < SODIUM_CRYPTO_SECRETBOX_NONCEBYTES + SODIUM_CRYPTO_SECRETBOX_MACBYTES ) {
			return null;
		}
		$nonce  = substr( $bytes, 0, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		$secret = sodium_crypto_secretbox_open( substr( $bytes, strlen( $nonce ) ), $nonce, self::sealing_key( $purpose ) );
		return false === $secret ? null : $secret;
	}

	/**
	 * The salt scheme is one of WordPress' own: for an unknown one it would write a new secret into the database.
	 */
	private static function sealing_key( string $purpose ): string {
		return hash_hkdf( 'sha256', wp_salt( 'auth' ), SODIUM_CRYPTO_SECRETBOX_KEYBYTES, "bridge-for-agile-crm $purpose" );
	}
}
