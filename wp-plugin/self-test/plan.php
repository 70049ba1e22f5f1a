<?php
/**
 * Which addresses are called: the one that the screen gives for webhooks, and those like it that somebody may have put into Agile CRM.
 *
 * No host but the site's own, and the same with or without `www.` where that is the same machine: who starts a self-test must not be
 * able to have the server call others.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\SelfTest;

defined( 'ABSPATH' ) || exit;

final class Plan {

	/**
	 * @param string                                $home      As home_url() gives it.
	 * @param callable(string): (list<string>|bool) $addresses Those of a host, as gethostbynamel() tells them.
	 * @return list<Step>
	 */
	public static function steps( string $home, callable $addresses ): array {
		$urls  = [ $home ];
		$parts = (array) wp_parse_url( $home );
		$host  = strtolower( (string) ( $parts['host'] ?? '' ) );
		if ( 'https' === ( $parts['scheme'] ?? '' ) && ! isset( $parts['port'] ) ) {
			$urls[] = 'http' . substr( $home, strlen( 'https' ) );
		}
		$other = self::other_host( $host );
		if ( null !== $other && self::are_same( $addresses( $host ), $addresses( $other ) ) ) {
			$urls[] = (string) preg_replace( '~^(https?://)[^/:?#]+~i', "\${1}$other", $home );
		}
		$steps = [];
		foreach ( $urls as $url ) {
			$steps[] = new Step( $url, 'GET', $url === $home );
			$steps[] = new Step( $url, 'POST', $url === $home );
		}
		return $steps;
	}

	/**
	 * The same with `www.`, or without; null for what is no name with a dot in it.
	 */
	public static function other_host( string $host ): ?string {
		if ( ! str_contains( $host, '.' ) || false !== filter_var( trim( $host, '[]' ), FILTER_VALIDATE_IP ) ) {
			return null;
		}
		return str_starts_with( $host, 'www.' ) ? substr( $host, strlen( 'www.' ) ) : "www.$host";
	}

	/**
	 * @param list<string>|bool $one
	 * @param list<string>|bool $other
	 */
	private static function are_same( $one, $other ): bool {
		$one   = array_unique( (array) $one );
		$other = array_unique( (array) $other );
		sort( $one );
		sort( $other );
		// (A name without an address is false to gethostbynamel().)
		return $one === $other && [ false ] !== $one;
	}
}
