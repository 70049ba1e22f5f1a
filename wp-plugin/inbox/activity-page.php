<?php
/**
 * Some events, the newest first, and where the older ones begin.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

defined( 'ABSPATH' ) || exit;

final readonly class ActivityPage {

	/**
	 * @param list<ActivityRow> $events
	 * @param int               $before What older ones are below; 0 where there are none.
	 */
	public function __construct( public array $events, public int $before ) {}
}
