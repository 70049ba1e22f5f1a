<?php
/**
 * The archive, where this came through a pipe: curl ADDRESS/install.php | sudo php. It is fetched, and unpacked only if its signature
 * is right: an archive may hold more than files.
 *
 * A pipe that breaks off does no harm: PHP reads all of it first, and what starts the work is the last line.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

/** From a pipe there is no path. */
function is_piped(): bool {
	return '/' !== __FILE__[0];
}

/** The folder into which the archive for this PHP was unpacked; it goes when this ends. */
function fetched_archive( bool $unsigned ): string {
	if ( '' === DOWNLOAD_ADDRESS || '@' === DOWNLOAD_ADDRESS[0] ) {
		throw new Failure( 'This installer came through a pipe, and knows no address from which to fetch its archive. Nothing was installed. Unpack ' . archive_name() . ' and run the install.php in it.' );
	}
	$xz  = tool( 'xz' );
	$tar = tool( 'tar' );
	if ( null === $tar || ( null === $xz && false === strpos( run( [ $tar, '--version' ] )[1], 'busybox' ) ) ) {
		throw new Failure( 'The archive is a .tar.xz, and ' . ( null === $tar ? 'tar' : 'xz' ) . ' is missing here. Nothing was installed. Install it (Debian, Ubuntu: apt-get install tar xz-utils; RHEL: dnf install tar xz), and run this again.' );
	}
	$folder = rtrim( sys_get_temp_dir(), '/' ) . '/agile-bridge-' . bin2hex( random_bytes( 8 ) );
	// (Root's alone: others may not put anything there.)
	if ( ! @mkdir( $folder, 0700 ) || ! mkdir( "$folder/archive" ) ) {
		throw new Failure( "The folder $folder cannot be made: " . last_error() . '. Nothing was installed.' );
	}
	register_shutdown_function( __NAMESPACE__ . '\remove_download', $folder );

	$name = archive_name();
	download( $name, "$folder/$name" );
	if ( ! $unsigned ) {
		download( "$name.sig", "$folder/$name.sig" );
	}
	check_signature( $name, (string) file_get_contents( "$folder/$name" ), $unsigned ? '' : (string) file_get_contents( "$folder/$name.sig" ), $unsigned );
	[ $code, $text ] = run( [ $tar, '-xJf', "$folder/$name", '-C', "$folder/archive", '-o', '--strip-components=1' ], null, 120 );
	if ( 0 !== $code ) {
		throw new Failure( "The archive $name cannot be unpacked. tar says: " . trim( printable( $text ) ) . "\nNothing was installed. Is there room in " . sys_get_temp_dir() . '?' );
	}
	return "$folder/archive";
}

function download( string $name, string $to ): void {
	$address = DOWNLOAD_ADDRESS . "/$name";
	$curl    = tool( 'curl' );
	$wget    = tool( 'wget' );
	if ( null === $curl && null === $wget ) {
		throw new Failure( "Neither curl nor wget is here to fetch $address with. Nothing was installed. Install one of them, or fetch the archive by other means, unpack it and run the install.php in it." );
	}
	$command = null !== $curl
		? [ $curl, '--fail', '--silent', '--show-error', '--location', '--max-time', '280', '--output', $to, $address ]
		: [ $wget, '-q', '-O', $to, $address ];
	[ $code, $text ] = run( $command, null, 300 );
	if ( 0 !== $code ) {
		throw new Failure( "$address could not be fetched: " . ( trim( printable( $text ) ) ?: "exit code $code" ) . '. Nothing was installed. Is the server allowed to connect there? Else fetch the archive by other means, unpack it and run the install.php in it.' );
	}
}

function remove_download( string $folder ): void {
	$found = new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( $folder, \FilesystemIterator::SKIP_DOTS ), \RecursiveIteratorIterator::CHILD_FIRST );
	foreach ( $found as $path => $file ) {
		$file->isDir() && ! $file->isLink() ? @rmdir( $path ) : @unlink( $path );
	}
	@rmdir( $folder );
}
