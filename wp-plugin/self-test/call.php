<?php
/**
 * One call to an address of the site, as a campaign of Agile CRM makes it: parameters in the address, or as a form.
 *
 * By WordPress' own client, so that its rules of outgoing calls hold: its proxy, WP_HTTP_BLOCK_EXTERNAL, its certificates.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\SelfTest;

use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\SelfTestKey;

defined( 'ABSPATH' ) || exit;

final class Call {

	private const SECONDS = 5;

	private const MAX_BYTES = 65536;

	/**
	 * Twice, with a key that opens nothing any more when this returns.
	 *
	 * @throws Failure
	 */
	public static function make( Step $step ): Verdict {
		$key = SelfTestKey::issue();
		try {
			return Reading::of( $step, self::once( $step, $key ), self::once( $step, $key ), self::has_page_cache() );
		} finally {
			SelfTestKey::revoke();
		}
	}

	private static function once( Step $step, #[\SensitiveParameter] string $key ): Heard {
		$parameters = [
			'wpf_action' => 'test',
			'access_key' => $key,
		];
		$is_get     = 'GET' === $step->method;
		$response   = wp_remote_request(
			$is_get ? add_query_arg( $parameters, $step->url ) : $step->url,
			[
				'method'              => $step->method,
				'body'                => $is_get ? null : $parameters,
				'timeout'             => self::SECONDS,
				'redirection'         => 0,
				'limit_response_size' => self::MAX_BYTES,
				'sslverify'           => true,
				'cookies'             => [],
				'user-agent'          => 'Bridge for Agile CRM, self-test',
				// What is cut off could not be unpacked.
				'headers'             => [ 'Accept-Encoding' => 'identity' ],
			]
		);
		return Heard::of_response( $response );
	}

	/**
	 * Whether a drop-in of the site answers before WordPress and its plugins are there.
	 */
	private static function has_page_cache(): bool {
		return defined( 'WP_CACHE' ) && WP_CACHE && is_file( WP_CONTENT_DIR . '/advanced-cache.php' );
	}
}
