<?php
/**
 * Runs the PHP code on standard input inside a WordPress and prints what it returns, as JSON.
 *
 * Usage: php run.php FOLDER HOST <CODE
 */

declare(strict_types=1);

[ , $folder, $host ] = $argv;

// What a request would have brought; a network finds its site by it.
$_SERVER['HTTP_HOST']      = $host;
$_SERVER['SERVER_NAME']    = $host;
$_SERVER['REQUEST_URI']    = '/';
$_SERVER['REQUEST_METHOD'] = 'GET';

// Nothing but the result may reach standard output, whatever plugins print.
ob_start( static fn(): string => '' );
require $folder . '/wp-load.php';

$result = ( static function ( string $code ) {
	global $wpdb;
	// phpcs:ignore Generic.PHP.ForbiddenFunctions -- what the test wants done is its argument.
	return eval( $code );
} )( stream_get_contents( STDIN ) );

fwrite( STDOUT, json_encode( $result, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) );
