<?php
/**
 * Installs the PHP extension agile_bridge, and the WordPress plugin, from the unpacked archive in which this file lies; through a
 * pipe it fetches that archive first.
 *
 *   sudo php install.php [--wordpress=/var/www/html [--activate]]
 *   curl --fail --silent --location ADDRESS/install.php | sudo php -- [--wordpress=/var/www/html [--activate]]
 *   php install.php status
 *   sudo php install.php uninstall
 *
 * Root runs only programs that root alone can write, uses only bytes that it has just compared with the signed manifest, and
 * neither loads WordPress nor writes below it: a child that has become the owner of wp-load.php does.
 *
 * Syntax of PHP 7.4, so that an old PHP can say that it is old. No extension is needed but sodium; `php -n` will do.
 * What ships is one file, longer than others: it copies itself to where `status` and `uninstall` are found later, and an admin
 * reads one file before running it as root. Its parts are in install/, and install/join.php puts them where they are required.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

/* Filled in when an archive is made. (One process at a time compiles this: here constants do no harm.) */
const PUBLIC_KEY = '@PUBLIC_KEY@';
const DOWNLOAD_ADDRESS = '@DOWNLOAD_ADDRESS@';
const VERSION = '@VERSION@';

const HOME   = '/usr/local/lib/agile-bridge';
const PLUGIN = 'bridge-for-agile-crm';
const USAGE  = "Usage: sudo php install.php [--wordpress=/var/www/html [--activate]]\n       php install.php status\n       sudo php install.php uninstall\n";

require __DIR__ . '/install/report.php';
require __DIR__ . '/install/archive.php';
require __DIR__ . '/install/download.php';
require __DIR__ . '/install/place.php';
require __DIR__ . '/install/server.php';
require __DIR__ . '/install/extension.php';
require __DIR__ . '/install/enabling.php';
require __DIR__ . '/install/running.php';
require __DIR__ . '/install/reload.php';
require __DIR__ . '/install/plugin.php';
require __DIR__ . '/install/owner.php';
require __DIR__ . '/install/root.php';

function main( array $arguments ): int {
	if ( [] !== array_intersect( $arguments, [ '--help', '-h' ] ) ) {
		Report::write( 'stdout', USAGE );
		return 0;
	}
	$options = options( $arguments );
	if ( null === $options ) {
		Report::write( 'stderr', USAGE );
		return 2;
	}
	umask( 022 );
	try {
		if ( 'cli' !== PHP_SAPI || 'Linux' !== PHP_OS_FAMILY || ! function_exists( 'proc_open' ) ) {
			throw new Failure( 'This needs PHP on the command line of Linux, with the function proc_open. Where a php.ini disables it: php -n install.php' );
		}
		if ( 'status' !== $options['command'] && 0 !== user_id() ) {
			throw new Failure( 'Only root can add an extension to PHP or take it away, and you are not root. Nothing was changed. Run: sudo php install.php … Where you cannot, ask your host for the extension agile_bridge.' );
		}
		switch ( $options['command'] ) {
			case 'status':
				return status();
			case 'uninstall':
				return uninstall();
			default:
				return install( $options );
		}
	} catch ( Failure $failure ) {
		Report::problem( $failure->getMessage() );
		return 1;
	}
}

/**
 * @return ?array{command: string, wordpress: ?string, activate: bool, unsigned: bool} Null for what has no meaning.
 */
function options( array $arguments ): ?array {
	$options = [ 'command' => 'install', 'wordpress' => null, 'activate' => false, 'unsigned' => false ];
	foreach ( $arguments as $argument ) {
		if ( 'status' === $argument || 'uninstall' === $argument ) {
			// Nothing stands beside these.
			return 1 === count( $arguments ) ? [ 'command' => $argument ] + $options : null;
		}
		if ( preg_match( '/^--wordpress=(.+)$/', $argument, $found ) ) {
			$options['wordpress'] = $found[1];
		} elseif ( '--activate' === $argument || '--unsigned' === $argument ) {
			$options[ substr( $argument, 2 ) ] = true;
		} else {
			return null;
		}
	}
	return $options['activate'] && null === $options['wordpress'] ? null : $options;
}

