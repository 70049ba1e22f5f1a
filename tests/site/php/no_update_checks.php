<?php
/**
 * Plugin Name: No update checks
 *
 * There is no world outside; WordPress would log a warning each time it finds that out.
 */

declare(strict_types=1);

foreach ( [ 'admin_init', 'load-plugins.php', 'load-themes.php', 'load-update.php', 'load-update-core.php' ] as $hook ) {
	foreach ( [ '_maybe_update_core', '_maybe_update_plugins', '_maybe_update_themes', 'wp_update_plugins', 'wp_update_themes' ] as $check ) {
		remove_action( $hook, $check );
	}
}
