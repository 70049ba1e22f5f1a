<?php
/**
 * One worker at a time empties the inbox: after an answer is out, from WP-Cron, or from the command line (../drain.php).
 *
 * Several contacts are under way at once while one is written, so that the CRM's latency costs little. Being cut off at any
 * point loses nothing: claims are leases, and run out.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Inbox\Retention;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Inbox\Workload;
use AgileBridge\Plugin\Site\Callbacks;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Host;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Primary;
use AgileBridge\Plugin\Site\Schedule;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\Stats;
use AgileBridge\Plugin\Site\WpFusion;
use AgileBridge\Plugin\User\NewUser;

defined( 'ABSPATH' ) || exit;

final class Drain {

	/**
	 * How long a PHP worker of a web server may be spent on it: below the minute after which WP-Cron comes by, and below the
	 * limits that hosts set on a request.
	 */
	private const BUDGET = 50 * Clock::SECOND;

	/**
	 * After an answer: drains if something is due, nobody does so already, and the caller does not have to wait for it.
	 *
	 * @param bool $caller_is_gone Else cron does it.
	 */
	public static function after_answer( bool $caller_is_gone = true ): void {
		try {
			NewUser::refresh_count();
			if ( $caller_is_gone ) {
				$workload = Workload::read();
				$breaker  = Breaker::of( $workload->crm );
				$may_ask  = ! $breaker->is_open() || $breaker->probe_at <= Clock::now();
				if ( $workload->is_drain_free && $may_ask && $workload->is_due ) {
					self::run( self::BUDGET );
				}
			}
			// Somebody may have emptied WP-Cron's list; asking costs nothing, it is loaded anyway.
			Schedule::ensure();
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}

	/**
	 * Where no webhook came by. WP-Cron runs other plugins' events after ours: half of the budget.
	 */
	public static function by_cron(): void {
		if ( ! Schema::was_ever_there() ) {
			return;
		}
		$time_limit = (int) ini_get( 'max_execution_time' );
		try {
			if ( self::run( intdiv( self::BUDGET, 2 ) ) > 0 ) {
				// Who could not, and can now.
				Stats::note_cron_php();
			}
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
		// Others' jobs follow.
		Database::restore_lock_waits();
		Host::call( 'set_time_limit', $time_limit );
	}

	/**
	 * Processes what is due, until nothing is or the time is up.
	 *
	 * @param int $budget Milliseconds, by the real clock.
	 * @return int How many events were worked on; 0 also where another worker drains, or nothing may be processed now.
	 */
	public static function run( int $budget ): int {
		Primary::is_wanted();
		Schema::bring_up_to_date();
		if ( null !== Extension::problem() || null === Account::client() || Settings::is_paused() || WpFusion::answers() ) {
			return 0;
		}
		$workload = Workload::read();
		$breaker  = Breaker::of( $workload->crm );
		// A CRM that was left in peace is asked again also where nothing waits: the dashboard says that it does not answer.
		if ( ! $workload->is_due && ! ( $breaker->is_open() && $breaker->probe_at <= Clock::now() ) ) {
			if ( $workload->is_old ) {
				Retention::remove_old();
			}
			return 0;
		}
		Host::outlive_caller();
		// The budget is the limit; a batch of events must not be cut off by that of a page.
		Host::call( 'set_time_limit', 0 );
		$end   = microtime( true ) + $budget / Clock::SECOND;
		$total = 0;
		$idle  = 0;
		do {
			$owner = Lease::new_owner();
			// Made anew each time: a run ends when an admin saves another account or key, and the next one goes on with that.
			$crm = Account::client();
			if ( null === $crm || ! Lease::take( 'drain', $owner, DrainRun::LEASE ) ) {
				break;
			}
			$drain   = new DrainRun( $owner, $crm, $end );
			$release = static function () use ( $drain, $owner ): void {
				$drain->release();
				Lease::release( 'drain', $owner );
			};
			UnderWay::hold( $release );
			try {
				$count  = WpFusion::detached( static fn(): ?int => Callbacks::contained( static fn(): ?int => $drain->run() ) );
				$total += (int) $count;
				$idle   = 0 === $count ? $idle + 1 : 0;
			} finally {
				UnderWay::hold( null );
				$release();
			}
			// What was stored while we were leaving saw the lease still taken, and relies on us.
		} while ( null !== $count && $idle < 2 && microtime( true ) < $end && ! Settings::is_paused() && Workload::read()->is_due );
		NewUser::refresh_count();
		Retention::remove_old();
		return $total;
	}
}
