<?php
/**
 * How often wpdb tries to open a connection again that is lost in the middle of a request: five times by itself, a second each.
 *
 * Inside a transaction not at all: wpdb would send the statement once more, without the transaction and its locks, and a second user
 * could be stored beside the one that somebody else has made meanwhile. While a webhook is stored once, for a proxy that leads to another
 * server now; its caller does not wait for more.
 *
 * Then wpdb dies, by wp_die(), whose page is in the language of the site. Early in a request that has to be read, from the same
 * database, and so on without an end. So that is made an exception here. (The same for another plugin's wp_die() in a hook: a reason
 * to roll back, not to end.)
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Reconnection {

	/**
	 * @template T
	 * @param callable(): T $work
	 * @return T
	 * @throws CallbackStopped Where the connection is lost, if nobody catches it before.
	 */
	public static function at_most( int $tries, callable $work ) {
		global $wpdb;
		$handlers = Callbacks::DIE_HANDLERS;
		$throw    = Callbacks::stop_wp_die( ... );
		// wpdb lets protected properties be set. It lowers the level of error reporting before it tries, and leaves it so if it does not.
		$retries = $wpdb->reconnect_retries ?? null;
		$level   = error_reporting(); // phpcs:ignore WordPress.PHP -- read, to be put back.
		if ( null !== $retries ) {
			$wpdb->reconnect_retries = min( $tries, (int) $retries );
		}
		foreach ( $handlers as $handler ) {
			add_filter( $handler, $throw, PHP_INT_MAX );
		}
		try {
			return $work();
		} finally {
			foreach ( $handlers as $handler ) {
				remove_filter( $handler, $throw, PHP_INT_MAX );
			}
			if ( null !== $retries ) {
				$wpdb->reconnect_retries = $retries;
			}
			error_reporting( $level ); // phpcs:ignore WordPress.PHP -- put back.
		}
	}
}
