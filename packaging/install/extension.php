<?php
/**
 * The extension: one file for each build, tried before any PHP is told of it.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

/** Two of it in one PHP do not work. */
function refuse_beside_a_package(): void {
	foreach ( [ [ 'dpkg', '-S' ], [ 'rpm', '-qf' ], [ 'apk', 'info', '--who-owns' ] ] as $question ) {
		$tool = tool( $question[0] );
		if ( null !== $tool && 0 === run( array_merge( [ $tool ], array_slice( $question, 1 ), [ '/usr/lib/agile-bridge' ] ) )[0] ) {
			throw new Failure( "The package agile-bridge is installed here ($question[0] owns /usr/lib/agile-bridge). Nothing was changed. The package serves every PHP that it has a build for, those that are installed later too, and is updated as packages are; its plugin is /usr/share/agile-bridge/" . PLUGIN . '. To use this archive instead, remove the package first.' );
		}
	}
}

function install_extension( Archive $archive ): void {
	$builds = [];
	$barred = [];
	foreach ( places() as $place ) {
		$reason = why_not( $place, $archive );
		if ( null === $reason ) {
			$builds[ $place->build ][] = $place;
		} else {
			Report::left_alone( $place->program, "$place: $reason" );
			$barred[ $place->folder ] = $place;
		}
	}
	foreach ( $builds as $build => $places ) {
		install_build( HOME . "/$archive->version/$build.so", $places, $barred, $archive->content( "lib/$build.so" ) );
	}
	remove_unused();
}

function why_not( Place $place, Archive $archive ): ?string {
	if ( 'static' === $place->libc ) {
		return 'it is statically linked, and such a PHP loads no extension from a file. Use another PHP for the site.';
	}
	if ( $place->is_debug ) {
		return 'it is a debug build, and loads only extensions that were built for one. Build the extension from source for it.';
	}
	if ( $place->machine !== $archive->machine || $place->libc !== $archive->libc ) {
		return "it is built for $place->machine and $place->libc, this archive for $archive->machine and $archive->libc. Use " . where( "agile-bridge-$archive->version-$place->machine-linux-$place->libc.tar.xz" ) . '.';
	}
	if ( ! in_array( $place->build, $archive->builds(), true ) ) {
		return "this archive has no build for $place->build; it has " . implode( ', ', $archive->builds() ) . '. That PHP stays as it is. A newer archive may have one, or build the extension from source.';
	}
	return null;
}

/**
 * Each version has a folder of its own: the extension stays mapped in an Apache that is reloaded, which would find it again by its
 * path, whatever lies there now.
 *
 * @param list<Place>          $places All of that build.
 * @param array<string, Place> $barred Ini folder => a PHP that reads it and cannot load the extension.
 */
function install_build( string $file, array $places, array $barred, string $content ): void {
	$same  = is_file( $file ) && file_get_contents( $file ) === $content;
	$trial = $same ? $file : "$file.new";
	make_home( dirname( $file ) );
	if ( ! $same ) {
		write_new( $trial, $content );
	}
	$fits = [];
	$uses = false;
	foreach ( $places as $place ) {
		$refusal = $place->refusal( $trial );
		if ( null === $refusal ) {
			$fits[] = $place;
			continue;
		}
		Report::problem( "$place: the build for it does not load, so it was not enabled there. That PHP is as it was. It says: $refusal\nPlease tell those who make the extension; until then build it from source." );
		$barred[ $place->folder ] = $place;
		$uses                     = $uses || [] !== preg_grep( '#' . preg_quote( $file, '#' ) . '#', $place->lines() );
	}
	if ( ! $same ) {
		if ( [] === $fits || $uses ) {
			unlink( $trial );
			@rmdir( dirname( $file ) );
			@rmdir( HOME );
			return;
		}
		// Renamed, never written over: running PHPs have the old one mapped.
		rename( $trial, $file );
		Report::changed( $places[0]->minor, "installed $file" );
	}
	foreach ( $fits as $place ) {
		if ( '' !== $place->folder && isset( $barred[ $place->folder ] ) ) {
			Report::problem( "$place: not enabled, because {$barred[ $place->folder ]} reads the same ini files, $place->folder, and cannot load it. Give each of them a folder of its own (PHP_INI_SCAN_DIR) and run this again." );
		} else {
			enable( $place, $file );
		}
	}
}

function make_home( string $folder ): void {
	$writable = is_link( HOME ) ? HOME : writable_by_others( HOME );
	if ( null === $writable && ! is_dir( $folder ) && ! @mkdir( $folder, 0755, true ) ) {
		throw new Failure( "The folder $folder cannot be made: " . last_error() . '. Nothing was installed. Is the file system read-only? In a container do this when the image is built.' );
	}
	$writable ??= is_link( $folder ) ? $folder : writable_by_others( $folder );
	if ( null !== $writable ) {
		throw new Failure( "Others than root can write $writable (or it is a link): what PHP loads cannot lie there. Nothing was installed. chown root:root $writable; chmod go-w $writable; then run this again." );
	}
}

/** For `status` and `uninstall`, when the archive is long gone; and for the child that copies the plugin. */
function keep_installer( Archive $archive ): void {
	$copy = HOME . '/install.php';
	$text = is_piped() ? $archive->content( 'install.php' ) : (string) file_get_contents( __FILE__ );
	if ( @file_get_contents( $copy ) !== $text ) {
		write( $copy, $text );
		++Report::$changes;
	}
}

/** Files of other versions that no PHP is told to load. (Those that run have them mapped.) */
function remove_unused(): void {
	$lines = implode( "\n", array_merge( ...array_map( static function ( Place $place ): array {
		return array_values( $place->lines() );
	}, places() ) ) );
	foreach ( paths( HOME . '/*/*.so' ) as $file ) {
		if ( false === strpos( $lines, $file ) && unlink( $file ) ) {
			++Report::$changes;
			Report::say( "removed $file" );
			@rmdir( dirname( $file ) );
		}
	}
}

function remove_files(): void {
	foreach ( paths( HOME . '/*/*.so*' ) as $file ) {
		unlink( $file );
		Report::changed( (string) strstr( basename( $file ), '-', true ), "removed $file" );
		@rmdir( dirname( $file ) );
	}
	foreach ( [ MADE, HOME . '/install.php' ] as $file ) {
		if ( is_file( $file ) && unlink( $file ) ) {
			++Report::$changes;
		}
	}
	if ( is_dir( HOME ) && ! @rmdir( HOME ) ) {
		Report::problem( 'There are files in ' . HOME . ' that this installer did not make, so the folder stays. Look at them, and delete it yourself.' );
	}
}
