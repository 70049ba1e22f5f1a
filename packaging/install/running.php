<?php
/**
 * Whether a PHP that runs has what its ini files name: it reads them when it starts and when it is reloaded. Found by the file in which
 * it notes its process id, never by a search among processes.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

function tell_loaded( Place $place, string $by ): void {
	$has    = null === $place->loaded ? 'enabled' : "has agile_bridge $place->loaded";
	$master = master( $place );
	$maps   = null === $master ? false : @file_get_contents( "/proc/$master/maps" );
	if ( false === $maps ) {
		// It does not run, or we may not look.
		Report::say( "$place: $has$by" . ( null === $master ? '' : '; whether the one that runs has it too is told to root only' ) );
	} elseif ( preg_match( '#/agile[-_]bridge.*\.so$#m', $maps ) ) {
		Report::say( "$place: $has$by, and so does the one that runs" );
	} else {
		Report::problem( "$place: $has$by, but the one that runs, process $master, was started before and does not have it. Reload it: " . how_to_reload( $place ) );
	}
}

/** The process of the FPM or Apache that runs this PHP; null if it is not known. */
function master( Place $place ): ?int {
	$files = [];
	if ( 'fpm' === $place->sapi ) {
		$said  = run( [ $place->program, '-tt' ] )[1];
		$files = preg_match( '/\bpid = (\/\S+)$/m', $said, $found ) ? [ $found[1] ] : paths( "/run/php/php$place->minor-fpm.pid" );
		$is_it = '#^' . preg_quote( $place->program, '#' ) . '( \(deleted\))?$#';
	} elseif ( 'apache2' === $place->sapi ) {
		$files = paths( '/run/apache2/apache2.pid' );
		$is_it = '#/apache2( \(deleted\))?$#';
	}
	foreach ( $files as $file ) {
		$master  = (int) trim( (string) @file_get_contents( $file ) );
		$program = 0 < $master && is_dir( "/proc/$master" ) ? @readlink( "/proc/$master/exe" ) : null;
		// (A number that is another's by now; who may not look believes it.)
		if ( null !== $program && ( false === $program || preg_match( $is_it, $program ) ) ) {
			return $master;
		}
	}
	return null;
}
