<?php
/**
 * A call of the site's own self-test: answered where any webhook is, at the end of `init`, so that it meets on its way all that a
 * webhook meets.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Webhook;

use AgileBridge\Plugin\Site\SelfTestKey;

defined( 'ABSPATH' ) || exit;

final class SelfTestCall {

	/**
	 * Whether a call that has none of the access keys has the key of a self-test, and asks for `test`.
	 *
	 * @param array<string, string> $raw What the extension is given.
	 */
	public static function is_one( array $raw ): bool {
		$received = \AgileBridge\receive_webhook( ...$raw, key_digests: SelfTestKey::digests() );
		return 'test' === ( $received['webhook']['action'] ?? '' );
	}

	/**
	 * @param int $last The priority at which webhooks are answered at `init`.
	 */
	public static function begin( int $last ): void {
		Ending::name_culprit();
		add_action( 'init', self::answer( ... ), $last );
	}

	/**
	 * No two answers are the same: what comes twice comes from a cache.
	 */
	private static function answer(): never {
		Output::take_over();
		Output::send(
			200,
			[
				'success'      => true,
				'wp_status'    => 'ok',
				'wp_self_test' => bin2hex( random_bytes( 8 ) ),
				'wp_notes'     => [],
			]
		);
		exit;
	}
}
