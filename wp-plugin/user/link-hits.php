<?php
/**
 * What the index of links told.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final readonly class LinkHits {

	/**
	 * @param list<object> $links   `user_id` and `contact_id` of links that there may be; not yet compared with user meta.
	 * @param bool         $are_all Whether there can be no others.
	 */
	public function __construct( public array $links, public bool $are_all ) {}
}
