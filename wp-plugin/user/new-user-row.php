<?php
/**
 * The row of a new user in WordPress' table, at less cost than wp_insert_user() has for it: the database is not asked about
 * columns that hold the row in any case.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;

defined( 'ABSPATH' ) || exit;

final class NewUserRow {

	/** WordPress' columns of a new user, and how many characters each holds (wp_get_db_schema()). */
	private const USER_COLUMNS = [
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
	 * Whether the row fits into the table of users, whatever the charset of its columns.
	 *
	 * @param array<string, mixed> $row
	 */
	public static function fits_any_table( array $row ): bool {
		foreach ( $row as $column => $value ) {
			if ( ! is_string( $value ) || strlen( $value ) > ( self::USER_COLUMNS[ $column ] ?? -1 ) || 1 === preg_match( '/[^\x01-\x7F]/', $value ) ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Spares the next insert wpdb's question about all columns of the table: for a row that fits in any case.
	 */
	public static function without_a_look_at_columns(): void {
		global $wpdb;
		if ( Database::is_sqlite() || true !== $wpdb->is_mysql ) {
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
}
