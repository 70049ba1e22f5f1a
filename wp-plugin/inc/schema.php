<?php
/**
 * Our tables, made and upgraded on demand.
 *
 * By a version number in an autoloaded option, compared by every webhook (which costs it no query): no activation hook runs
 * when the plugin is updated, when a network gets another site, or when constants alone configure it. Never called inside
 * a transaction, which any DDL would end.
 *
 *   {prefix}agile_bridge_events         of each site: the inbox (inbox.php)
 *   {prefix}agile_bridge_leases         of each site: who may do what until when (lease.php)
 *   {base_prefix}agile_bridge_identities  of the network: locks (identity.php)
 *
 * Columns that are compared for equality hold ASCII: hashes, ids, states. Texts are JSON with everything else escaped, so
 * that old tables with three-byte UTF-8 hold them and wpdb need not ask for charsets.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/database.php';

const SCHEMA_OPTION  = 'agile_bridge_schema';
const SCHEMA_VERSION = 1;

/** WP-Cron's event, every minute: the fallback where no webhook comes by and drains the inbox. */
const DRAIN_HOOK = 'agile_bridge_drain';

/** WP-Cron's event, every hour: asks the CRM for changes that no webhook told us (reconcile.php). */
const RECONCILE_HOOK = 'agile_bridge_reconcile';

function events_table(): string {
	return $GLOBALS['wpdb']->prefix . 'agile_bridge_events';
}

function leases_table(): string {
	return $GLOBALS['wpdb']->prefix . 'agile_bridge_leases';
}

function identities_table(): string {
	return $GLOBALS['wpdb']->base_prefix . 'agile_bridge_identities';
}

/**
 * @throws Failure If the tables cannot be made.
 */
function require_schema(): void {
	if ( SCHEMA_VERSION !== (int) get_option( SCHEMA_OPTION ) ) {
		install_schema();
	}
}

/**
 * Idempotent, and safe to run twice at once.
 *
 * @throws Failure
 */
function install_schema(): void {
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	[ $events, $leases, $identities ] = [ events_table(), leases_table(), identities_table() ];
	// ASCII in every key column; a site may have old collations whose rows would not fit an index.
	$ascii = is_sqlite() ? '' : 'CHARACTER SET ascii COLLATE ascii_bin';
	$table = is_sqlite() ? '' : 'ENGINE=InnoDB ' . $GLOBALS['wpdb']->get_charset_collate();
	quietly(
		static fn() => dbDelta(
			[
				// Times are milliseconds since 1970. `open_key` names the contact while its event is not finished: there is
				// at most one, and webhooks that arrive meanwhile are merged into it. `subject_key` names it for ever.
				"CREATE TABLE $events (
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
				) $table;",
				"CREATE TABLE $leases (
					name varchar(32) $ascii NOT NULL,
					owner varchar(32) $ascii NOT NULL DEFAULT '',
					until_at bigint(20) NOT NULL DEFAULT 0,
					failures int(10) unsigned NOT NULL DEFAULT 0,
					details text NOT NULL,
					PRIMARY KEY  (name)
				) $table;",
				"CREATE TABLE $identities (
					identity char(64) $ascii NOT NULL,
					version bigint(20) unsigned NOT NULL DEFAULT 0,
					PRIMARY KEY  (identity)
				) $table;",
			]
		)
	);
	// Throws where a table is missing, whatever dbDelta thought of it.
	insert_leases();
	rows( "SELECT id FROM $events LIMIT 1" );
	rows( "SELECT identity FROM $identities LIMIT 1" );
	schedule_drain();
	update_option( SCHEMA_OPTION, SCHEMA_VERSION, true );
}

/**
 * @throws Failure
 */
function insert_leases(): void {
	execute( 'INSERT IGNORE INTO ' . leases_table() . " (name, details) VALUES ('drain', ''), ('crm', ''), ('reconcile', ''), ('cleanup', '')" );
}

/**
 * Once, and recurring: a single event for each need would write the option that holds all of WP-Cron at every burst.
 */
function schedule_drain(): void {
	if ( ! wp_next_scheduled( DRAIN_HOOK ) ) {
		wp_schedule_event( time() + 60, 'agile_bridge_minute', DRAIN_HOOK );
	}
	if ( ! wp_next_scheduled( RECONCILE_HOOK ) ) {
		wp_schedule_event( time() + 3600, 'hourly', RECONCILE_HOOK );
	}
}
