<?php
/**
 * Firing hooks, ours and WP Fusion's, so that code written for either keeps working. It finds the webhook's form in `$_POST`, as
 * it would without us.
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
			Form::during( static fn() => do_action( $hook, ...$arguments ) );
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}

	/**
	 * Asks the site's code before a write. What it throws is the caller's.
	 *
	 * @param mixed $value
	 * @param mixed ...$arguments
	 * @return mixed
	 */
	public static function filter( string $hook, $value, ...$arguments ) {
		return Form::during( static fn() => apply_filters( $hook, $value, ...$arguments ) );
	}
}
