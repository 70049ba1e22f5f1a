<?php
/**
 * How one PHP of this server comes by the extension: what of it is there, and what has to be typed.
 *
 * A build is there and only not enabled; the package or the archive's installer was here and has none for this PHP; nothing is
 * there; or there cannot be one. All it does is look at file names.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Installation {

	/**
	 * The folder with the packages, the archives and install.php. Empty as long as nothing is published: then texts name the file alone.
	 * The one place where it stands: the installer takes it from here when it is packed.
	 */
	private const DOWNLOAD_ADDRESS = '';

	/** What is there. */
	public readonly string $finding;

	/** @var list<string> To be typed on the server, in this order. */
	public readonly array $commands;

	/** What else is to be known; may be ''. */
	public readonly string $after;

	public function __construct(
		private readonly PhpBuild $php,
		/** Where the package has its builds, in a folder for its version. */
		private readonly string $package = '/usr/lib/agile-bridge',
		/** Where the archive's installer puts those that it needs, likewise. */
		private readonly string $archive = '/usr/local/lib/agile-bridge',
		private readonly string $etc = '/etc/php',
		private readonly string $address = self::DOWNLOAD_ADDRESS,
	) {
		$hindrance = $this->hindrance();
		$build     = null === $hindrance ? $this->build() : null;

		[ $this->finding, $this->commands, $this->after ] = match ( true ) {
			null !== $hindrance             => [ $hindrance, [], '' ],
			null !== $build                 => $this->not_enabled( $build ),
			PhpBuild::is_there( $package )  => $this->package_without_build(),
			PhpBuild::is_there( $archive )  => $this->archive_without_build(),
			default                         => $this->nothing(),
		};
	}

	/**
	 * What brings the extension that belongs to this version of the plugin, where an older one is loaded.
	 *
	 * @return list<string>
	 */
	public function update_commands(): array {
		$by_package = PhpBuild::is_there( $this->package ) || ( ! PhpBuild::is_there( $this->archive ) && $this->is_for_package() );
		return array_values( array_filter( [ $by_package ? $this->package_command( self::version() ) : $this->archive_command(), $this->php->reload() ] ) );
	}

	/** Why no build can fit; null if one may. */
	private function hindrance(): ?string {
		return match ( true ) {
			/* translators: %s: such as "PHP 8.2 of the web server". */
			'Linux' !== $this->php->system  => sprintf( __( 'There are builds for Linux only. For %s the extension has to be built from source.', 'bridge-for-agile-crm' ), $this->name() ),
			/* translators: %s: such as "PHP 8.2 of the web server". */
			$this->php->is_debug            => sprintf( __( '%s is a debug build, which loads only what was built for one. The extension has to be built from source for it.', 'bridge-for-agile-crm' ), $this->name() ),
			/* translators: %s: such as "PHP 8.2 of the web server". */
			'static' === $this->php->libc   => sprintf( __( '%s is linked statically, and such a PHP loads no extension from a file. The site needs another PHP.', 'bridge-for-agile-crm' ), $this->name() ),
			! in_array( $this->php->machine, [ 'x86_64', 'aarch64' ], true )
				/* translators: 1: such as "PHP 8.2 of the web server", 2: a kind of processor. */
				=> sprintf( __( 'There are builds for x86_64 and aarch64, and %1$s is one for %2$s. The extension has to be built from source for it.', 'bridge-for-agile-crm' ), $this->name(), $this->php->machine ),
			default                         => null,
		};
	}

	/** The file that was built for this PHP. */
	private function build(): ?string {
		return [ ...self::files( $this->package, $this->php->build ), ...self::files( $this->archive, $this->php->build ) ][0] ?? null;
	}

	/**
	 * @return array{string, list<string>, string}
	 */
	private function not_enabled( string $build ): array {
		$reload   = $this->php->reload();
		$commands = array_values( array_filter( [ $this->enabling( $build ), $reload ] ) );
		$restart  = null === $reload && 'cli' !== $this->php->sapi ? __( 'Then restart the web server\'s PHP.', 'bridge-for-agile-crm' ) . ' ' : '';
		return [
			/* translators: 1: such as "PHP 8.2 of the web server", 2: path of a file. */
			sprintf( __( 'The build for %1$s is there, %2$s, and it is not enabled, or PHP was not reloaded since. On the server:', 'bridge-for-agile-crm' ), $this->name(), $build ),
			$commands,
			$restart . __( 'If it is still not loaded then, the error log of that PHP says why, in a line with "Unable to load dynamic library".', 'bridge-for-agile-crm' ),
		];
	}

	/** Null if its line is in an ini file already. */
	private function enabling( string $build ): ?string {
		$minor  = $this->php->minor();
		$debian = $this->php->debian_folder();
		if ( [] !== self::matching( "{$this->php->folder}/*agile_bridge.ini" ) ) {
			return 'cli' === $this->php->sapi ? self::quoted( $this->php->program ) . ' --ri agile_bridge' : null;
		}
		if ( null !== $debian && PhpBuild::is_there( "$this->etc/$minor/mods-available/agile_bridge.ini" ) ) {
			return "sudo phpenmod -v $minor -s $debian agile_bridge";
		}
		if ( null !== $debian && str_starts_with( $build, "$this->package/" ) ) {
			return 'sudo dpkg-reconfigure agile-bridge';
		}
		$folder = $this->php->folder;
		$ini    = '' === $folder ? '-a ' . self::quoted( $this->php->ini ) : self::quoted( "$folder/30-agile_bridge.ini" );
		return 'echo ' . self::quoted( "extension=\"$build\"" ) . " | sudo tee $ini";
	}

	/**
	 * @return array{string, list<string>, string}
	 */
	private function package_without_build(): array {
		return [
			/* translators: 1: such as "PHP 8.2 of the web server", 2: kind of build, such as 8.2-nts. */
			sprintf( __( 'The package agile-bridge is installed, and it has no build for %1$s (%2$s).', 'bridge-for-agile-crm' ), $this->name(), $this->php->build )
				. self::builds( $this->package ) . ' '
				. __( 'A newer package may have one (VERSION stands for its version):', 'bridge-for-agile-crm' ),
			[ $this->package_command( 'VERSION' ) ],
			$this->where() . __( 'Else use a PHP for which there is a build, or build the extension from source for this one.', 'bridge-for-agile-crm' ),
		];
	}

	/**
	 * @return array{string, list<string>, string}
	 */
	private function archive_without_build(): array {
		return [
			/* translators: 1: such as "PHP 8.2 of the web server", 2: kind of build, such as 8.2-nts. */
			sprintf( __( 'The extension was installed here from the archive, and not for %1$s (%2$s).', 'bridge-for-agile-crm' ), $this->name(), $this->php->build )
				. self::builds( $this->archive ) . ' '
				. __( 'Run the installer again, in the folder in which the archive is:', 'bridge-for-agile-crm' ),
			[ $this->archive_command() ],
			$this->where() . __( 'If the archive has no build for this PHP, the installer says so. A newer archive may have one, or the extension is built from source.', 'bridge-for-agile-crm' ),
		];
	}

	/**
	 * @return array{string, list<string>, string}
	 */
	private function nothing(): array {
		$by_package = $this->is_for_package();
		$finding    = $by_package
			/* translators: %s: such as "PHP 8.2 of the web server". */
			? sprintf( __( 'No build for %s was found on this server. Install the package, in the folder in which its file is:', 'bridge-for-agile-crm' ), $this->name() )
			/* translators: %s: such as "PHP 8.2 of the web server". */
			: sprintf( __( 'No build for %s was found on this server. Run the installer of the archive, in the folder in which the archive is:', 'bridge-for-agile-crm' ), $this->name() );
		$commands   = [ $by_package ? $this->package_command( self::version() ) : $this->archive_command() ];
		if ( '' !== (string) ini_get( 'open_basedir' ) ) {
			$finding = __( 'PHP may not look outside of the site\'s folders here (open_basedir), so whether a build is there is not known. This is right in any case, in the folder in which the file is:', 'bridge-for-agile-crm' );
			if ( $by_package ) {
				$commands = [ ...$commands, "sudo phpenmod -v {$this->php->minor()} -s {$this->php->debian_folder()} agile_bridge", ...array_filter( [ $this->php->reload() ] ) ];
			}
		}
		return [ $finding, $commands, $this->where() . __( 'This needs root. Where you are not root, ask your host for the PHP extension agile_bridge.', 'bridge-for-agile-crm' ) ];
	}

	/** Whether it is a PHP that the package serves: Debian's, Ubuntu's, Sury's. */
	private function is_for_package(): bool {
		return null !== $this->php->debian_folder() && 'glibc' === $this->php->libc && str_ends_with( $this->php->build, '-nts' );
	}

	private function package_command( string $version ): string {
		$file  = "agile-bridge_{$version}_" . ( 'aarch64' === $this->php->machine ? 'arm64' : 'amd64' ) . '.deb';
		$fetch = '' === $this->address ? '' : 'curl -fLO ' . self::quoted( "$this->address/$file" ) . ' && ';
		return "{$fetch}sudo apt-get install ./$file";
	}

	private function archive_command(): string {
		$version = self::version();
		// The installer works as who owns WordPress, and refuses where that is root.
		$is_roots = 0 === @fileowner( ABSPATH . 'wp-load.php' ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- open_basedir.
		$program  = 'sudo ' . self::quoted( $this->php->program );
		return ( '' === $this->address
			? "tar -xf agile-bridge-$version-{$this->php->machine}-linux-{$this->php->libc}.tar.xz && $program agile-bridge-$version/install.php"
			: 'curl -fsSL ' . self::quoted( "$this->address/install.php" ) . " | $program --" )
			. ( $is_roots ? '' : ' --wordpress=' . self::quoted( untrailingslashit( ABSPATH ) ) );
	}

	private function where(): string {
		/* translators: %s: a web address. */
		return '' === $this->address ? '' : sprintf( __( 'The file is at %s.', 'bridge-for-agile-crm' ), $this->address ) . ' ';
	}

	private function name(): string {
		return PhpBuild::label( $this->php->build, $this->php->sapi );
	}

	/** Which builds a folder has; '' if that cannot be seen. */
	private static function builds( string $folder ): string {
		$names = array_map( static fn( string $file ): string => basename( $file, '.so' ), self::files( $folder, '*' ) );
		/* translators: %s: kinds of builds, such as 8.2-nts, 8.4-nts. */
		return [] === $names ? '' : ' ' . sprintf( __( 'It is there for %s.', 'bridge-for-agile-crm' ), implode( ', ', $names ) );
	}

	/**
	 * @return list<string> Paths, those of the newest version first.
	 */
	private static function files( string $folder, string $build ): array {
		$files = self::matching( "$folder/*/$build.so" );
		usort( $files, static fn( string $a, string $b ): int => version_compare( basename( dirname( $b ) ), basename( dirname( $a ) ) ) ?: strcmp( $a, $b ) );
		return $files;
	}

	/**
	 * @return list<string> Empty also where PHP may not look.
	 */
	private static function matching( string $pattern ): array {
		return function_exists( 'glob' ) ? ( @glob( $pattern ) ?: [] ) : []; // phpcs:ignore WordPress.PHP.NoSilencedErrors -- open_basedir.
	}

	private static function version(): string {
		return get_file_data( dirname( __DIR__ ) . '/bridge-for-agile-crm.php', [ 'version' => 'Version' ] )['version'];
	}

	/** For a shell. (PHP's own function for that is among those that hosts disable.) */
	public static function quoted( string $text ): string {
		return 1 === preg_match( '~^[\w./=:-]+$~', $text ) ? $text : "'" . str_replace( "'", "'\\''", $text ) . "'";
	}
}
