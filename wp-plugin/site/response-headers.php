<?php
/**
 * What the response of this request says so far of cookies and of where to go: to be said again once others have had their turn.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final readonly class ResponseHeaders {

	private const KEPT = '/^(Set-Cookie|Location|Refresh):/i';

	/**
	 * @param list<string> $lines
	 * @param int|bool     $status As http_response_code() has it.
	 */
	private function __construct( private array $lines, private int|bool $status ) {}

	public static function now(): self {
		return new self( array_values( preg_grep( self::KEPT, headers_list() ) ), http_response_code() );
	}

	public function restore(): void {
		if ( headers_sent() || self::now()->lines === $this->lines ) {
			return;
		}
		foreach ( [ 'Set-Cookie', 'Location', 'Refresh' ] as $name ) {
			header_remove( $name );
		}
		foreach ( $this->lines as $line ) {
			header( $line, false );
		}
		if ( is_int( $this->status ) ) {
			http_response_code( $this->status );
		}
	}
}
