<?php
/**
 * What a column of the database can hold. Tables of old sites are latin1 or utf8mb3, whatever DB_CHARSET says.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Column {

	/**
	 * Whether a column of WordPress' tables gives this text back as it is.
	 *
	 * MySQL would store a question mark for each letter that the column's charset does not know, without a word, as WordPress
	 * has taken its strict mode away; or WordPress would drop the whole row.
	 *
	 * @param string $text Valid UTF-8.
	 * @throws Failure If the database does not tell.
	 */
	public static function holds( string $table, string $column, string $text ): bool {
		global $wpdb;
		// Every charset has these.
		if ( 1 !== preg_match( '/[^\x00-\x7F]/', $text ) ) {
			return true;
		}
		$charset = $wpdb->get_col_charset( $table, $column );
		return match ( $charset ) {
			'utf8mb4'         => true,
			// Without characters beyond the basic plane, such as emoji.
			'utf8', 'utf8mb3' => 1 !== preg_match( '/[\xF0-\xF4]/', $text ),
			// No text, or no MySQL. (SQLite holds every text.)
			default           => ! is_string( $charset ) || Database::is_sqlite() || self::survives( $text, $charset ),
		};
	}

	/**
	 * Whether the text comes back from a charset. That of the connection may be another one than UTF-8, and then the same bytes
	 * mean other letters to the database, so nobody but itself can tell.
	 */
	private static function survives( string $text, string $charset ): bool {
		global $wpdb;
		if ( 'binary' === $charset || 1 !== preg_match( '/^\w+$/D', $charset ) ) {
			return 'binary' === $charset;
		}
		$own  = 1 === preg_match( '/^\w+$/D', (string) $wpdb->charset ) ? $wpdb->charset : 'utf8mb4';
		$rows = Database::rows( "SELECT CONVERT(CONVERT(%s USING $charset) USING $own) AS text", $text );
		return ( $rows[0]->text ?? null ) === $text;
	}
}
