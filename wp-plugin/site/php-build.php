<?php
/**
 * One PHP of this server, as far as it decides which build of the extension fits it and how it is enabled there.
 *
 * PHP may be forbidden to look (open_basedir, disable_functions). Then it is guessed, and nothing is said of it: of the archive's
 * kinds the installer names the right one, should the guess be wrong.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class PhpBuild {

	/** The folder below /etc/php/8.2 in which Debian keeps the ini files of each way to run PHP. */
	private const DEBIAN_FOLDERS = [
		'fpm-fcgi'       => 'fpm',
		'apache2handler' => 'apache2',
		'cgi-fcgi'       => 'cgi',
		'cli'            => 'cli',
	];

	public function __construct(
		/** As a build's file is named: `8.2-nts`. */
		public readonly string $build,
		/** As PHP_SAPI has it. */
		public readonly string $sapi,
		/** The program of the command line that belongs to it. */
		public readonly string $program,
		/** The folder of its further ini files; '' if it reads none. */
		public readonly string $folder,
		/** Its php.ini. */
		public readonly string $ini,
		/** `x86_64` and so on. */
		public readonly string $machine,
		/** `glibc` or `musl`; `static`: it loads no extension from a file. */
		public readonly string $libc,
		public readonly string $system = PHP_OS_FAMILY,
		public readonly bool $is_debug = false,
		public readonly bool $has_systemd = true,
	) {}

	/** The PHP that runs this. */
	public static function own(): self {
		$minor = self::minor_of( self::own_build() );
		$read  = array_filter( array_map( 'trim', explode( ',', (string) Host::call( 'php_ini_scanned_files' ) ) ) );
		$set   = function_exists( 'getenv' ) ? getenv( 'PHP_INI_SCAN_DIR' ) : false;
		$first = '' === $set ? '' : ( explode( PATH_SEPARATOR, (string) $set )[0] ?: PHP_CONFIG_FILE_SCAN_DIR );
		$names = array_merge( PHP_ZTS ? [ 'zts-php' ] : [], [ "php$minor", 'php' ] );
		$there = array_filter( $names, static fn( string $name ): bool => self::is_there( PHP_BINDIR . "/$name" ) );
		$guess = str_starts_with( PHP_CONFIG_FILE_SCAN_DIR, '/etc/php/' ) ? "php$minor" : 'php';

		[ $machine, $libc ] = self::elf( '/proc/self/exe' ) ?? self::guess();
		return new self(
			build: self::own_build(),
			sapi: PHP_SAPI,
			program: 'cli' === PHP_SAPI && '' !== PHP_BINARY ? PHP_BINARY : PHP_BINDIR . '/' . ( reset( $there ) ?: $guess ),
			folder: rtrim( [] === $read ? $first : dirname( (string) reset( $read ) ), '/' ),
			ini: (string) Host::call( 'php_ini_loaded_file' ) ?: PHP_CONFIG_FILE_PATH . '/php.ini',
			machine: $machine,
			libc: $libc,
			is_debug: (bool) PHP_DEBUG,
			has_systemd: self::is_there( '/run/systemd/system' ) || '' !== (string) ini_get( 'open_basedir' ),
		);
	}

	/**
	 * Another PHP of this server, on Debian and its kin, where every PHP has its place.
	 *
	 * @return ?self Null where that is not so.
	 */
	public static function beside( string $build, string $sapi ): ?self {
		$own    = self::own();
		$minor  = self::minor_of( $build );
		$name   = self::DEBIAN_FOLDERS[ $sapi ] ?? null;
		$folder = "/etc/php/$minor/$name";
		if ( null === $own->debian_folder() || null === $name || ! self::is_there( $folder ) ) {
			return null;
		}
		return new self(
			build: $build,
			sapi: $sapi,
			program: "/usr/bin/php$minor",
			folder: "$folder/conf.d",
			ini: "$folder/php.ini",
			machine: $own->machine,
			libc: $own->libc,
			has_systemd: $own->has_systemd,
		);
	}

	/** How a build for the PHP that runs this is named. */
	public static function own_build(): string {
		return PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . ( PHP_ZTS ? '-zts' : '-nts' );
	}

	public static function minor_of( string $build ): string {
		return explode( '-', $build )[0];
	}

	/** What people call it. */
	public static function label( string $build, string $sapi ): string {
		return sprintf(
			'cli' === $sapi
				/* translators: %s: a version of PHP, such as 8.2. */
				? __( 'PHP %s of the command line', 'bridge-for-agile-crm' )
				/* translators: %s: a version of PHP, such as 8.2. */
				: __( 'PHP %s of the web server', 'bridge-for-agile-crm' ),
			self::minor_of( $build )
		);
	}

	public function minor(): string {
		return self::minor_of( $this->build );
	}

	/** `fpm` and the like, as Debian's phpenmod wants it; null where it does not decide. */
	public function debian_folder(): ?string {
		return 1 === preg_match( '~^/etc/php/[\d.]+/([^/]+)/conf\.d$~', $this->folder, $match ) ? $match[1] : null;
	}

	/** What makes it read its ini files again; null where that is not known, and on the command line, where nothing is needed. */
	public function reload(): ?string {
		$digits = str_replace( '.', '', $this->minor() );
		if ( 'apache2handler' === $this->sapi ) {
			return 'sudo apachectl graceful';
		}
		if ( 'fpm-fcgi' !== $this->sapi || ( ! $this->has_systemd && null === $this->debian_folder() ) ) {
			return null;
		}
		$service = match ( true ) {
			null !== $this->debian_folder()                   => "php{$this->minor()}-fpm",
			str_starts_with( $this->program, '/opt/remi/' )   => "php$digits-php-fpm",
			str_starts_with( $this->program, '/opt/plesk/' )  => "plesk-php{$digits}-fpm",
			str_starts_with( $this->program, '/opt/cpanel/' ) => "ea-php$digits-php-fpm",
			default                                           => 'php-fpm',
		};
		return $this->has_systemd ? "sudo systemctl reload $service" : "sudo service $service reload";
	}

	/**
	 * Processor and C library, from the running program itself: of the loaders of C libraries a server may have several.
	 *
	 * @return ?array{string, string} Null if it cannot be read, or is no program for Linux.
	 */
	public static function elf( string $program ): ?array {
		$read   = static fn( int $at, int $length ): string => (string) @file_get_contents( $program, false, null, $at, $length ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- open_basedir.
		$header = $read( 0, 64 );
		if ( 64 !== strlen( $header ) || "\x7fELF" !== substr( $header, 0, 4 ) ) {
			return null;
		}
		if ( "\2\1" !== substr( $header, 4, 2 ) ) {
			return [ '32 bits', 'glibc' ];
		}
		$code    = (int) unpack( 'v', $header, 18 )[1];
		$machine = [
			62  => 'x86_64',
			183 => 'aarch64',
		][ $code ] ?? "ELF $code";

		[ 'at' => $at, 'size' => $size, 'count' => $count ] = unpack( 'Pat', $header, 32 ) + unpack( 'vsize/vcount', $header, 54 );
		for ( $i = 0; $i < $count; $i++ ) {
			$part = $read( $at + $i * $size, 56 );
			// PT_INTERP: where the path of its loader stands.
			if ( 56 === strlen( $part ) && 3 === unpack( 'V', $part )[1] ) {
				$loader = rtrim( $read( unpack( 'P', $part, 8 )[1], min( 4096, unpack( 'P', $part, 32 )[1] ) ), "\0" );
				return [ $machine, str_starts_with( basename( $loader ), 'ld-musl' ) ? 'musl' : 'glibc' ];
			}
		}
		return [ $machine, 'static' ];
	}

	/** Silent where open_basedir forbids the question. */
	public static function is_there( string $path ): bool {
		return @file_exists( $path ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- see above.
	}

	/**
	 * @return array{string, string}
	 */
	private static function guess(): array {
		$machine = function_exists( 'php_uname' ) ? php_uname( 'm' ) : 'x86_64';
		// musl's glob() knows no braces.
		return [ 8 === PHP_INT_SIZE ? $machine : '32 bits', defined( 'GLOB_BRACE' ) ? 'glibc' : 'musl' ];
	}
}
