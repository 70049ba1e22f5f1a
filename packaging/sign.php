<?php
/**
 * Signs with the ed25519 secret key that the environment has in AGILE_BRIDGE_SIGNING_KEY, in base64:
 *
 *   php packaging/sign.php manifest FOLDER VERSION ARCHITECTURE LIBC    lists an unpacked archive in its manifest, and signs that; the
 *                                                                       key's public half goes into the installer
 *   php packaging/sign.php file PATH                                    PATH.sig
 *
 * Without a key the installer keeps its placeholder, and says that this is no released archive; there is no PATH.sig.
 */

declare(strict_types=1);

$secret = base64_decode( (string) getenv( 'AGILE_BRIDGE_SIGNING_KEY' ), true );
if ( '' === $secret || false === $secret ) {
	$secret = null;
} elseif ( SODIUM_CRYPTO_SIGN_SECRETKEYBYTES !== strlen( $secret ) ) {
	fwrite( STDERR, "AGILE_BRIDGE_SIGNING_KEY is no ed25519 secret key in base64\n" );
	exit( 1 );
}

function sign( string $path, ?string $secret ): void {
	@unlink( "$path.sig" );
	if ( null !== $secret ) {
		file_put_contents( "$path.sig", sodium_crypto_sign_detached( (string) file_get_contents( $path ), $secret ) );
	}
}

if ( 'file' === $argv[1] ) {
	sign( $argv[2], $secret );
	exit( 0 );
}
[ , , $folder, $version, $architecture, $libc ] = $argv;

if ( null !== $secret ) {
	$public    = base64_encode( sodium_crypto_sign_publickey_from_secretkey( $secret ) );
	$installer = str_replace( '@PUBLIC_KEY@', $public, (string) file_get_contents( "$folder/install.php" ), $count );
	if ( 1 > $count ) {
		fwrite( STDERR, "the installer has no place for the public key\n" );
		exit( 1 );
	}
	file_put_contents( "$folder/install.php", $installer );
}
$files = [];
$found = new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $folder, FilesystemIterator::SKIP_DOTS ) );
foreach ( $found as $file ) {
	$path = substr( $file->getPathname(), strlen( $folder ) + 1 );
	if ( ! in_array( $path, [ 'manifest.json', 'manifest.json.sig' ], true ) ) {
		$files[ $path ] = hash_file( 'sha256', $file->getPathname() );
	}
}
ksort( $files, SORT_STRING );
$manifest = json_encode( compact( 'version', 'architecture', 'libc', 'files' ), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR ) . "\n";
file_put_contents( "$folder/manifest.json", $manifest );
sign( "$folder/manifest.json", $secret );
