<?php
/**
 * The plugin, root's side of it: root looks at who owns the site, and lets a child that has become that user do the rest.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

final class Site {

	private string $folder;
	private int $user;
	private int $group;
	private string $name;

	/** The WordPress in a folder. Root looks at it and does not open a file. */
	public static function found( string $path ): self {
		$site         = new self();
		$site->folder = (string) realpath( $path );
		$file         = "$site->folder/wp-load.php";
		$stat         = '' === $site->folder ? false : @lstat( $file );
		if ( false === $stat || 0100000 !== ( $stat['mode'] & 0170000 ) ) {
			throw new Failure( "There is no wp-load.php in $path (or it is a link), so the plugin cannot be put there. Nothing was installed. Say where WordPress is, for instance --wordpress=/var/www/html, or leave the option out and upload the plugin on WordPress' Plugins screen." );
		}
		if ( 0 === $stat['uid'] ) {
			throw new Failure( "$file belongs to root. WordPress is never run as root here, so the plugin cannot be put there. Nothing was installed. Give WordPress' files to the user whom it runs as (chown -R www-data: $site->folder), or leave --wordpress out and copy the plugin yourself: cp -R " . PLUGIN . " $site->folder/wp-content/plugins/" );
		}
		// Else a user could put a hard link there, and have us run a site of his own making as its owner.
		if ( ! in_array( lstat( $site->folder )['uid'], [ 0, $stat['uid'] ], true ) ) {
			throw new Failure( "$site->folder and the wp-load.php in it belong to different users, so it is not clear whose site this is. Nothing was installed. Give both to one (chown), or leave --wordpress out and upload the plugin on WordPress' Plugins screen." );
		}
		$site->user = $stat['uid'];
		[ $site->name, $site->group ] = account( $site->user );
		return $site;
	}

	public function install_plugin( Archive $archive, bool $activate ): void {
		$php      = own_program();
		$writable = writable_by_others( $php );
		if ( null !== $writable ) {
			Report::problem( "The plugin was not copied: others than root can write $writable, which is part of the PHP that would do it." );
			return;
		}
		$by_itself = function_exists( 'posix_initgroups' ) && function_exists( 'posix_setgid' ) && function_exists( 'posix_setuid' );
		$order     = tmpfile();
		fwrite(
			$order,
			(string) json_encode(
				[
					'folder'   => $this->folder,
					'activate' => $activate,
					'become'   => $by_itself,
					'user'     => $this->user,
					'group'    => $this->group,
					'name'     => $this->name,
					'files'    => array_map( 'base64_encode', $archive->plugin() ),
				]
			)
		);
		rewind( $order );
		// An auto_prepend_file is often a site's own.
		$command = [ $php, '-d', 'auto_prepend_file=', '-d', 'auto_append_file=', HOME . '/install.php', AS_OWNER ];

		[ $code, $text ] = run( $by_itself ? $command : $this->as_owner( $command ), $order, 180, site_environment() );
		$this->report( $code, explode( "\n", trim( printable( $text ) ) ) );
	}

	/**
	 * Where this PHP cannot change its user, a program of the system does it.
	 */
	private function as_owner( array $command ): array {
		$has_account = 0 !== strpos( $this->name, 'uid-' );
		// Without a way to the terminal.
		$before  = null === tool( 'setsid' ) ? [] : [ tool( 'setsid' ) ];
		$setpriv = [ tool( 'setpriv' ) ?? 'setpriv', "--reuid=$this->user", "--regid=$this->group", $has_account ? '--init-groups' : '--clear-groups' ];
		// Busybox' setpriv cannot.
		if ( null !== tool( 'setpriv' ) && 0 === run( array_merge( $setpriv, [ '/bin/true' ] ) )[0] ) {
			return array_merge( $before, $setpriv, $command );
		}
		if ( null !== tool( 'su' ) && $has_account ) {
			return array_merge( $before, [ tool( 'su' ), '-s', '/bin/sh', '-c', implode( ' ', array_map( 'escapeshellarg', $command ) ), $this->name ] );
		}
		throw new Failure( 'The plugin was not copied: nothing here can change the user. The extension is installed. Install the extension posix for PHP, or setpriv (util-linux), and run this again.' );
	}

	/**
	 * @param list<string> $lines What the child said; after WordPress was loaded, the site may have put in a word.
	 */
	private function report( int $code, array $lines ): void {
		foreach ( preg_grep( '/^[+=] /', $lines ) as $line ) {
			Report::$changes += '+' === $line[0] ? 1 : 0;
			Report::say( 'Plugin: ' . substr( $line, 2 ) );
		}
		if ( 0 === $code && in_array( DONE, $lines, true ) ) {
			return;
		}
		$failed = preg_grep( '/^! /', $lines );
		$other  = array_slice( preg_grep( '/^[+=] /', $lines, PREG_GREP_INVERT ), -10 );
		Report::problem(
			[] !== $failed
				? 'Plugin: ' . substr( (string) end( $failed ), 2 )
				: "Plugin: WordPress ended before the plugin was active (exit code $code). Activate it on WordPress' Plugins screen. It said: " . implode( "\n", $other )
		);
	}
}

/**
 * @return array{string, int} Name and group of a user; made-up ones if he has no account, as happens in containers.
 */
function account( int $user ): array {
	$getent  = tool( 'getent' );
	$entries = (string) @file_get_contents( '/etc/passwd' ) . "\n" . ( null === $getent ? '' : run( [ $getent, 'passwd', (string) $user ] )[1] );
	foreach ( explode( "\n", $entries ) as $entry ) {
		$fields = explode( ':', $entry );
		if ( isset( $fields[3] ) && (string) $user === $fields[2] ) {
			return [ $fields[0], (int) $fields[3] ];
		}
	}
	return [ "uid-$user", $user ];
}

/** What a wp-config.php may read (that of Docker's images does), and nothing else that root has in his environment. */
function site_environment(): array {
	return array_filter(
		getenv(),
		static function ( string $name ): bool {
			return 1 === preg_match( '/^(WORDPRESS|WP|DB|DATABASE|MYSQL|MARIADB)_/', $name );
		},
		ARRAY_FILTER_USE_KEY
	);
}
