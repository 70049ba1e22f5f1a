<?php
/**
 * Writes the manifest of an unpacked archive, and signs it: php packaging/sign.php FOLDER VERSION ARCHITECTURE LIBC
 *
 * The ed25519 secret key comes from the environment, AGILE_BRIDGE_SIGNING_KEY, in base64; its public half goes into the installer.
 * Without a key the installer keeps its placeholder, and says that this is no released archive.
 */

declare(strict_types=1);

[ , $folder, $version, $architecture, $libc ] = $argv;

$files = [];
$found = new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $folder, FilesystemIterator::SKIP_DOTS ) );
foreach ( $found as $file ) {
	$path = substr( $file->getPathname(), strlen( $folder ) + 1 );
	if ( ! in_array( $path, [ 'install.php', 'manifest.json', 'manifest.json.sig' ], true ) ) {
		$files[ $path ] = hash_file( 'sha256', $file->getPathname() );
	}
}
ksort( $files, SORT_STRING );
$manifest = json_encode( compact( 'version', 'architecture', 'libc', 'files' ), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR ) . "\n";
file_put_contents( "$folder/manifest.json", $manifest );

$secret = base64_decode( (string) getenv( 'AGILE_BRIDGE_SIGNING_KEY' ), true );
if ( '' === $secret || false === $secret ) {
	exit( 0 );
}
if ( SODIUM_CRYPTO_SIGN_SECRETKEYBYTES !== strlen( $secret ) ) {
	fwrite( STDERR, "AGILE_BRIDGE_SIGNING_KEY is no ed25519 secret key in base64\n" );
	exit( 1 );
}
file_put_contents( "$folder/manifest.json.sig", sodium_crypto_sign_detached( $manifest, $secret ) );
$public    = base64_encode( sodium_crypto_sign_publickey_from_secretkey( $secret ) );
$installer = str_replace( '@PUBLIC_KEY@', $public, (string) file_get_contents( "$folder/install.php" ), $count );
if ( 1 > $count ) {
	fwrite( STDERR, "the installer has no place for the public key\n" );
	exit( 1 );
}
file_put_contents( "$folder/install.php", $installer );
