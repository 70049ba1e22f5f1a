<?php
/**
 * Stands in for WordPress' hashing of one password, whose hash is known: that of a new user is a throwaway, and need not be
 * hashed at all.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final class KnownHash {

	/** What was in the global before: a plugin's own way to hash, or nothing. */
	private readonly mixed $former;

	private function __construct( #[\SensitiveParameter] private readonly string $hash ) {
		$this->former = $GLOBALS['wp_hasher'] ?? null;
	}

	public static function give( #[\SensitiveParameter] string $hash ): self {
		$given                = new self( $hash );
		$GLOBALS['wp_hasher'] = $given; // phpcs:ignore WordPress.WP.GlobalVariablesOverride -- made for this.
		return $given;
	}

	public function take_back(): void {
		if ( ( $GLOBALS['wp_hasher'] ?? null ) === $this ) {
			$GLOBALS['wp_hasher'] = $this->former; // phpcs:ignore WordPress.WP.GlobalVariablesOverride -- put back.
		}
	}

	/**
	 * What wp_hash_password() calls.
	 */
	public function HashPassword(): string { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- WordPress' name.
		$this->take_back();
		return $this->hash;
	}
}
