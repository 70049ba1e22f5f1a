<?php
/**
 * The PHPs of this server: found where distributions and panels put them, and asked what they are.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

/** Debian, Sury, RHEL, Alpine; Docker images and plain builds; Remi; Plesk; cPanel. */
const PREFIXES = [ '/usr', '/usr/local', '/opt/remi/php*/root/usr', '/opt/plesk/php/*', '/opt/cpanel/ea-php*/root/usr' ];

/**
 * @return list<Place> All PHPs that may be run; the others are told of.
 */
function places(): array {
	static $places = null;
	if ( null === $places ) {
		$places = [];
		foreach ( programs() as $program ) {
			$writable = writable_by_others( $program );
			if ( null !== $writable ) {
				Report::left_alone( $program, "$program: not run and left alone, because others than root can write $writable. If that PHP is to have the extension: chown root:root $writable; chmod go-w $writable; then run this again." );
				continue;
			}
			$place = asked( $program );
			if ( null !== $place ) {
				$places[] = $place;
			}
		}
		$places = array_merge( $places, modules( $places ) );
	}
	return $places;
}

/** The PHP that runs this. */
function own_program(): string {
	return (string) realpath( PHP_BINARY ?: '/proc/self/exe' );
}

/**
 * @return list<string> Paths without links, that of our own PHP first.
 */
function programs(): array {
	$own      = own_program();
	$programs = '' === $own ? [] : [ $own ];
	foreach ( array_merge( PREFIXES, '' === $own ? [] : [ dirname( $own, 2 ) ] ) as $prefix ) {
		foreach ( [ 'bin/php*', 'bin/zts-php*', 'sbin/php-fpm*', 'sbin/zts-php-fpm*' ] as $name ) {
			// Not phpize8.2 and phpenmod.
			foreach ( preg_grep( '#/(zts-)?php(-fpm|-cgi)?[\d.]*$#', paths( "$prefix/$name" ) ) as $path ) {
				$programs[] = (string) realpath( $path );
			}
		}
	}
	return array_values( array_unique( array_filter( $programs ) ) );
}

/** What a program says of itself, if it is a PHP. */
function asked( string $program ): ?Place {
	$elf = elf( $program );
	if ( null === $elf ) {
		Report::left_alone( $program, "$program: left alone, because it is no program for 64-bit Linux (a script, perhaps)." );
		return null;
	}
	// The one question that cli, fpm and cgi all answer; cgi does so in HTML.
	[ , $text ] = run( [ $program, '-i' ] );
	$text       = strip_tags( str_replace( [ '</td><td class="v">', '</h1>', '</h2>' ], [ ' => ', "\n", "\n" ], $text ) );
	$says       = static function ( string $name ) use ( $text ): string {
		return preg_match( '/^' . preg_quote( $name, '/' ) . ' +=> (.*?) *$/m', $text, $found ) && '(none)' !== $found[1] ? $found[1] : '';
	};
	if ( ! preg_match( '/^PHP Version (?:=> )?((\d+)\.(\d+))/m', $text, $version ) ) {
		Report::left_alone( $program, "$program: left alone, because it does not answer as a PHP does. Try: $program -i" );
		return null;
	}
	$folders = array_filter( explode( ':', $says( 'Scan this dir for additional .ini files' ) ) );
	$sapis   = [ 'Command Line Interface' => 'cli', 'FPM/FastCGI' => 'fpm', 'CGI/FastCGI' => 'cgi' ];

	$place           = new Place();
	$place->program  = $program;
	$place->sapi     = $sapis[ $says( 'Server API' ) ] ?? 'of unknown kind';
	$place->minor    = $version[1];
	$place->build    = $version[1] . ( 'enabled' === $says( 'Thread Safety' ) ? '-zts' : '-nts' );
	$place->is_debug = 'no' !== $says( 'Debug Build' );
	$place->folder   = rtrim( (string) reset( $folders ), '/' );
	$place->ini      = $says( 'Loaded Configuration File' ) ?: $says( 'Configuration File (php.ini) Path' ) . '/php.ini';
	$place->loaded   = preg_match( '/^agile_bridge\s+version +=> (\S+)/m', $text, $found ) ? $found[1] : null;

	[ $place->machine, $place->libc ] = $elf;
	return $place;
}

/**
 * What Debian has ini files for besides its programs, such as Apache's module.
 *
 * @param list<Place> $places
 * @return list<Place>
 */
function modules( array $places ): array {
	$modules = [];
	$known   = array_column( $places, 'folder' );
	foreach ( $places as $place ) {
		if ( 'cli' !== $place->sapi || ! $place->is_debian() ) {
			continue;
		}
		foreach ( array_diff( paths( "/etc/php/$place->minor/*/conf.d" ), $known ) as $folder ) {
			if ( ! file_exists( "/usr/lib/php/$place->minor/sapi/" . basename( dirname( $folder ) ) ) ) {
				continue; // Removed, and its configuration kept.
			}
			$module            = clone $place;
			$module->is_module = true;
			$module->sapi      = basename( dirname( $folder ) );
			$module->folder    = $folder;
			$module->ini       = dirname( $folder ) . '/php.ini';
			$module->loaded    = null;
			$modules[]         = $module;
		}
	}
	return $modules;
}

/**
 * Processor and libc, from the program itself: a server may have loaders of both libcs.
 *
 * @return ?array{string, string} Null if it is not an ELF file of 64 bits.
 */
function elf( string $program ): ?array {
	$file   = @fopen( $program, 'rb' );
	$header = false === $file ? '' : (string) fread( $file, 64 );
	if ( 64 !== strlen( $header ) || "\x7fELF\x02\x01" !== substr( $header, 0, 6 ) ) {
		return null;
	}
	$machine = [ 62 => 'x86_64', 183 => 'aarch64' ][ unpack( 'v', $header, 18 )[1] ] ?? 'another processor';
	$parts   = unpack( 'Pat', $header, 32 ) + unpack( 'vsize/vcount', $header, 54 );
	for ( $i = 0; $i < $parts['count']; $i++ ) {
		fseek( $file, $parts['at'] + $i * $parts['size'] );
		$part = (string) fread( $file, 56 );
		// PT_INTERP: where the loader's path is.
		if ( 56 === strlen( $part ) && 3 === unpack( 'V', $part )[1] ) {
			fseek( $file, unpack( 'P', $part, 8 )[1] );
			$loader = trim( (string) fread( $file, min( 4096, unpack( 'P', $part, 32 )[1] ) ), "\0" );
			return [ $machine, 0 === strpos( basename( $loader ), 'ld-musl' ) ? 'musl' : 'glibc' ];
		}
	}
	return [ $machine, 'static' ];
}
