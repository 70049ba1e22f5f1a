<?php
/**
 * The key of a user meta that counts on the site that wrote it: links.php says why.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\UserTables;

defined( 'ABSPATH' ) || exit;

final class SiteKey {

	/**
	 * The key as it is on a site by itself and on the first of a network; with the prefix of the site's tables on all others.
	 */
	public static function of( string $key ): string {
		global $wpdb;
		$prefix = $wpdb->get_blog_prefix();
		return $prefix !== $wpdb->base_prefix || UserTables::are_borrowed() ? $prefix . $key : $key;
	}
}
