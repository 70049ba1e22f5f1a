<?php
/**
 * Whether the database did what it was asked for. WordPress' user functions do not tell.
 *
 * wpdb forgets an error at the next query, but keeps a list of all of them in a global. Other plugins' failing queries are
 * in it too and are not our business: those about users are.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * A place in the list, to be given to require_database().
 */
function database_mark(): int {
	return count( (array) ( $GLOBALS['EZSQL_ERROR'] ?? [] ) );
}

/**
 * @throws Failure If a query about users failed since the mark.
 */
function require_database( int $mark ): void {
	global $wpdb;
	foreach ( array_slice( (array) ( $GLOBALS['EZSQL_ERROR'] ?? [] ), $mark ) as $error ) {
		$query = (string) ( $error['query'] ?? '' );
		if ( str_contains( $query, $wpdb->users ) || str_contains( $query, $wpdb->usermeta ) ) {
			throw new Failure( 503, 'site_unavailable', 'The database of the site failed. Nothing or only a part was stored; the same webhook may be sent again.' );
		}
	}
}

/**
 * Whether a column can hold this text as it is. Characters beyond the basic plane (emoji) do not fit into old tables, and
 * WordPress then drops the whole row.
 */
function column_holds( string $table, string $column, string $text ): bool {
	global $wpdb;
	if ( 1 !== preg_match( '/[\xF0-\xF4]/', $text ) ) {
		return true;
	}
	return $wpdb->strip_invalid_text_for_column( $table, $column, $text ) === $text;
}
