<?php
/**
 * A call with a valid access key that became no event: when, why, and how it came. Nothing of the key, of whom it was about, of where
 * it came from, and of its body.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

defined( 'ABSPATH' ) || exit;

final readonly class RefusedCall {

	/** What a caller is told is one of our sentences, and none is longer. */
	private const MOST_BYTES = 300;

	/**
	 * @param int    $time    Seconds since 1970.
	 * @param string $code    The answer's `wp_code`, or `left_to_wp_fusion`.
	 * @param string $message What the caller was told; names parameters, and never a value.
	 * @param string $action  One that we know, else ''.
	 * @param string $way     `GET`, `form`, `JSON` or `other body`; of another method its name.
	 */
	public function __construct( public int $time, public string $code, public string $message, public string $action, public string $way ) {}

	/**
	 * How a request came, told by no more than its method and the kind of its body.
	 */
	public static function way( string $method, string $content_type, string $body ): string {
		$type = strtolower( trim( explode( ';', $content_type, 2 )[0] ) );
		return match ( true ) {
			'GET' === $method => 'GET',
			'POST' !== $method => 1 === preg_match( '/^[A-Z]{1,20}$/D', $method ) ? $method : 'other method',
			str_starts_with( ltrim( substr( $body, 0, 1024 ) ), '{' ) || 'application/json' === $type => 'JSON',
			in_array( $type, [ '', 'application/x-www-form-urlencoded' ], true ) => 'form',
			default => 'other body',
		};
	}

	/**
	 * @param mixed $record As to_array() made it.
	 */
	public static function of_stored( $record ): ?self {
		if ( ! is_array( $record ) || ! is_int( $record[0] ?? null ) ) {
			return null;
		}
		$text = static fn( int $place ): string => is_string( $record[ $place ] ?? null ) ? $record[ $place ] : '';
		return new self( $record[0], $text( 1 ), $text( 2 ), $text( 3 ), $text( 4 ) );
	}

	/**
	 * @return list<int|string>
	 */
	public function to_array(): array {
		return [ $this->time, $this->code, substr( $this->message, 0, self::MOST_BYTES ), $this->action, $this->way ];
	}
}
