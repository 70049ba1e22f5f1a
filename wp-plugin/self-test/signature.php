<?php
/**
 * Who gives themselves away in an answer: page caches and firewalls, by their headers and by the words that they leave.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\SelfTest;

defined( 'ABSPATH' ) || exit;

final class Signature {

	/** Headers in which caches say that they had it. */
	private const CACHE_HEADERS = [
		'cf-cache-status'     => 'Cloudflare',
		'x-litespeed-cache'   => 'LiteSpeed Cache',
		'x-kinsta-cache'      => 'Kinsta',
		'x-sucuri-cache'      => 'Sucuri',
		'x-ac'                => 'WordPress.com',
		'x-proxy-cache'       => 'SiteGround',
		'x-fastcgi-cache'     => 'nginx',
		'x-nginx-cache'       => 'nginx',
		'x-varnish-cache'     => 'Varnish',
		'x-wp-cf-super-cache' => 'Super Page Cache',
		'x-cache-status'      => '',
		'x-cache'             => '',
	];

	/** What caches write into the pages that they keep. */
	private const CACHE_WORDS = [
		'WP-Super-Cache'   => 'WP Super Cache',
		'WP Super Cache'   => 'WP Super Cache',
		'W3 Total Cache'   => 'W3 Total Cache',
		'WP Rocket'        => 'WP Rocket',
		'WP Fastest Cache' => 'WP Fastest Cache',
		'Cache Enabler'    => 'Cache Enabler',
		'LiteSpeed Cache'  => 'LiteSpeed Cache',
		'Hummingbird'      => 'Hummingbird',
		'WP-Optimize'      => 'WP-Optimize',
	];

	private const FIREWALL_HEADERS = [
		'cf-mitigated' => 'Cloudflare',
		'x-sucuri-id'  => 'Sucuri',
		'x-iinfo'      => 'Imperva',
	];

	private const FIREWALL_WORDS = [
		'Wordfence'                        => 'Wordfence',
		'NinjaFirewall'                    => 'NinjaFirewall',
		'Sucuri'                           => 'Sucuri',
		'Imunify360'                       => 'Imunify360',
		'BitNinja'                         => 'BitNinja',
		'Incapsula'                        => 'Imperva',
		'Mod_Security'                     => 'ModSecurity',
		'ModSecurity'                      => 'ModSecurity',
		'Attention Required! | Cloudflare' => 'Cloudflare',
	];

	/**
	 * Whose cache says that the answer is its; '' where one says so without a name, null where none does.
	 */
	public static function cache( Heard $heard ): ?string {
		foreach ( self::CACHE_HEADERS as $header => $name ) {
			if ( false !== stripos( $heard->header( $header ), 'hit' ) ) {
				return $name;
			}
		}
		return self::word( self::CACHE_WORDS, $heard->body ) ?? ( (int) $heard->header( 'age' ) > 0 ? '' : null );
	}

	/**
	 * Whose firewall it is, if it says so.
	 */
	public static function firewall( Heard $heard ): ?string {
		foreach ( self::FIREWALL_HEADERS as $header => $name ) {
			if ( '' !== $heard->header( $header ) ) {
				return $name;
			}
		}
		return self::word( self::FIREWALL_WORDS, $heard->body );
	}

	/**
	 * @param array<string, string> $words
	 */
	private static function word( array $words, string $body ): ?string {
		foreach ( $words as $word => $name ) {
			if ( false !== stripos( $body, $word ) ) {
				return $name;
			}
		}
		return null;
	}
}
