<?php
/**
 * How many addresses that are nobody's are looked for in an hour.
 *
 * Whoever has an access key can name any address, and each that Agile CRM does not know costs four searches: they could use up
 * the account's requests of a day. So an address counts when its first search finds nothing, and no longer when a later one does
 * (searches trail behind writes). What is found, or is linked, never counts. Beyond the budget an address that is not linked waits
 * until the hour is over, uncounted; nothing is lost.
 *
 * State: the row `searches` of the leases, made when it is needed; `failures` counts, `until_at` is when the hour is over.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Crm;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\Log;

defined( 'ABSPATH' ) || exit;

final class SearchBudget {

	private const ADDRESSES = 600;

	/**
	 * @return int Milliseconds until an address that may be nobody's may be looked for; 0: now.
	 */
	public static function wait(): int {
		$record = Lease::record( 'searches' );
		return $record->failures < self::size() ? 0 : max( 0, $record->until_at - Clock::now() );
	}

	/**
	 * The first search for an address has found nothing.
	 */
	public static function spend(): void {
		$now = Clock::now();
		Database::execute(
			'INSERT INTO ' . Lease::table() . " (name, details, failures, until_at) VALUES ('searches', '', 1, %d)
				ON DUPLICATE KEY UPDATE failures = CASE WHEN until_at > %d THEN failures + 1 ELSE 1 END, until_at = CASE WHEN until_at > %d THEN until_at ELSE VALUES(until_at) END",
			$now + Clock::HOUR,
			$now,
			$now
		);
		if ( Lease::record( 'searches' )->failures === self::size() ) {
			Log::note( self::size() . ' e-mail addresses that Agile CRM does not know were named by webhooks within an hour. Those that name another one wait until the hour is over; none is lost. If you do not know who sends them, replace the access key.' );
		}
	}

	/**
	 * A later search has found the address after all.
	 */
	public static function give_back(): void {
		Database::execute( 'UPDATE ' . Lease::table() . " SET failures = failures - 1 WHERE name = 'searches' AND failures > 0 AND until_at > %d", Clock::now() );
	}

	private static function size(): int {
		return max( 1, (int) apply_filters( 'agile_bridge_hourly_searches', self::ADDRESSES ) );
	}
}
