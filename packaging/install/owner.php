<?php
/**
 * The plugin, the site owner's side of it: run in a child that gets the files from root, and that is root no longer.
 *
 * It says what it did with `+`, what was so already with `=`, and what failed with `!`.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

const AS_OWNER = 'as-owner';
const DONE     = 'agile-bridge: done';

/**
 * Copies the plugin.
 *
 * @return ?string The folder of the WordPress in which it is to be activated.
 */
function as_owner(): ?string {
	try {
		$order = json_decode( (string) stream_get_contents( STDIN ), true );
		if ( ! is_array( $order ) ) {
			throw new Failure( 'This is a part of the installation and not to be called.' );
		}
		become( $order );
		umask( 022 );
		copy_plugin( $order['folder'] . '/wp-content', array_map( 'base64_decode', $order['files'] ) );
	} catch ( Failure $failure ) {
		echo '! ' . $failure->getMessage() . "\n";
		exit( 1 );
	}
	if ( ! $order['activate'] ) {
		return null;
	}
	// What a request would have brought; a network finds its site by it.
	$config = (string) @file_get_contents( $order['folder'] . '/wp-config.php' ) . (string) @file_get_contents( dirname( $order['folder'] ) . '/wp-config.php' );
	$host   = preg_match( '/[\'"]DOMAIN_CURRENT_SITE[\'"]\s*,\s*[\'"]([^\'"]+)/', $config, $found ) ? $found[1] : 'localhost';

	$_SERVER = [ 'HTTP_HOST' => $host, 'SERVER_NAME' => $host, 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1' ] + $_SERVER;
	chdir( $order['folder'] );
	return $order['folder'];
}

/** The owner of the site, for good. */
function become( array $order ): void {
	if ( $order['become'] ) {
		// (A session of its own: without a way to root's terminal.)
		posix_setsid();
		if ( ! posix_initgroups( $order['name'], $order['group'] ) || ! posix_setgid( $order['group'] ) || ! posix_setuid( $order['user'] ) || posix_setuid( 0 ) ) {
			throw new Failure( 'The plugin was not copied: this process could not become the user ' . $order['name'] . '. In a container without the right to change users run the installer when the image is built.' );
		}
	}
	if ( 0 === user_id() || user_id() !== $order['user'] ) {
		throw new Failure( 'The plugin was not copied: this process is not the owner of the site.' );
	}
}

/**
 * @param array<string, string> $files Path in the plugin's folder => content.
 */
function copy_plugin( string $content_folder, array $files ): void {
	$plugins = "$content_folder/plugins";
	$target  = "$plugins/" . PLUGIN;
	foreach ( [ $content_folder, $plugins, $target ] as $folder ) {
		if ( is_link( $folder ) ) {
			throw new Failure( "$folder is a link, and links are not followed here: nobody knows where they lead to tomorrow. The plugin was not copied; the extension is installed. Upload the plugin on WordPress' Plugins screen." );
		}
	}
	if ( ! is_dir( $plugins ) ) {
		throw new Failure( "There is no folder $plugins (or it cannot be read by the site's owner). The plugin was not copied; the extension is installed. Where plugins lie elsewhere, upload it on WordPress' Plugins screen." );
	}
	$version = plugin_version( $files[ PLUGIN . '.php' ] ?? '' );
	$there   = null;
	if ( file_exists( $target ) ) {
		$there = plugin_version( (string) @file_get_contents( "$target/" . PLUGIN . '.php' ) );
		if ( '' === $there || file_exists( "$target/.git" ) ) {
			throw new Failure( "$target is there, and " . ( '' === $there ? 'it is not this plugin' : 'somebody works on it (it has a .git)' ) . '. It was left as it is; the extension is installed. Move it away and run this again.' );
		}
		if ( version_compare( $there, $version, '>=' ) ) {
			echo "= $there is in $target already\n";
			return;
		}
	}
	// WordPress does not look into folders whose name begins with a dot.
	$new = "$plugins/." . PLUGIN . '-' . bin2hex( random_bytes( 6 ) );
	$old = "$new-old";
	try {
		foreach ( $files as $name => $content ) {
			if ( ! is_dir( dirname( "$new/$name" ) ) && ! @mkdir( dirname( "$new/$name" ), 0755, true ) ) {
				throw new Failure( "The site's owner cannot write to $plugins: " . last_error() . '. The plugin was not copied; the extension is installed. Let the owner of wp-load.php write there (chown), or upload the plugin on WordPress\' Plugins screen.' );
			}
			write_new( "$new/$name", $content );
		}
		if ( null !== $there && ! @rename( $target, $old ) || ! @rename( $new, $target ) ) {
			throw new Failure( "$target could not be replaced: " . last_error() . '. The plugin was not copied; the extension is installed. Let the owner of wp-load.php write there (chown), and run this again.' );
		}
	} finally {
		// What was there comes back if the new one did not get its place.
		if ( ! file_exists( $target ) && file_exists( $old ) ) {
			rename( $old, $target );
		}
		remove_folder( $new );
		remove_folder( $old );
	}
	echo "+ $version is in $target now" . ( null === $there ? '' : ", in place of $there" ) . "\n";
}

/** Of a plugin's main file. */
function plugin_version( string $text ): string {
	return preg_match( '/^[ \t\/*#@]*Version:\s*(\S+)/mi', $text, $found ) ? $found[1] : '';
}

/** WordPress is loaded. */
function activate(): void {
	require_once ABSPATH . 'wp-admin/includes/plugin.php';
	$plugin = PLUGIN . '/' . PLUGIN . '.php';
	if ( is_plugin_active( $plugin ) ) {
		echo "= it is active already\n";
		return;
	}
	$result = activate_plugin( $plugin );
	if ( is_wp_error( $result ) ) {
		echo "\n! it is there, and WordPress did not activate it: " . str_replace( "\n", ' ', wp_strip_all_tags( $result->get_error_message() ) ) . " Do it on WordPress' Plugins screen.\n";
		exit( 1 );
	}
	echo "\n+ it is active now\n";
}

/** Links in it are removed, not followed. */
function remove_folder( string $folder ): void {
	foreach ( is_dir( $folder ) ? array_diff( scandir( $folder ), [ '.', '..' ] ) : [] as $name ) {
		if ( is_dir( "$folder/$name" ) && ! is_link( "$folder/$name" ) ) {
			remove_folder( "$folder/$name" );
		} else {
			unlink( "$folder/$name" );
		}
	}
	@rmdir( $folder );
}
