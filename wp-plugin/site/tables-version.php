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

	private static bool $is_doubted = false;

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
		return self::reaches( '1.1' );
	}

	/**
	 * Whether a lock has the day on which it was taken.
	 */
	public static function has_days_of_locks(): bool {
		return self::reaches( '1.1' );
	}

	/**
	 * Whether an event has columns for what an admin reads of it.
	 */
	public static function has_records(): bool {
		return self::reaches( '1.2' );
	}

	/**
	 * The first webhook came before there was any, without the extension: the others are made when it is read. Cron comes by then.
	 */
	public static function note_that_some_are_there(): void {
		add_option( self::OPTION, 0, '', true );
	}

	/**
	 * What this process knows of the option may be as old as it is: on another server somebody may have raised it.
	 */
	public static function refresh(): void {
		global $wpdb;
		// phpcs:ignore WordPress.DB -- past the cache, on purpose.
		$stored = $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM $wpdb->options WHERE option_name = %s", self::OPTION ) );
		if ( (string) $stored !== (string) get_option( self::OPTION ) ) {
			array_map( static fn( string $key ): bool => wp_cache_delete( $key, 'options' ), [ 'alloptions', 'notoptions', self::OPTION ] );
		}
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

	/**
	 * A statement failed for want of a column, as where a table comes from an older backup than the option. In a transaction, perhaps,
	 * whose end would undo a change of the option: so that is done later.
	 */
	public static function doubt(): void {
		self::$is_doubted = true;
	}

	/**
	 * Outside of any transaction.
	 */
	public static function settle_doubt(): void {
		if ( self::$is_doubted ) {
			self::$is_doubted = false;
			self::forget_additions();
		}
	}

	private static function reaches( string $version ): bool {
		$stored = (string) get_option( self::OPTION );
		// (`2` is what code before the first release called the first of these additions.)
		return version_compare( '2' === $stored ? '1.1' : $stored, $version, '>=' );
	}
}
