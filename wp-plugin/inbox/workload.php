<?php
/**
 * What there is to do, and whether it may be done now: one question to the database, also where there is nothing.
 *
 * WP-Cron asks it every minute, a service every second, and every webhook once it is answered.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\LeaseRecord;
use AgileBridge\Plugin\Site\Primary;

defined( 'ABSPATH' ) || exit;

final readonly class Workload {

	/**
	 * @param bool        $is_due        Whether an event waits whose time has come, or one whose worker died.
	 * @param bool        $is_old        Whether something is to leave: see retention.php.
	 * @param bool        $has_kept      Whether requests are kept unread: see reading.php.
	 * @param bool        $is_drain_free Whether nobody drains.
	 * @param LeaseRecord $crm           What is known of the CRM.
	 */
	private function __construct( public bool $is_due, public bool $is_old, public bool $has_kept, public bool $is_drain_free, public LeaseRecord $crm ) {}

	public static function read(): self {
		try {
			return Primary::during( self::read_here( ... ) );
		} catch ( Failure $failure ) {
			// A restored backup may lack that one table, and no webhook makes it; of any other they do.
			KeptRequests::make_table();
			return Primary::during( self::read_here( ... ) );
		}
	}

	private static function read_here(): self {
		[ $events, $kept, $leases, $now ] = [ Tables::events(), KeptRequests::table(), Lease::table(), Clock::now() ];
		$row = Database::rows(
			"SELECT c.until_at, c.failures, c.details, d.until_at AS drained_until, r.until_at AS cleaned_until,
				(SELECT id FROM $events WHERE state = 'waiting' AND due_at <= %d LIMIT 1) AS due,
				(SELECT id FROM $events WHERE state IN ('running', 'applied') AND lease_until <= %d LIMIT 1) AS abandoned,
				(SELECT id FROM $events WHERE state = 'done' AND updated_at < %d LIMIT 1) AS old_done,
				(SELECT id FROM $events WHERE state = 'dead' AND updated_at < %d LIMIT 1) AS old_dead,
				(SELECT id FROM $kept LIMIT 1) AS kept, (SELECT MAX(id) FROM $events) AS last, (SELECT MIN(id) FROM $events) AS first
				FROM $leases c LEFT JOIN $leases d ON d.name = 'drain' LEFT JOIN $leases r ON r.name = 'cleanup' WHERE c.name = 'crm'",
			$now,
			$now,
			$now - Retention::days_of_done() * Clock::DAY,
			$now - Retention::days_of_dead() * Clock::DAY
		)[0] ?? null;
		if ( null === $row || null === $row->drained_until || null === $row->cleaned_until ) {
			// Somebody has emptied the table; without its rows nothing would ever be drained.
			Lease::insert_all();
		}
		$cleaned = (int) ( $row->cleaned_until ?? 0 );
		// How many there are the ids only hint at. To count them is dear, so that is left to once an hour.
		$is_many = null !== $row && (int) $row->last - (int) $row->first >= Retention::most_events() && $cleaned <= $now - Clock::HOUR;
		return new self(
			// Of a table that was empty nothing is known: as if there were.
			is_due: null === $row || isset( $row->due ) || isset( $row->abandoned ),
			is_old: null !== $row && ( $is_many || ( $cleaned <= $now && ( isset( $row->old_done ) || isset( $row->old_dead ) ) ) ),
			has_kept: isset( $row->kept ),
			is_drain_free: (int) ( $row->drained_until ?? 0 ) <= $now,
			crm: LeaseRecord::of_row( $row ),
		);
	}
}
