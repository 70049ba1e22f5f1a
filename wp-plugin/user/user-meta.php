<?php
/**
 * User meta, written only where it differs from what is stored.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Column;
use AgileBridge\Plugin\Site\PrivateCache;

defined( 'ABSPATH' ) || exit;

final class UserMeta {

	/** Of a text, as stored: WordPress reads all meta of all users whom a screen lists. */
	public const MOST_BYTES = 65536;

	/**
	 * Writes one user meta if it differs.
	 *
	 * @param string|list<string> $value
	 * @return 'unchanged'|'written'|'refused' Refused is what WordPress cannot hold, or another plugin does not let pass.
	 */
	public static function write( int $user_id, string $key, string|array $value ): string {
		if ( self::is( $user_id, $key, $value ) ) {
			return 'unchanged';
		}
		if ( self::can_hold( $key, $value ) ) {
			update_user_meta( $user_id, $key, wp_slash( $value ) );
		}
		return self::is( $user_id, $key, $value ) ? 'written' : 'refused';
	}

	/**
	 * Whether the database would give the value back as it is, and WordPress makes no more of it than is good for a text.
	 *
	 * @param string|list<string> $value
	 */
	public static function can_hold( string $key, string|array $value ): bool {
		$stored = is_string( $value ) ? sanitize_meta( $key, $value, 'user' ) : '';
		if ( is_string( $stored ) && strlen( $stored ) > self::MOST_BYTES ) {
			return false;
		}
		return Column::holds( $GLOBALS['wpdb']->usermeta, 'meta_value', (string) maybe_serialize( $value ) );
	}

	/**
	 * @param array<string, string|list<string>> $data Without account fields.
	 * @return array{written: bool, notes: list<string>}
	 */
	public static function write_mapped( int $user_id, array $data ): array {
		$written = false;
		$notes   = [];
		foreach ( $data as $key => $value ) {
			$result  = self::write( $user_id, (string) $key, $value );
			$written = 'written' === $result || $written;
			$notes   = 'refused' === $result ? [ ...$notes, "value_refused:$key" ] : $notes;
		}
		return [
			'written' => $written,
			'notes'   => $notes,
		];
	}

	/**
	 * Whether the meta has this value, in its stored form, in all of its rows. No row is as good as an empty value.
	 *
	 * @param string|list<string> $value
	 */
	public static function is( int $user_id, string $key, string|array $value ): bool {
		return self::stored_is( $user_id, $key, sanitize_meta( $key, $value, 'user' ) );
	}

	/**
	 * @param mixed $stored What WordPress would store.
	 */
	public static function stored_is( int $user_id, string $key, $stored ): bool {
		$rows = get_metadata_raw( 'user', $user_id, $key, false );
		if ( ! is_array( $rows ) || [] === $rows ) {
			return '' === $stored;
		}
		$wanted = (string) maybe_serialize( $stored );
		foreach ( $rows as $row ) {
			if ( (string) maybe_serialize( $row ) !== $wanted ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Takes one key out of what is cached of a user's meta.
	 */
	public static function forget_cached( int $user_id, string $key ): void {
		$cached = PrivateCache::is_private() ? wp_cache_get( $user_id, 'user_meta' ) : null;
		if ( ! is_array( $cached ) ) {
			wp_cache_delete( $user_id, 'user_meta' );
			return;
		}
		unset( $cached[ $key ] );
		wp_cache_set( $user_id, $cached, 'user_meta' );
	}
}
