<?php
/**
 * Deleting the plugin removes its options, on every site of a network.
 *
 * User meta stays: `agilecrm_contact_id` and `agilecrm_tags` are WP Fusion's keys too, and other code grants access by those
 * tags. Removing them would lock members out, and a plugin installed again would no longer know whose contact is whose.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

function uninstall_from_this_site(): void {
	foreach ( [ 'agile_bridge_settings', 'agile_bridge_field_map', 'agile_bridge_stats' ] as $option ) {
		delete_option( $option );
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
