<?php
/**
 * Our tables, made and upgraded on demand.
 *
 * By a version number in an autoloaded option, compared by every webhook (which costs it no query): no activation hook runs
 * when the plugin is updated, when a network gets another site, or when constants alone configure it. Never called inside
 * a transaction, which any DDL would end.
 *
 *   {prefix}agile_bridge_events         of each site: the inbox (inbox.php)
 *   {prefix}agile_bridge_intake         of each site: what came while the extension was missing (kept-requests.php)
 *   {prefix}agile_bridge_leases         of each site: who may do what until when (site/lease.php)
 *   {prefix of the users' table}agile_bridge_identities  of all who share the users: locks (identities.php)
 *   {prefix of the users' table}agile_bridge_links       of all who share the users: where links are (user/link-index.php)
 *
 * Columns that are compared for equality hold ASCII: hashes, ids, states. Texts are JSON with everything else escaped, so
 * that old tables with three-byte UTF-8 hold them and wpdb need not ask for charsets.
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
use AgileBridge\Plugin\User\LinkIndex;
use AgileBridge\Plugin\User\LinkRepair;

defined( 'ABSPATH' ) || exit;

final class Schema {

	/**
	 * @throws Failure If the tables cannot be made.
	 */
	public static function ensure(): void {
		if ( ! self::is_there() ) {
			self::install();
		}
	}

	/**
	 * Idempotent, and safe to run twice at once.
	 *
	 * @throws Failure
	 */
	public static function install(): void {
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		// ASCII in every key column; a site may have old collations whose rows would not fit an index.
		$ascii = Database::is_sqlite() ? '' : 'CHARACTER SET ascii COLLATE ascii_bin';
		$table = Database::is_sqlite() ? '' : 'ENGINE=InnoDB ' . $GLOBALS['wpdb']->get_charset_collate();
		Database::quietly( static fn() => dbDelta( [ self::events( $ascii, $table ), self::leases( $ascii, $table ), self::identities( $ascii, $table ), self::links( $ascii, $table ) ] ) );
		KeptRequests::make_table();
		// Throws where a table is missing, whatever dbDelta thought of it.
		Lease::insert_all();
		Database::rows( 'SELECT id FROM ' . Tables::events() . ' LIMIT 1' );
		Database::rows( 'SELECT identity FROM ' . Tables::identities() . ' LIMIT 1' );
		Database::rows( 'SELECT site FROM ' . LinkIndex::table() . ' LIMIT 1' );
		Schedule::ensure();
		update_option( TablesVersion::OPTION, TablesVersion::NEWEST, true );
		LinkRepair::fill();
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
		return [ ...(array) $tables, Tables::events(), KeptRequests::table(), Lease::table() ];
	}

	/**
	 * Times are milliseconds since 1970. `open_key` names the contact while its event is not finished: there is at most one, and
	 * webhooks that arrive meanwhile are merged into it. `subject_key` names it for ever.
	 */
	private static function events( string $ascii, string $table ): string {
		$events = Tables::events();
		return "CREATE TABLE $events (
			id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			open_key char(64) $ascii DEFAULT NULL,
			subject_key char(64) $ascii NOT NULL DEFAULT '',
			state varchar(10) $ascii NOT NULL DEFAULT 'waiting',
			action varchar(20) $ascii NOT NULL DEFAULT '',
			contact_id varchar(19) $ascii NOT NULL DEFAULT '',
			email varchar(254) $ascii NOT NULL DEFAULT '',
			role varchar(255) NOT NULL DEFAULT '',
			send_notification tinyint(1) DEFAULT NULL,
			origin varchar(10) $ascii NOT NULL DEFAULT 'webhook',
			webhooks int(10) unsigned NOT NULL DEFAULT 1,
			taken int(10) unsigned NOT NULL DEFAULT 0,
			owner varchar(32) $ascii NOT NULL DEFAULT '',
			inline_worker tinyint(1) NOT NULL DEFAULT 0,
			lease_until bigint(20) NOT NULL DEFAULT 0,
			due_at bigint(20) NOT NULL DEFAULT 0,
			attempts int(10) unsigned NOT NULL DEFAULT 0,
			crashes int(10) unsigned NOT NULL DEFAULT 0,
			created_at bigint(20) NOT NULL DEFAULT 0,
			updated_at bigint(20) NOT NULL DEFAULT 0,
			status varchar(20) $ascii NOT NULL DEFAULT '',
			code varchar(40) $ascii NOT NULL DEFAULT '',
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			message text NOT NULL,
			owed longtext DEFAULT NULL,
			PRIMARY KEY  (id),
			UNIQUE KEY open_key (open_key),
			KEY state_due (state,due_at),
			KEY state_lease (state,lease_until),
			KEY state_updated (state,updated_at),
			KEY owner (owner),
			KEY contact_id (contact_id),
			KEY crashes (crashes)
		) $table;";
	}

	private static function leases( string $ascii, string $table ): string {
		$leases = Lease::table();
		return "CREATE TABLE $leases (
			name varchar(32) $ascii NOT NULL,
			owner varchar(32) $ascii NOT NULL DEFAULT '',
			until_at bigint(20) NOT NULL DEFAULT 0,
			failures int(10) unsigned NOT NULL DEFAULT 0,
			details text NOT NULL,
			PRIMARY KEY  (name)
		) $table;";
	}

	private static function identities( string $ascii, string $table ): string {
		$identities = Tables::identities();
		return "CREATE TABLE $identities (
			identity char(64) $ascii NOT NULL,
			version bigint(20) unsigned NOT NULL DEFAULT 0,
			locked_on int(10) unsigned NOT NULL DEFAULT 0,
			PRIMARY KEY  (identity),
			KEY locked_on (locked_on)
		) $table;";
	}

	/**
	 * `site` is what stands before the key of its links: user/link-index.php.
	 */
	private static function links( string $ascii, string $table ): string {
		$links = LinkIndex::table();
		return "CREATE TABLE $links (
			site varchar(64) $ascii NOT NULL DEFAULT '',
			contact_id varchar(19) $ascii NOT NULL,
			user_id bigint(20) unsigned NOT NULL,
			noted_at bigint(20) NOT NULL DEFAULT 0,
			PRIMARY KEY  (site,contact_id,user_id),
			KEY site_user (site,user_id),
			KEY user_id (user_id)
		) $table;";
	}
}
