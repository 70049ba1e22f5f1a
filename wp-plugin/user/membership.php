<?php
/**
 * Whether a user belongs to this site of a network. Everybody does where there is no network.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Membership {

	/**
	 * is_user_member_of_blog() denies it to everybody on a site that is archived.
	 */
	public static function has( \WP_User $user ): bool {
		global $wpdb;
		return ! is_multisite() || metadata_exists( 'user', $user->ID, $wpdb->get_blog_prefix() . 'capabilities' );
	}

	/**
	 * Beside the roles that they have got here already: a forum gives its own as soon as a user is made.
	 *
	 * @param string $role Its slug, '' for none.
	 * @throws Failure If the site refuses the member.
	 */
	public static function join( int $user_id, string $role ): void {
		$others = ( new \WP_User( $user_id ) )->roles;
		$joined = add_user_to_blog( get_current_blog_id(), $user_id, $role );
		if ( is_wp_error( $joined ) ) {
			throw new Failure( 422, 'rejected_by_site', 'Code of the site refuses this user as a member of the site.' );
		}
		foreach ( $others as $other ) {
			( new \WP_User( $user_id ) )->add_role( $other );
		}
	}
}
