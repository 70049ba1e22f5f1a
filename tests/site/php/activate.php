<?php
/**
 * Activates plugins as their screen would and sets options. Run by run.php, with $given before it, as code of the test.
 */

require_once ABSPATH . 'wp-admin/includes/plugin.php';

foreach ( $given['options'] as $name => $value ) {
	update_option( $name, $value );
}
foreach ( $given['plugins'] as $plugin ) {
	$result = activate_plugin( $plugin, '', $given['network'] );
	if ( is_wp_error( $result ) ) {
		return $plugin . ': ' . $result->get_error_message();
	}
}
return null;
