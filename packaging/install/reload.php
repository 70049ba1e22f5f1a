<?php
/**
 * Running PHPs get what was changed: gracefully, through whoever manages them, never by a search among processes.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

function reload(): void {
	$minors = array_keys( Report::$stale );
	if ( [] === $minors ) {
		return;
	}
	$systemctl = is_dir( '/run/systemd/system' ) ? tool( 'systemctl' ) : null;
	if ( null === $systemctl ) {
		say_what_to_reload( $minors );
		return;
	}
	$known = '/^\s*(?:(apache2|httpd)|(?:plesk-|ea-)?php([\d.]*)(?:-php)?-fpm)\.service\s/m';
	preg_match_all( $known, run( [ $systemctl, 'list-units', '--type=service', '--state=active', '--plain', '--no-legend', '--no-pager' ] )[1], $units, PREG_SET_ORDER );
	foreach ( $units as $unit ) {
		$name = trim( $unit[0] );
		if ( '' !== $unit[1] ) {
			if ( has_apache_module() ) {
				// (It looks at the configuration first.)
				reload_by( [ tool( 'apachectl' ) ?? tool( 'apache2ctl' ) ?? 'apachectl', 'graceful' ], $name );
			}
			continue;
		}
		// php8.2-fpm, php82-php-fpm, and php-fpm, which may be any.
		$is_ours = static function ( string $minor ) use ( $unit ): bool {
			return '' === $unit[2] || str_replace( '.', '', $minor ) === str_replace( '.', '', $unit[2] );
		};
		$concerned = array_filter( $minors, $is_ours );
		if ( [] === $concerned ) {
			continue;
		}
		$error = fpm_error( $concerned );
		if ( null !== $error ) {
			Report::problem( "$name was not reloaded: it would have stopped, because there is an error in its configuration: $error\nIt runs on without the change. Correct that, then: systemctl reload $name" );
		} else {
			reload_by( [ $systemctl, 'reload', $name ], $name );
		}
	}
}

/** An FPM that is reloaded with an error in its configuration stops, and the site with it. */
function fpm_error( array $minors ): ?string {
	foreach ( places() as $place ) {
		if ( 'fpm' === $place->sapi && in_array( $place->minor, $minors, true ) ) {
			[ $code, $text ] = run( [ $place->program, '-t' ] );
			if ( 0 !== $code ) {
				return trim( printable( $text ) );
			}
		}
	}
	return null;
}

function reload_by( array $command, string $name ): void {
	[ $code, $text ] = run( $command, null, 90 );
	if ( 0 === $code ) {
		Report::say( "reloaded $name" );
	} else {
		Report::problem( "$name could not be reloaded, so it runs on without the change. It says: " . trim( printable( $text ) ) . "\nDo it yourself: " . implode( ' ', $command ) );
	}
}

/** Debian; RHEL; cPanel. */
function has_apache_module(): bool {
	return [] !== array_merge( paths( '/etc/apache2/mods-enabled/php*.load' ), paths( '/etc/httpd/modules/libphp*.so' ), paths( '/etc/apache2/modules/libphp*.so' ) );
}

/** Of FPM and of Apache. */
function how_to_reload( Place $place ): string {
	if ( 'fpm' !== $place->sapi ) {
		return 'apachectl graceful';
	}
	$name    = basename( $place->program );
	$script  = current( array_merge( paths( "/etc/init.d/$name" ), paths( "/etc/init.d/php$place->minor-fpm" ) ) );
	$service = null !== tool( 'rc-service' ) ? 'rc-service %s reload' : 'service %s reload';
	if ( false !== $script ) {
		return sprintf( $service, basename( $script ) );
	}
	return 'kill -USR2 1 in a container where it is process 1 (from outside: docker kill --signal=USR2 CONTAINER), else systemctl reload, or kill -USR2 and the number of its master process';
}

/** In containers, on Alpine, and on a Debian without systemd. */
function say_what_to_reload( array $minors ): void {
	foreach ( places() as $place ) {
		if ( 'fpm' !== $place->sapi || ! in_array( $place->minor, $minors, true ) ) {
			continue;
		}
		$master = master( $place );
		Report::say( null === $master ? "If $place runs, reload it: " . how_to_reload( $place ) : "$place runs, as process $master, and does not have it yet. Reload it: " . how_to_reload( $place ) );
	}
	if ( has_apache_module() || is_file( '/usr/local/lib/php/libphp.so' ) || [] !== paths( '/usr/lib/apache2/modules/libphp*.so' ) ) {
		Report::say( 'If Apache runs, reload it: apachectl graceful' );
	}
}