function install( array $options ): int {
	if ( PHP_VERSION_ID < 80200 ) {
		throw new Failure( 'This is PHP ' . PHP_VERSION . ', and the extension needs 8.2 or later. Nothing was installed. Run this with the PHP that the site uses, for instance: sudo php8.4 install.php' );
	}
	refuse_beside_a_package();
	$archive = Archive::opened( is_piped() ? fetched_archive( $options['unsigned'] ) : __DIR__, $options['unsigned'] );
	$site    = null === $options['wordpress'] ? null : Site::found( $options['wordpress'] );

	install_extension( $archive );
	if ( 0 === Report::$served ) {
		Report::problem( 'No PHP of this server has the extension, for the reasons above.' . ( null === $site ? '' : ' The plugin was not copied: without the extension it does nothing.' ) );
		return 1;
	}
	keep_installer( $archive );
	reload();
	if ( null !== $site ) {
		$site->install_plugin( $archive, $options['activate'] );
	}
	if ( 0 === Report::$problems ) {
		Report::say( 0 === Report::$changes ? 'Nothing had to be changed.' : 'Done. Later: php ' . HOME . '/install.php status' );
	}
	return 0 === Report::$problems ? 0 : 1;
}

function status(): int {
	$loaded = 0;
	foreach ( places() as $place ) {
		$lines = $place->lines();
		$by    = [] === $lines ? '' : ' by ' . implode( ' and ', array_keys( $lines ) );
		if ( null !== $place->loaded ) {
			++$loaded;
			tell_loaded( $place, $by );
		} elseif ( [] !== $lines && $place->is_module ) {
			tell_loaded( $place, $by );
		} elseif ( [] !== $lines ) {
			Report::problem( "$place: enabled$by, but not loaded: " . $place->refusal() . "\nThat PHP runs without it. Run the install.php of an archive that has a build for it, or: sudo php " . HOME . '/install.php uninstall' );
		} elseif ( $place->is_unwanted() ) {
			Report::say( "$place: disabled with phpdismod; this enables it: phpenmod -v $place->minor -s $place->sapi agile_bridge" );
		} else {
			Report::say( "$place: does not have agile_bridge" );
		}
	}
	if ( 0 === $loaded ) {
		Report::say( 'No PHP of this server has the extension. Unpack ' . where( archive_name() ) . ' and run: sudo php install.php' );
	}
	return 0 === $loaded || 0 < Report::$problems ? 1 : 0;
}

function uninstall(): int {
	foreach ( places() as $place ) {
		foreach ( $place->lines() as $ini => $line ) {
			if ( false !== strpos( $line, HOME . '/' ) && ! in_array( realpath( $ini ), made(), true ) ) {
				throw new Failure( "$ini has a line that this installer did not write: $line\nWithout the file that it names PHP would complain at every start, so nothing was removed. Delete the line and run this again." );
			}
		}
	}
	disable_everywhere();
	remove_files();
	reload();
	Report::say( 0 === Report::$changes ? 'There is nothing of this installer here.' : 'The extension is gone. The plugin is WordPress\' to delete: on its Plugins screen.' );
	return 0 === Report::$problems ? 0 : 1;
}

if ( [ AS_OWNER ] === array_slice( $argv, 1 ) ) {
	// The child of plugin.php. WordPress is loaded here, where variables are global: plugins rely on that.
	$agile_bridge_site = as_owner();
	if ( null !== $agile_bridge_site ) {
		require $agile_bridge_site . '/wp-load.php';
		activate();
	}
	echo DONE . "\n";
	exit( 0 );
}
exit( main( array_slice( $argv, 1 ) ) );
