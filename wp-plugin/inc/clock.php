<?php
/**
 * The time by which events wait, leases run out and retries fall due.
 *
 * One place, so that a test can let a week pass without waiting for it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR   = 60 * MINUTE;
const DAY    = 24 * HOUR;

/**
 * Milliseconds since 1970.
 *
 * Of PHP's clock: SQLite's has no fractions. Web servers whose clocks differ by seconds shift waits by those seconds; what
 * must never happen twice is decided by owner tokens and versions, not by time.
 */
function now_ms(): int {
	return (int) apply_filters( 'agile_bridge_now', (int) floor( microtime( true ) * 1000 ) );
}
