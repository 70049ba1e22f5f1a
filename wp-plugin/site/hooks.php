<?php
/**
 * Firing actions, ours and WP Fusion's, so that code written for either keeps working.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Hooks {

	/**
	 * Fires an action after the writes. The user is stored, so a callback that throws changes no answer: it is logged, and the
	 * other actions, the mail and the answer still happen.
	 *
	 * @param mixed ...$arguments Without passwords.
	 */
	public static function fire( string $hook, ...$arguments ): void {
		try {
			do_action( $hook, ...$arguments );
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}
}
