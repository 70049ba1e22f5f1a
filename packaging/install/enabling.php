<?php
/**
 * The ini files that make a PHP load the extension. What was made is noted, so that `uninstall` removes that and nothing else.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

/** One path a line. */
const MADE = HOME . '/made.txt';

function enable( Place $place, string $file ): void {
	$is_old = false;
	foreach ( $place->lines() as $ini => $line ) {
		if ( false === strpos( $line, $file ) && in_array( realpath( $ini ), made(), true ) ) {
			$is_old = true;
			continue;
		}
		if ( false === strpos( $line, $file ) ) {
			Report::problem( "$place: $ini loads another copy of the extension, and two in one PHP do not work: $line\nThat PHP was left as it is. Delete the line and run this again." );
			return;
		}
		++Report::$served;
		Report::say( "$place: enabled by $ini" );
		return;
	}
	$line = "extension = \"$file\"";
	if ( '' === $place->folder ) {
		Report::problem( "$place: the file is installed, but this PHP reads no folder of ini files, so the last step is yours. Add this line to $place->ini:\n  $line" );
		return;
	}
	$ini      = $place->is_debian() ? "/etc/php/$place->minor/mods-available/agile_bridge.ini" : "$place->folder/30-agile_bridge.ini";
	$writable = writable_by_others( dirname( $ini ) );
	if ( null !== $writable ) {
		Report::problem( "$place: not enabled, because others than root can write $writable, and the ini file would lie there. chown root:root $writable; chmod go-w $writable; then run this again." );
		return;
	}
	if ( ! write_ini( $ini, "; priority=30\n; Not to be edited: php " . HOME . "/install.php uninstall\n$line\n" ) ) {
		Report::problem( "$place: not enabled, because there is a $ini that this installer did not write. Delete it or move it away, and run this again." );
		return;
	}
	if ( $is_old ) {
		++Report::$served;
		Report::changed( $place->minor, "$place: $ini names the new version now" );
		return;
	}
	if ( $place->is_unwanted() ) {
		++Report::$served;
		Report::say( "$place: left disabled, because of phpdismod. This enables it: phpenmod -v $place->minor -s $place->sapi agile_bridge" );
		return;
	}
	// (-m: not by the admin's hand.)
	$said = $place->is_debian() ? run( [ '/usr/sbin/phpenmod', '-m', '-v', $place->minor, '-s', $place->sapi, 'agile_bridge' ] )[1] : '';
	if ( [] === $place->lines() ) {
		Report::problem( "$place: phpenmod did not enable it. It says: " . trim( printable( $said ) ) . "\nSee: phpquery -v $place->minor -s $place->sapi -m agile_bridge" );
		return;
	}
	++Report::$served;
	Report::changed( $place->minor, "$place: now enabled by $ini" );
}

/** False if somebody else's is there. */
function write_ini( string $ini, string $content ): bool {
	$there = @file_get_contents( $ini );
	if ( $there === $content ) {
		return true;
	}
	if ( ( false !== $there || is_link( $ini ) ) && ! in_array( $ini, made(), true ) ) {
		return false;
	}
	if ( ! is_dir( dirname( $ini ) ) ) {
		note_made( dirname( $ini ) );
		mkdir( dirname( $ini ), 0755 );
	}
	note_made( $ini );
	write( $ini, $content );
	return true;
}

/**
 * @return list<string> Paths that this installer made.
 */
function made(): array {
	return array_filter( explode( "\n", (string) @file_get_contents( MADE ) ) );
}

/** Before it is made: a run that breaks off has noted too much rather than too little. */
function note_made( string $path ): void {
	if ( ! in_array( $path, made(), true ) ) {
		write( MADE, implode( "\n", array_merge( made(), [ $path, '' ] ) ) );
	}
}

/** Before the files go that the ini files name. */
function disable_everywhere(): void {
	// Folders were noted before what is in them.
	foreach ( array_reverse( made() ) as $path ) {
		$minor = preg_match( '#^/etc/php/([\d.]+)/mods-available/#', $path, $found ) ? $found[1] : '';
		if ( '' !== $minor ) {
			disable_debian( $minor, $path );
		}
		if ( is_dir( $path ) ? @rmdir( $path ) : is_file( $path ) && unlink( $path ) ) {
			++Report::$changes;
			Report::say( "removed $path" );
		}
	}
}

/** What phpenmod made of an ini file. What phpdismod noted is the admin's, and holds should we come again. */
function disable_debian( string $minor, string $ini ): void {
	foreach ( paths( "/etc/php/$minor/*/conf.d/*-agile_bridge.ini" ) as $link ) {
		if ( is_link( $link ) && readlink( $link ) === $ini ) {
			unlink( $link );
		}
	}
	foreach ( [ 'enabled_by_maint', 'disabled_by_maint', 'enabled_by_admin' ] as $state ) {
		foreach ( paths( "/var/lib/php/modules/$minor/*/$state/agile_bridge" ) as $note ) {
			unlink( $note );
			@rmdir( dirname( $note ) );
		}
	}
}
