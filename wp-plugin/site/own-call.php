<?php
/**
 * One call of ours to a function of WordPress: whether a filter that runs meanwhile is applied by that very call.
 *
 * Callbacks of the site call the same functions inside of it (wp_update_user() in `profile_update`, wp_mail() in
 * `wp_mail_succeeded`). What they write is theirs: the filters that we set for our call must leave it alone.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final readonly class OwnCall {

	/** How many hooks WordPress is in when the call is made. */
	private int $depth;

	/**
	 * Right before the call.
	 */
	public function __construct() {
		$this->depth = count( $GLOBALS['wp_current_filter'] );
	}

	/**
	 * To be asked by a filter: whether only its own hook lies between the call and it.
	 */
	public function is_here(): bool {
		return $this->depth + 1 === count( $GLOBALS['wp_current_filter'] );
	}
}
