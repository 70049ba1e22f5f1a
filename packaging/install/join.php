<?php
/**
 * Puts the installer together from its parts, as it ships: php packaging/install/join.php > install.php
 */

declare(strict_types=1);

echo preg_replace_callback(
	'#^require __DIR__ \. \'/install/([a-z]+\.php)\';$#m',
	static function ( array $found ): string {
		$part = preg_replace( '/^declare.*\n\n|^namespace.*\n\n|^<\?php\n/m', '', (string) file_get_contents( __DIR__ . '/' . $found[1] ) );
		return "\n" . trim( $part );
	},
	(string) file_get_contents( __DIR__ . '/../install.php' )
);
