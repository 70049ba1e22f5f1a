<?php
/**
 * The row of a new user in WordPress' table, at less cost than wp_insert_user() has for it: a throwaway password is not hashed,
 * and the database is not asked about columns that hold the row in any case.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/** WordPress' columns of a new user, and how many characters each holds (wp_get_db_schema()). */
const USER_COLUMNS = [
	'user_login'          => 60,
	'user_pass'           => 255,
	'user_nicename'       => 50,
	'user_email'          => 100,
	'user_url'            => 100,
	'user_registered'     => 19,
	'user_activation_key' => 255,
	'display_name'        => 250,
];

/**
 * Stands in for WordPress' hashing of one password, whose hash is known.
 */
final class KnownHash {

	/** What was in the global before: a plugin's own way to hash, or nothing. */
	private static mixed $former = null;

	private function __construct( #[\SensitiveParameter] private readonly string $hash ) {}

	public static function give( #[\SensitiveParameter] string $hash ): void {
		self::$former         = $GLOBALS['wp_hasher'] ?? null;
		$GLOBALS['wp_hasher'] = new self( $hash ); // phpcs:ignore WordPress.WP.GlobalVariablesOverride -- made for this.
	}

	public static function take_back(): void {
		if ( ( $GLOBALS['wp_hasher'] ?? null ) instanceof self ) {
			$GLOBALS['wp_hasher'] = self::$former; // phpcs:ignore WordPress.WP.GlobalVariablesOverride -- put back.
		}
	}

	/**
	 * What wp_hash_password() calls.
	 */
	public function HashPassword(): string { // phpcs:ignore WordPress.NamingConventions.ValidFunctionName -- WordPress' name.
		self::take_back();
		return $this->hash;
	}
}

/**
 * Whether the row fits into the table of users, whatever the charset of its columns.
 *
 * @param array<string, mixed> $row
 */
function any_user_table_holds( array $row ): bool {
	foreach ( $row as $column => $value ) {
		if ( ! is_string( $value ) || strlen( $value ) > ( USER_COLUMNS[ $column ] ?? -1 ) || 1 === preg_match( '/[^\x01-\x7F]/', $value ) ) {
			return false;
		}
	}
	return true;
}

/**
 * Spares the next insert wpdb's question about all columns of the table: for a row that fits in any case.
 */
function without_a_look_at_columns(): void {
	global $wpdb;
	if ( is_sqlite() || true !== $wpdb->is_mysql ) {
		return;
	}
	$wpdb->is_mysql = false;
	// wpdb asks it when the look is over.
	$again = static function ( $sql ) use ( &$again, $wpdb ) {
		$wpdb->is_mysql = true;
		remove_filter( 'query', $again, PHP_INT_MIN );
		return $sql;
	};
	add_filter( 'query', $again, PHP_INT_MIN );
}
