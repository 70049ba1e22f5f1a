<?php
/**
 * A PHP that was seen running this plugin, with or without the extension: kept in the option of stats.php.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class SeenPhp {

	private function __construct(
		/** As a build for it is named: `8.2-nts`. */
		public readonly string $build,
		/** As PHP_SAPI has it. */
		public readonly string $sapi,
		public readonly bool $is_loaded,
		/** When it was seen, in seconds since 1970. */
		public readonly int $time,
		/** Whether what is loaded fits the plugin. */
		public readonly bool $fits,
		/** Whether it was a web server's: a host's cron may run PHP's CGI program as well. */
		public readonly bool $is_web,
		/** The program of the command line; '' if it is a web server's. */
		public readonly string $program,
		/** The name of the server, of which a site may have several. */
		public readonly string $host,
	) {}

	/** The one that runs this, now. */
	public static function now(): self {
		$state  = Extension::state();
		$is_web = 'cli' !== PHP_SAPI && isset( $_SERVER['REMOTE_ADDR'] );
		return new self( PhpBuild::own_build(), PHP_SAPI, 'missing' !== $state, time(), 'fits' === $state, $is_web, $is_web ? '' : PHP_BINARY, self::host() );
	}

	/**
	 * @param mixed $record As the option has it.
	 */
	public static function of_record( $record ): ?self {
		// (It becomes part of a command that somebody types.)
		if ( ! is_array( $record ) || 1 !== preg_match( '/^\d+\.\d+-[nz]ts$/D', (string) ( $record['build'] ?? '' ) ) ) {
			return null;
		}
		$text      = static fn( string $name ): string => (string) preg_replace( '/[^\x20-\x7e]/', '?', (string) ( $record[ $name ] ?? '' ) );
		$is_loaded = (bool) ( $record['is_loaded'] ?? false );
		return new self(
			$record['build'],
			$text( 'sapi' ),
			$is_loaded,
			(int) ( $record['time'] ?? 0 ),
			(bool) ( $record['fits'] ?? $is_loaded ),
			(bool) ( $record['is_web'] ?? 'cli' !== $text( 'sapi' ) ),
			$text( 'program' ),
			$text( 'host' )
		);
	}

	/** Whether it was seen in the same state: to note it again is no news. */
	public function is_like( self $other ): bool {
		return $this->is_same_as( $other ) && [ $this->is_loaded, $this->fits ] === [ $other->is_loaded, $other->fits ]
			// Where all is well several take turns, and nobody has to tell them apart.
			&& ( $this->fits || $this->place() === $other->place() );
	}

	/** Whether it is the same PHP, as far as its build and its way of running tell, whatever it has loaded. */
	public function is_same_as( self $other ): bool {
		return [ $this->build, $this->sapi, $this->is_web ] === [ $other->build, $other->sapi, $other->is_web ];
	}

	/** Whether it is on the server that asks. */
	public function is_here(): bool {
		return '' === $this->host || self::host() === $this->host;
	}

	/** What people call it. */
	public function label(): string {
		return PhpBuild::label( $this->build, $this->is_web ? $this->sapi : 'cli' );
	}

	/** Which one it is among those of that name, as far as that is known. */
	public function place(): string {
		return implode( ', ', array_filter( [ $this->program, $this->host ] ) );
	}

	private static function host(): string {
		// Hosts disable such functions.
		return function_exists( 'gethostname' ) ? (string) gethostname() : '';
	}
}
