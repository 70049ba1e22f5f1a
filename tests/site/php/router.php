<?php
/**
 * What nginx' try_files and a network's rewrite rules do, for PHP's built-in server.
 */

declare(strict_types=1);

$root = $_SERVER['DOCUMENT_ROOT'];
$path = rawurldecode( (string) parse_url( 'http://site' . $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );

// A network's site in a sub-folder: its wp-admin, wp-content, wp-includes and scripts are those of the whole network.
if ( ! file_exists( $root . $path ) && preg_match( '#^/[_0-9a-zA-Z-]+(/(?:wp-(?:content|admin|includes).*|[^/]*\.php))$#', $path, $match ) ) {
	$path = $match[1];
}
if ( is_dir( $root . $path ) && file_exists( rtrim( $root . $path, '/' ) . '/index.php' ) ) {
	$path = rtrim( $path, '/' ) . '/index.php';
}
if ( ! is_file( $root . $path ) ) {
	$path = '/index.php';
}
if ( ! str_ends_with( $path, '.php' ) ) {
	return false;
}

$_SERVER['SCRIPT_NAME']     = $path;
$_SERVER['PHP_SELF']        = $path;
$_SERVER['SCRIPT_FILENAME'] = $root . $path;
unset( $_SERVER['PATH_INFO'] );
chdir( dirname( $root . $path ) );
require $root . $path;
