<?php
/**
 * WP-Cron's two events of ours: the fallback where no webhook comes by.
 *
 * Recurring, and made once: a single event for each need would write the option that holds all of WP-Cron at every burst.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Schedule {

	/** Every minute: drains the inbox. */
	private const DRAIN_HOOK = 'agile_bridge_drain';

	/** Of a network; more would take longer than a page may. The others follow with their next cron job. */
	private const MOST_SITES = 1000;

	/** Every hour: asks the CRM for changes that no webhook told us. */
	private const RECONCILE_HOOK = 'agile_bridge_reconcile';

	public static function ensure(): void {
		if ( ! wp_next_scheduled( self::DRAIN_HOOK ) ) {
			wp_schedule_event( time() + 60, 'agile_bridge_minute', self::DRAIN_HOOK );
		}
		if ( ! wp_next_scheduled( self::RECONCILE_HOOK ) ) {
			wp_schedule_event( time() + 3600, 'hourly', self::RECONCILE_HOOK );
		}
	}

	/**
	 * The plugin was activated for a whole network, and so it was deactivated before: on every site.
	 */
	public static function ensure_everywhere(): void {
		self::on_every_site( self::ensure( ... ) );
	}

	/**
	 * Once more, besides every hour.
	 *
	 * @param int    $milliseconds From now on, of the real clock.
	 * @param string $why          Makes it another event than the one of every hour.
	 */
	public static function look_after( int $milliseconds, string $why ): void {
		wp_schedule_single_event( time() + intdiv( $milliseconds, Clock::SECOND ), self::RECONCILE_HOOK, [ $why ] );
	}

	/**
	 * A worker was ended by code of the site: another one goes on, by WP-Cron and now.
	 */
	public static function drain_soon(): void {
		if ( 'cli' === PHP_SAPI || wp_doing_cron() || ( defined( 'ALTERNATE_WP_CRON' ) && ALTERNATE_WP_CRON ) ) {
			// Who calls this one comes again within the minute.
			return;
		}
		wp_schedule_single_event( time(), self::DRAIN_HOOK, [ 'ended' ] );
		spawn_cron();
	}

	public static function clear(): void {
		wp_unschedule_hook( self::DRAIN_HOOK );
		wp_unschedule_hook( self::RECONCILE_HOOK );
	}

	/**
	 * The plugin is deactivated. (Where it is not cleared WordPress drops it, with a line in the log.)
	 *
	 * @param bool $network_wide As WordPress says.
	 */
	public static function stop( bool $network_wide = false ): void {
		$network_wide ? self::on_every_site( self::clear( ... ) ) : self::clear();
	}

	private static function on_every_site( \Closure $work ): void {
		$sites = get_sites(
			[
				'fields'                 => 'ids',
				'number'                 => self::MOST_SITES,
				'network_id'             => get_current_network_id(),
				'update_site_meta_cache' => false,
			]
		);
		foreach ( $sites as $site ) {
			switch_to_blog( (int) $site );
			$work();
			restore_current_blog();
		}
	}
}
