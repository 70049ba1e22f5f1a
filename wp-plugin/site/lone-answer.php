<?php
/**
 * Has the next call of a filter ask us alone.
 *
 * A mail that is held until its user is stored goes through wp_mail() twice, and whoever is at that function's filters is asked
 * once: a footer must not be added twice, a mail not be logged as two, nor leave where it is held.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class LoneAnswer {

	/**
	 * @param \Closure $answer In place of all others: gets what the filter is called with.
	 * @return \Closure(): void Puts the others back where the filter was not called.
	 */
	public static function at( string $hook, \Closure $answer ): \Closure {
		global $wp_filter;
		$others   = $wp_filter[ $hook ] ?? null;
		$alone    = new \WP_Hook();
		$put_back = static function () use ( $hook, $others, $alone ): void {
			global $wp_filter;
			if ( $alone === ( $wp_filter[ $hook ] ?? null ) ) {
				// phpcs:ignore WordPress.WP.GlobalVariablesOverride -- as it was.
				$wp_filter[ $hook ] = $others ?? new \WP_Hook();
			}
		};
		$alone->add_filter(
			$hook,
			static function ( ...$arguments ) use ( $put_back, $answer ) {
				// Before whatever follows from the answer: that may call the filter too.
				$put_back();
				return $answer( ...$arguments );
			},
			10,
			PHP_INT_MAX
		);
		// phpcs:ignore WordPress.WP.GlobalVariablesOverride -- put back above.
		$wp_filter[ $hook ] = $alone;
		return $put_back;
	}
}
