<?php
/**
 * The time that a look is about: what changed in it, the CRM is asked to list.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\Plugin\Site\Clock;

defined( 'ABSPATH' ) || exit;

final readonly class Window {

	/** Searches trail behind writes by seconds, and clocks differ: so young a change may be missing with good reason. */
	private const SETTLED = 2 * Clock::MINUTE;

	/**
	 * @param int $from  Milliseconds since 1970.
	 * @param int $until The same: when the look began.
	 */
	public function __construct( public int $from, public int $until ) {}

	/**
	 * The moment up to which a list has to be complete.
	 */
	public function settled(): int {
		return $this->until - self::SETTLED;
	}

	/**
	 * Whether a change at this time has to be on a complete list of the window.
	 *
	 * @param int $seconds Since 1970, as the CRM counts; cut off, so that the first second is not sure.
	 */
	public function must_list( int $seconds ): bool {
		return Clock::SECOND * $seconds > $this->from && Clock::SECOND * $seconds <= $this->settled();
	}
}
