<?php
/**
 * A shared object cache (Redis, Memcached) while a transaction is open: nobody else sees what is cached of it.
 *
 * Whatever WordPress caches of a user whom it has just written is not true before the commit, and never if the transaction is
 * rolled back or the process killed. And what it takes away too early, a page view puts there again: the old list of users,
 * under the new `last_changed`. So what mirrors the database is kept in this process until the transaction has ended; then all
 * that was changed or taken away goes from the shared cache, and the next reader asks the database. That also saves WordPress
 * some hundred calls to the cache's server. Caches of anything else, locks and counters of the site among them, stay shared.
 *
 * It stands in for the drop-in's own object, which WordPress' functions find in `$wp_object_cache`. A drop-in that keeps it
 * elsewhere is noticed, and used as it is.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class PrivateCache {

	/** The one that is in use. */
	private static ?self $open = null;

	private static bool $ends_with_php = false;

	private function __construct( private readonly object $shared, private readonly CacheStandIn $stand_in ) {}

	/**
	 * @template T
	 * @param callable(): T $work
	 * @return T
	 */
	public static function during( callable $work ) {
		$shared = $GLOBALS['wp_object_cache'] ?? null;
		if ( ! wp_using_ext_object_cache() || ! is_object( $shared ) || null !== self::$open ) {
			return $work();
		}
		$cache = new self( $shared, new CacheStandIn( $shared ) );
		// phpcs:ignore WordPress.WP.GlobalVariablesOverride -- see above.
		$GLOBALS['wp_object_cache'] = $cache->stand_in;
		if ( ! $cache->stand_in->is_asked() ) {
			// phpcs:ignore WordPress.WP.GlobalVariablesOverride -- put back.
			$GLOBALS['wp_object_cache'] = $shared;
			return $work();
		}
		self::$open = $cache;
		if ( ! self::$ends_with_php ) {
			// A callback that ends the request skips what follows.
			self::$ends_with_php = true;
			register_shutdown_function( self::leave( ... ) );
		}
		try {
			return $work();
		} finally {
			$cache->end();
		}
	}

	/**
	 * Whether what WordPress caches now is seen by this process alone.
	 */
	public static function is_private(): bool {
		return null !== self::$open || ! wp_using_ext_object_cache();
	}

	/**
	 * The script was ended in the middle of one: what follows is for all to see.
	 */
	public static function leave(): void {
		self::$open?->end();
	}

	/**
	 * Also where the transaction did not hold: other code may have committed a part of it.
	 */
	private function end(): void {
		self::$open = null;
		if ( $GLOBALS['wp_object_cache'] === $this->stand_in ) {
			// phpcs:ignore WordPress.WP.GlobalVariablesOverride -- put back.
			$GLOBALS['wp_object_cache'] = $this->shared;
		}
		try {
			foreach ( $this->stand_in->stale() as $site => $groups ) {
				$is_elsewhere = 0 !== $site && get_current_blog_id() !== $site;
				$is_elsewhere && switch_to_blog( $site );
				foreach ( $groups as $group => $keys ) {
					wp_cache_delete_multiple( array_keys( $keys ), $group );
				}
				$is_elsewhere && restore_current_blog();
			}
		} catch ( \Throwable $error ) {
			// The cache's server is gone. What is stored is stored.
			Log::error( $error );
		}
	}
}
