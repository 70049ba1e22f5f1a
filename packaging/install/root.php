<?php
/**
 * How programs are run and files are written by somebody who is root: carefully.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

const SYSTEM_FOLDERS = [ '/usr/sbin', '/usr/bin', '/sbin', '/bin' ];

/** What PHP goes by, and what its messages look like. */
const ENVIRONMENT = [ 'PHP_INI_SCAN_DIR', 'PHPRC', 'LD_LIBRARY_PATH', 'LANG', 'LC_ALL', 'TZ' ];

/** A program of the system; never from a folder that somebody put into the PATH. */
function tool( string $name ): ?string {
	foreach ( SYSTEM_FOLDERS as $folder ) {
		if ( is_executable( "$folder/$name" ) ) {
			return "$folder/$name";
		}
	}
	return null;
}

/** Whose process this is; also where PHP has no posix. */
function user_id(): int {
	return function_exists( 'posix_geteuid' ) ? posix_geteuid() : (int) run( [ (string) tool( 'id' ), '-u' ] )[1];
}

/**
 * Runs a program, and ends it if it takes too long or says too much.
 *
 * @param list<string>  $command     Path and arguments; no shell.
 * @param resource|null $input       What it reads.
 * @param array         $environment Beside what PHP itself and the system's programs need.
 * @return array{int, string} Exit code, -1 if it was ended; both its outputs.
 */
function run( array $command, $input = null, int $seconds = 20, array $environment = [] ): array {
	// (In this form, because PHP leaves out empty ones of the other, and an empty PHP_INI_SCAN_DIR means something.)
	$variables = [ 'PATH=' . implode( ':', SYSTEM_FOLDERS ) ];
	foreach ( $environment + array_intersect_key( getenv(), array_flip( ENVIRONMENT ) ) as $name => $value ) {
		$variables[] = "$name=$value";
	}
	$process = @proc_open( $command, [ $input ?? [ 'file', '/dev/null', 'r' ], [ 'pipe', 'w' ], [ 'redirect', 1 ] ], $pipes, '/', $variables );
	if ( ! is_resource( $process ) ) {
		return [ 127, last_error() ];
	}
	$output = '';
	$end    = microtime( true ) + $seconds;
	stream_set_blocking( $pipes[1], false );
	do {
		$readable = [ $pipes[1] ];
		$none     = null;
		if ( stream_select( $readable, $none, $none, 0, 200000 ) ) {
			$output .= (string) fread( $pipes[1], 65536 );
		}
		$in_time = microtime( true ) < $end && strlen( $output ) < 4 * 1024 * 1024;
	} while ( $in_time && ! feof( $pipes[1] ) );
	$status = proc_get_status( $process );
	while ( $status['running'] && $in_time && microtime( true ) < $end ) {
		usleep( 5000 );
		$status = proc_get_status( $process );
	}
	if ( $status['running'] ) {
		proc_terminate( $process, 9 );
	}
	fclose( $pipes[1] );
	proc_close( $process );
	return [ $status['running'] ? -1 : $status['exitcode'], $output ];
}

/**
 * Of a path and the folders above it, the first that somebody else can write; null if none. Without links, a path that passes
 * leads to the same file tomorrow.
 */
function writable_by_others( string $path ): ?string {
	while ( '' !== $path && ! file_exists( $path ) ) {
		$path = dirname( $path );
	}
	// Who is not root runs what is his own too.
	$owners = [ 0, user_id() ];
	for ( $path = (string) realpath( $path );; $path = dirname( $path ) ) {
		$stat = lstat( $path );
		if ( ! in_array( $stat['uid'], $owners, true ) || 0 !== ( $stat['mode'] & 022 ) ) {
			return $path;
		}
		if ( '/' === $path ) {
			return null;
		}
	}
}

/** Whole or not at all. */
function write( string $path, string $content ): void {
	write_new( "$path.new", $content );
	if ( ! @rename( "$path.new", $path ) ) {
		throw new Failure( "$path cannot be written: " . last_error() . '. Is the file system read-only?' );
	}
}

/** A file that was not there. (What broke off last time may have left one.) */
function write_new( string $path, string $content ): void {
	is_dir( $path ) || @unlink( $path );
	$file = @fopen( $path, 'x' );
	if ( false === $file || strlen( $content ) !== fwrite( $file, $content ) || ! fclose( $file ) || ! chmod( $path, 0644 ) ) {
		throw new Failure( "$path cannot be written: " . last_error() . '. Is the file system full, or read-only?' );
	}
}

/**
 * @return list<string>
 */
function paths( string $pattern ): array {
	return glob( $pattern ) ?: [];
}

function last_error(): string {
	return error_get_last()['message'] ?? 'for no reason that PHP knows';
}

/** What others wrote, without what would steer root's terminal. */
function printable( string $text ): string {
	return (string) ( preg_match( '//u', $text ) ? preg_replace( '/[^\P{C}\n]/u', '', $text ) : preg_replace( '/[^\x20-\x7E\n]/', '', $text ) );
}
