<?php
/**
 * A webhook as it came, but for its key: kept unread while the extension is missing.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Host;

defined( 'ABSPATH' ) || exit;

final readonly class KeptRequest {

	/** More than a web server takes comes from nobody. */
	private const MOST_BYTES = 8 * 1024 * 1024;

	public function __construct( public string $method, public string $query, public string $content_type, public string $body ) {}

	/**
	 * The same for the same request, and for no other.
	 */
	public function digest(): string {
		return hash( 'sha256', $this->joined() );
	}

	/**
	 * As it is kept: compressed, where PHP can.
	 */
	public function packed(): string {
		$deflated = Host::call( 'gzdeflate', $this->joined() );
		return is_string( $deflated ) ? "z$deflated" : 'p' . $this->joined();
	}

	/**
	 * @return ?self Null if it is damaged.
	 */
	public static function of_packed( string $packed ): ?self {
		$rest = substr( $packed, 1 );
		// phpcs:ignore WordPress.PHP.NoSilencedErrors -- it warns of what is damaged.
		$joined = str_starts_with( $packed, 'z' ) ? @gzinflate( $rest, self::MOST_BYTES ) : $rest;
		if ( ! is_string( $joined ) || 1 !== preg_match( '/^([0-9]+) ([0-9]+) ([0-9]+) ([0-9]+)\n/', $joined, $lengths ) ) {
			return null;
		}
		$at    = strlen( $lengths[0] );
		$parts = [];
		foreach ( array_slice( $lengths, 1 ) as $length ) {
			$parts[] = substr( $joined, $at, (int) $length );
			$at     += (int) $length;
		}
		return strlen( $joined ) === $at ? new self( ...$parts ) : null;
	}

	/**
	 * Any bytes may be in any part, so their lengths stand before them.
	 */
	private function joined(): string {
		$parts = [ $this->method, $this->query, $this->content_type, $this->body ];
		return implode( ' ', array_map( 'strlen', $parts ) ) . "\n" . implode( '', $parts );
	}
}
