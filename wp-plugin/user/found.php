<?php
/**
 * Who the user of a contact is.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final readonly class Found {

	/**
	 * @param ?\WP_User $user        Null where there is none yet.
	 * @param bool      $is_relinked Whether they were linked to another contact until now.
	 */
	public function __construct( public ?\WP_User $user, public bool $is_relinked = false ) {}
}
