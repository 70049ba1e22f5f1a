<?php
/**
 * Puts the installer together from its parts, as it ships: php packaging/install/join.php VERSION > install.php
 *
 * Where archives are fetched from says the plugin, in Installation::DOWNLOAD_ADDRESS; a test says it in the environment,
 * AGILE_BRIDGE_DOWNLOAD_ADDRESS.
 */

declare(strict_types=1);

$plugin = (string) file_get_contents( __DIR__ . '/../../wp-plugin/site/installation.php' );
if ( 1 !== preg_match( "/DOWNLOAD_ADDRESS = '([^']*)';/", $plugin, $address ) ) {
	fwrite( STDERR, "there is no DOWNLOAD_ADDRESS in wp-plugin/site/installation.php\n" );
	exit( 1 );
}
$installer = preg_replace_callback(
	'#^require __DIR__ \. \'/install/([a-z]+\.php)\';$#m',
	static function ( array $found ): string {
		$part = preg_replace( '/^declare.*\n\n|^namespace.*\n\n|^<\?php\n/m', '', (string) file_get_contents( __DIR__ . '/' . $found[1] ) );
		return "\n" . trim( $part );
	},
	(string) file_get_contents( __DIR__ . '/../install.php' )
);
echo str_replace( [ '@DOWNLOAD_ADDRESS@', '@VERSION@' ], [ getenv( 'AGILE_BRIDGE_DOWNLOAD_ADDRESS' ) ?: $address[1], $argv[1] ], $installer );
