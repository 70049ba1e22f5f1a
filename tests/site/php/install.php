<?php
/**
 * Installs WordPress into an empty database, as its installation screen would; with `network` as a network of sites
 * in sub-folders.
 *
 * Usage: php install.php FOLDER URL [network]
 */

declare(strict_types=1);

[ , $folder, $url ] = $argv;
$network            = 'network' === ( $argv[3] ?? '' );

define( 'WP_INSTALLING', true );
define( 'WP_SITEURL', $url );
$_SERVER['HTTP_HOST']   = parse_url( $url, PHP_URL_HOST );
$_SERVER['REQUEST_URI'] = '/';

require $folder . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

wp_install( 'A WordPress', 'admin', 'admin@example.org', true, '', 'password' );
// What wp_install() leaves out here, because it cannot call the site that does not run yet.
update_option( 'permalink_structure', '/%postname%/' );
flush_rewrite_rules( false );

if ( file_exists( WP_PLUGIN_DIR . '/sqlite-database-integration/load.php' ) ) {
	activate_plugin( 'sqlite-database-integration/load.php' );
}

if ( $network ) {
	define( 'WP_INSTALLING_NETWORK', true );
	foreach ( $wpdb->tables( 'ms_global' ) as $table => $prefixed ) {
		$wpdb->$table = $prefixed;
	}
	install_network();
	$result = populate_network( 1, $_SERVER['HTTP_HOST'], 'admin@example.org', 'A network', '/', false );
	if ( is_wp_error( $result ) ) {
		fwrite( STDERR, $result->get_error_message() );
		exit( 1 );
	}
}
