<?php
/**
 * The time by which events wait, leases run out and retries fall due.
 *
 * One place, so that a test can let a week pass without waiting for it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Clock {

	public const SECOND = 1000;

	public const MINUTE = 60 * self::SECOND;

	public const HOUR   = 60 * self::MINUTE;

	public const DAY    = 24 * self::HOUR;

	/**
	 * Milliseconds since 1970.
	 *
	 * Of PHP's clock: SQLite's has no fractions. Web servers whose clocks differ by seconds shift waits by those seconds; what
	 * must never happen twice is decided by owner tokens and versions, not by time.
	 */
	public static function now(): int {
		return (int) apply_filters( 'agile_bridge_now', (int) floor( microtime( true ) * 1000 ) );
	}
}
