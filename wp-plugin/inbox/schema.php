<?php
/**
 * Our tables, made on demand and brought up to date by whoever nobody waits for.
 *
 * By a version in an autoloaded option (site/tables-version.php), which costs a webhook no query: no activation hook runs
 * when the plugin is updated, when a network gets another site, or when constants alone configure it. Two questions: whether
 * there are tables at all, which a webhook asks, and makes them where not; and whether they are the newest, which only those
 * ask who drain or look. Never called inside a transaction, which any DDL would end.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\Schedule;
use AgileBridge\Plugin\Site\TablesVersion;
use AgileBridge\Plugin\User\LinkRepair;

defined( 'ABSPATH' ) || exit;

final class Schema {

	/**
	 * For who stores: older tables will do.
	 *
	 * @throws Failure If the tables cannot be made.
	 */
	public static function ensure(): void {
		if ( ! self::is_there() ) {
			self::install();
		}
	}

	/**
	 * For who drains or looks: makes the newest of them, as far as nobody else is about to.
	 *
	 * @throws Failure If there are none, and they cannot be made.
	 */
	public static function bring_up_to_date(): void {
		self::ensure();
		if ( ! TablesVersion::are_newest() ) {
			Upgrade::run();
		}
	}

	/**
	 * Makes the tables that are missing, and leaves those that are there: somebody waits. Idempotent, and safe to run twice at once.
	 *
	 * @throws Failure
	 */
	public static function install(): void {
		foreach ( TableDefinitions::all() as $definition ) {
			// phpcs:ignore WordPress.DB -- tables of ours.
			Database::quietly( static fn() => $GLOBALS['wpdb']->query( str_replace( 'CREATE TABLE', 'CREATE TABLE IF NOT EXISTS', $definition ) ) );
		}
		// Throws where a table is missing.
		Lease::insert_all();
		foreach ( array_keys( TableDefinitions::all() ) as $table ) {
			Database::rows( "SELECT 1 FROM $table LIMIT 1" );
		}
		Schedule::ensure();
		if ( Upgrade::is_needed() ) {
			TablesVersion::note( TablesVersion::FIRST );
			return;
		}
		TablesVersion::note( TablesVersion::NEWEST );
		LinkRepair::begin();
	}

	/**
	 * Whether the tables were made, as far as an autoloaded option can tell.
	 */
	public static function is_there(): bool {
		return TablesVersion::are_there();
	}

	/**
	 * Whether this site has ever had them: where not, no webhook has come, and cron has nothing to do.
	 */
	public static function was_ever_there(): bool {
		return false !== get_option( TablesVersion::OPTION );
	}

	/**
	 * A site that leaves a network takes its tables with it.
	 *
	 * @param mixed $tables
	 * @return list<string>
	 */
	public static function add_to_dropped_tables( $tables ): array {
		return [ ...(array) $tables, Tables::events(), Lease::table() ];
	}
}
