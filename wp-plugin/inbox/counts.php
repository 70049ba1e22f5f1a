<?php
/**
 * How many events there are in each state, as far as it is worth counting.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

defined( 'ABSPATH' ) || exit;

final readonly class Counts {

	/** What is more is not counted: on a large site that would read all events for each screen. */
	public const MOST = 1000;

	/**
	 * Each at most one more than MOST. By their states in the table: see event.php.
	 *
	 * @param int $passwords Generated passwords that were given up: they are wiped, so nobody can replay them.
	 */
	public function __construct(
		public int $waiting = 0,
		public int $running = 0,
		public int $applied = 0,
		public int $done = 0,
		public int $dead = 0,
		public int $passwords = 0,
	) {}

	/**
	 * All that is not finished.
	 */
	public function open(): int {
		return $this->waiting + $this->running + $this->applied;
	}
}
