<?php
/**
 * Which of our tables a site has, as an autoloaded option tells: who asks pays no query, and no statement fails for want of a
 * table (on SQLite any failing one ends the transaction of whoever had begun it).
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class TablesVersion {

	public const OPTION = 'agile_bridge_schema';

	/** Raised when inbox/schema.php makes others. */
	public const NEWEST = 2;

	/**
	 * Whether they are as this code wants them, or newer: on another server the plugin may be newer, and its tables fit the older code.
	 */
	public static function are_there(): bool {
		return (int) get_option( self::OPTION ) >= self::NEWEST;
	}

	/**
	 * Whether there is a table of links: from version 2 on.
	 */
	public static function has_links(): bool {
		return (int) get_option( self::OPTION ) >= 2;
	}

	/**
	 * The first webhook came before there was any, without the extension: the others are made when it is read. Cron comes by then.
	 */
	public static function note_that_some_are_there(): void {
		add_option( self::OPTION, 0, '', true );
	}

	/**
	 * One of them is gone.
	 */
	public static function forget(): bool {
		update_option( self::OPTION, 0, true );
		return true;
	}
}
