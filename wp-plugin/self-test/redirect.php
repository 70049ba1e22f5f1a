<?php
/**
 * Where an answer leads to, and what that means.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\SelfTest;

defined( 'ABSPATH' ) || exit;

final class Redirect {

	/** What pages that ask for a login are called. */
	private const LOGIN = '~/(?:wp-login\.php|log-?in|sign-?in|my-account|sso|auth|members?-only)(?:[/.]|$)~i';

	/** A language, as sites have it in their addresses: the last part of the path, or a parameter. */
	private const LANGUAGE_PATH = '~/[a-z]{2}(?:[-_][a-z]{2,4})?/?$~i';

	public static function meaning( Step $step, string $location ): Meaning {
		$from     = self::parts( $step->url );
		$to       = self::parts( self::absolute( $step->url, $location ) );
		$moved_to = static fn( string ...$what ): bool => array_keys( array_diff_assoc( $to, $from ) ) === $what;
		return match ( true ) {
			1 === preg_match( self::LOGIN, $to['path'] ), str_contains( $location, 'redirect_to=' ) => Meaning::LoginWall,
			$to['host'] === Plan::other_host( $from['host'] ), $to['host'] === 'www.' . $from['host'] => Meaning::RedirectToWww,
			'https' === $to['scheme'] && ( $moved_to( 'scheme' ) || $moved_to( 'scheme', 'port' ) ) => Meaning::RedirectToHttps,
			$to['host'] === $from['host'] && self::names_language( $from, $to, $location ) => Meaning::RedirectByLanguage,
			default => Meaning::RedirectElsewhere,
		};
	}

	/**
	 * The place, without parameters: what was sent is among them.
	 */
	public static function place( Step $step, string $location ): string {
		$url = (string) preg_replace( '~[?#].*$~s', '', self::absolute( $step->url, $location ) );
		return mb_substr( wp_check_invalid_utf8( (string) preg_replace( '~^([a-z]+://)[^/@]*@~i', '$1', $url ), true ), 0, 200 );
	}

	/**
	 * @param array<string, string> $from
	 * @param array<string, string> $to
	 */
	private static function names_language( array $from, array $to, string $location ): bool {
		return 1 === preg_match( '~[?&]lang(?:uage)?=~', $location ) || ( $to['path'] !== $from['path'] && 1 === preg_match( self::LANGUAGE_PATH, $to['path'] ) );
	}

	private static function absolute( string $url, string $location ): string {
		return \WP_Http::make_absolute_url( trim( $location ), $url );
	}

	/**
	 * @return array<string, string>
	 */
	private static function parts( string $url ): array {
		$parts  = (array) wp_parse_url( $url );
		$scheme = strtolower( (string) ( $parts['scheme'] ?? '' ) );
		$port   = (string) ( $parts['port'] ?? '' );
		return [
			'scheme' => $scheme,
			'host'   => strtolower( (string) ( $parts['host'] ?? '' ) ),
			'port'   => in_array( "$scheme:$port", [ 'http:80', 'https:443' ], true ) ? '' : $port,
			'path'   => '/' . trim( (string) ( $parts['path'] ?? '' ), '/' ),
		];
	}
}
