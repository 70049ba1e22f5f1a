<?php
/**
 * Our tables, as SQL makes them.
 *
 *   {prefix}agile_bridge_events         of each site: the inbox (inbox.php)
 *   {prefix}agile_bridge_intake         of each site: what came while the extension was missing (kept-requests.php)
 *   {prefix}agile_bridge_leases         of each site: who may do what until when (site/lease.php), when a key was used (site/key-use.php), refused-calls.php
 *   {prefix of the users' table}agile_bridge_identities  of all who share the users: locks (identities.php)
 *   {prefix of the users' table}agile_bridge_links       of all who share the users: where links are (user/link-index.php)
 *
 * Columns that are compared for equality hold ASCII: hashes, ids, states. Texts are JSON with everything else escaped, so
 * that old tables with three-byte UTF-8 hold them and wpdb need not ask for charsets.
 *
 * A column that is added has a default, for older code that goes on writing. One line for each column and key, as dbDelta() and
 * upgrade.php read them.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\User\LinkIndex;

defined( 'ABSPATH' ) || exit;

final class TableDefinitions {

	/**
	 * @return array<string, string> By the tables' names.
	 */
	public static function all(): array {
		// ASCII in every key column; a site may have old collations whose rows would not fit an index.
		$ascii = Database::is_sqlite() ? '' : 'CHARACTER SET ascii COLLATE ascii_bin';
		$table = Database::is_sqlite() ? '' : 'ENGINE=InnoDB ' . $GLOBALS['wpdb']->get_charset_collate();
		return [
			Tables::events()     => self::events( $ascii, $table ),
			KeptRequests::table() => KeptRequests::definition(),
			Lease::table()       => self::leases( $ascii, $table ),
			Tables::identities() => self::identities( $ascii, $table ),
			LinkIndex::table()   => self::links( $ascii, $table ),
		];
	}

	/**
	 * The lines of a definition by what they define.
	 *
	 * @return array{columns: array<string, string>, keys: array<string, string>} By their names, without those of the primary key.
	 */
	public static function lines( string $definition ): array {
		$lines = [
			'columns' => [],
			'keys'    => [],
		];
		foreach ( explode( "\n", $definition ) as $line ) {
			$line = trim( $line, ", \t" );
			if ( 1 === preg_match( '/^(?:UNIQUE )?KEY (\w+) /', $line, $found ) ) {
				$lines['keys'][ $found[1] ] = $line;
			} elseif ( 1 === preg_match( '/^([a-z_]+) /', $line, $found ) ) {
				$lines['columns'][ $found[1] ] = $line;
			}
		}
		return $lines;
	}

	/**
	 * Times are milliseconds since 1970. `open_key` names the contact while its event is not finished: there is at most one, and
	 * webhooks that arrive meanwhile are merged into it. `subject_key` names it for ever. From `notes` on, for who reads of it: record.php.
	 *
	 * The keys from `subject_key` on are for who searches: a replay, the list that an admin sees (activity.php, which does without one
	 * for each filter). They take less than 0.1 ms of the database for an event, measured with 200,000 events.
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
			notes text DEFAULT NULL,
			changed text DEFAULT NULL,
			duration_ms int(10) unsigned DEFAULT NULL,
			steps varchar(600) $ascii DEFAULT NULL,
			PRIMARY KEY  (id),
			UNIQUE KEY open_key (open_key),
			KEY state_due (state,due_at),
			KEY state_lease (state,lease_until),
			KEY state_updated (state,updated_at),
			KEY owner (owner),
			KEY contact_id (contact_id),
			KEY crashes (crashes),
			KEY subject_key (subject_key),
			KEY email (email),
			KEY user_id (user_id),
			KEY outcome (status,code)
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
