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
	) {}

	/** The one that runs this, now. */
	public static function now(): self {
		return new self( PhpBuild::own_build(), PHP_SAPI, 'missing' !== Extension::state(), time() );
	}

	/**
	 * @param mixed $record As the option has it.
	 */
	public static function of_record( $record ): ?self {
		// (It becomes part of a command that somebody types.)
		if ( ! is_array( $record ) || 1 !== preg_match( '/^\d+\.\d+-[nz]ts$/D', (string) ( $record['build'] ?? '' ) ) ) {
			return null;
		}
		return new self( $record['build'], (string) ( $record['sapi'] ?? '' ), (bool) ( $record['is_loaded'] ?? false ), (int) ( $record['time'] ?? 0 ) );
	}

	public function is_like( self $other ): bool {
		return [ $this->build, $this->sapi, $this->is_loaded ] === [ $other->build, $other->sapi, $other->is_loaded ];
	}

	/** What people call it. */
	public function label(): string {
		return PhpBuild::label( $this->build, $this->sapi );
	}
}
