<?php
/**
 * Which of our tables a site has, as an autoloaded option tells: who asks pays no query, and no statement fails for want of a
 * table or a column (on SQLite any failing one ends the transaction of whoever had begun it).
 *
 * The number before the dot says whose code can use them, the one after it how much has been added since, with defaults that older
 * code need not know of. So of several servers, of which some have an older plugin for a while, each finds tables that fit: the
 * older one reads no more than the number before the dot, and whoever finds a higher one than its own leaves it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class TablesVersion {

	public const OPTION = 'agile_bridge_schema';

	/** With these a webhook can be stored, and processed. */
	public const FIRST = '1';

	/** Raised when inbox/schema.php makes others: by what comes after the dot, as long as older code can go on with them. */
	public const NEWEST = '1.2';

	/**
	 * Whether there are any, be they older or newer than this code.
	 */
	public static function are_there(): bool {
		return self::reaches( self::FIRST );
	}

	/**
	 * Whether they are as this code wants them, or newer: on another server the plugin may be newer.
	 */
	public static function are_newest(): bool {
		return self::reaches( self::NEWEST );
	}

	/**
	 * Whether there is a table of links.
	 */
	public static function has_links(): bool {
		return self::reaches( '1.2' );
	}

	/**
	 * Whether a lock has the day on which it was taken.
	 */
	public static function has_days_of_locks(): bool {
		return self::reaches( '1.2' );
	}

	/**
	 * Whether an event has columns for what an admin reads of it.
	 */
	public static function has_records(): bool {
		return self::reaches( '1.2' );
	}

	public static function note( string $version ): void {
		update_option( self::OPTION, $version, true );
	}

	/**
	 * Something that was added is gone. Webhooks are stored as before, and the next worker that drains makes it anew.
	 */
	public static function forget_additions(): bool {
		self::note( self::FIRST );
		return true;
	}

	private static function reaches( string $version ): bool {
		return version_compare( (string) get_option( self::OPTION ), $version, '>=' );
	}
}
