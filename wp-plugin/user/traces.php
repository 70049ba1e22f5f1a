<?php
/**
 * What this plugin has stored with users on this site, to be removed when it is uninstalled and the admin wants that.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\WpFusion;

defined( 'ABSPATH' ) || exit;

final class Traces {

	/** Rows of one statement. */
	private const BATCH = 5000;

	/**
	 * Links and tags are WP Fusion's too, under the same keys: while it is active they stay. Past WordPress' own functions, which
	 * would read the ids of all rows first and fire an action for each.
	 *
	 * @param list<string> $more Keys of other rooms.
	 */
	public static function remove( array $more ): void {
		global $wpdb;
		$is_shared = WpFusion::is_active() || WpFusion::is_lite_active();
		$keys      = [ Ownership::key(), TagRoles::key(), NewUser::MARK, ...$more, ...( $is_shared ? [] : [ Links::key(), Tags::key() ] ) ];
		foreach ( $keys as $key ) {
			do {
				$removed = Database::execute( "DELETE FROM {$wpdb->usermeta} WHERE meta_key = %s LIMIT " . self::BATCH, $key );
			} while ( $removed >= self::BATCH );
		}
		// What is cached of users holds it still.
		wp_cache_flush();
	}
}
