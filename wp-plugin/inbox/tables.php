<?php
/**
 * The tables of the inbox, by their names, and how they hold a text. (That of leases is site/lease.php's.)
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\UserTables;

defined( 'ABSPATH' ) || exit;

final class Tables {

	/**
	 * Of each site: the events.
	 */
	public static function events(): string {
		return $GLOBALS['wpdb']->prefix . 'agile_bridge_events';
	}

	/**
	 * A text for the admin, as the column `message` of an event holds it.
	 */
	public static function message( string $text ): string {
		return '' === $text ? '' : Database::json( $text );
	}

	/**
	 * Of all who share the users, a network or several installations: locks.
	 */
	public static function identities(): string {
		return UserTables::beside( 'agile_bridge_identities' );
	}
}
