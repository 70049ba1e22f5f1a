<?php
/**
 * Deleting the plugin removes its options and tables, on every site of a network. With the inbox go webhooks that still wait.
 *
 * User meta stays unless an admin has chosen otherwise on the site: `agilecrm_contact_id` and `agilecrm_tags` are WP Fusion's keys too,
 * and other code grants access by those tags. Removing them would lock members out, and a plugin installed again would no longer
 * know whose contact is whose, nor which role a tag gave.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

// Our classes, and none of our hooks.
defined( 'AGILE_BRIDGE_CLASSES_ONLY' ) || define( 'AGILE_BRIDGE_CLASSES_ONLY', true );
require_once __DIR__ . '/bridge-for-agile-crm.php';

function uninstall_from_this_site(): void {
	if ( Site\Settings::stored()->removes_user_data ) {
		$screen = Admin\Activity\Address::SCREEN_ID;
		User\Traces::remove( [ Admin\Activity\Address::PER_PAGE, "manage{$screen}columnshidden" ] );
	}
	foreach ( [ Site\Settings::OPTION, User\FieldMap::OPTION, Site\Stats::OPTION, User\Deleted::OPTION, Admin\Users\SyncRecord::OPTION, Site\TablesVersion::OPTION, Site\Home::OPTION ] as $option ) {
		delete_option( $option );
	}
	delete_transient( User\Unlinked::TRANSIENT );
	delete_transient( Crm\KnownFields::RECORD );
	delete_transient( Admin\Settings\SampleContact::RECORD );
	Site\Schedule::clear();
	drop_tables( [ Inbox\Tables::events(), Inbox\KeptRequests::table(), Site\Lease::table() ] );
}

/**
 * @param list<string> $tables
 */
function drop_tables( array $tables ): void {
	foreach ( $tables as $table ) {
		$GLOBALS['wpdb']->query( "DROP TABLE IF EXISTS $table" ); // phpcs:ignore WordPress.DB -- tables of ours.
	}
}

if ( is_multisite() ) {
	$sites = get_sites(
		[
			'fields'                 => 'ids',
			'number'                 => 0,
			'update_site_meta_cache' => false,
		]
	);
	foreach ( $sites as $site ) {
		switch_to_blog( (int) $site );
		uninstall_from_this_site();
		restore_current_blog();
	}
} else {
	uninstall_from_this_site();
}
if ( ! Site\UserTables::are_borrowed() ) {
	drop_tables( [ Inbox\Tables::identities(), User\LinkIndex::table() ] );
}
