<?php
/**
 * One worker at a time empties the inbox: after an answer is out, from WP-Cron, or from the command line (../drain.php).
 *
 * Several contacts are under way at once while one is applied, so that the CRM's latency costs little. Being cut off at any
 * point loses nothing: claims are leases, and run out.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/requirements.php';
require_once __DIR__ . '/settings.php';
require_once __DIR__ . '/webhook.php';
require_once __DIR__ . '/run.php';
require_once __DIR__ . '/retention.php';

/** How long the drain is ours without a sign of life; renewed twice in that time. */
const DRAIN_LEASE = 20 * SECOND;

/** Contacts under way at once. */
const CONCURRENT_FETCHES = 8;

/**
 * How long a PHP worker of a web server may be spent on it: below the minute after which WP-Cron comes by, and below the
 * limits that hosts set on a request.
 */
const DRAIN_BUDGET = 50 * SECOND;

const SECONDS_BETWEEN_CLAIMS = 0.1;

/** How often a drain looks whether the admin has pressed *Pause*. */
const SECONDS_BETWEEN_LOOKS = 1;

/**
 * After an answer: drains if something is due, nobody does so already, and the client has what it wants.
 */
function drain_after_answer(): void {
	try {
		UserCount::refresh();
		$state = leases_state();
		$asked = null === crm_stopped( $state['crm'] ) || $state['crm']['until_at'] <= now_ms();
		if ( $state['drain_free'] && $asked && is_any_due() ) {
			drain( DRAIN_BUDGET );
		}
		// Somebody may have emptied WP-Cron's list; asking costs nothing, it is loaded anyway.
		schedule_drain();
	} catch ( \Throwable $error ) {
		log_error( $error );
	}
}

/**
 * Where no webhook came by. WP-Cron runs other plugins' events after ours: half of the budget.
 */
function drain_by_cron(): void {
	try {
		drain( intdiv( DRAIN_BUDGET, 2 ) );
	} catch ( \Throwable $error ) {
		log_error( $error );
	}
}

/**
 * Processes what is due, until nothing is or the time is up.
 *
 * @param int $budget Milliseconds, by the real clock.
 * @return int How many events were worked on; 0 also where another worker drains, or nothing may be processed now.
 */
function drain( int $budget ): int {
	require_schema();
	$connection = connection();
	if ( null !== extension_problem() || null === $connection || is_paused() || wp_fusion_answers() ) {
		return 0;
	}
	ignore_user_abort( true );
	if ( function_exists( 'set_time_limit' ) ) {
		// The budget is the limit; a batch of events must not be cut off by that of a page.
		set_time_limit( 0 );
	}
	$crm   = new \AgileBridge\AgileCrm( $connection );
	$end   = microtime( true ) + $budget / SECOND;
	$total = 0;
	$idle  = 0;
	do {
		$owner = new_owner();
		if ( ! take_lease( 'drain', $owner, DRAIN_LEASE ) ) {
			break;
		}
		$drain = new Drain( $owner, $crm, $end );
		try {
			$count  = without_wp_fusion( static fn(): ?int => $drain->run() );
			$total += (int) $count;
			$idle   = 0 === $count ? $idle + 1 : 0;
		} finally {
			$drain->release();
			release_lease( 'drain', $owner );
		}
		// What was stored while we were leaving saw the lease still taken, and relies on us.
	} while ( null !== $count && $idle < 2 && microtime( true ) < $end && ! is_paused() && is_any_due() );
	UserCount::refresh();
	remove_old_events();
	return $total;
}

/**
 * One run of the drain.
 */
final class Drain {

	/** @var list<Event> Claimed, not begun. */
	private array $claimed = [];

	private Fetches $fetches;

	private float $renewed;

	private float $looked;

	private int $count = 0;

	/** No more claims: the time is up, or the CRM is not to be asked any more. */
	private bool $closing = false;

	/** When to look for more events, of the real clock: there were none left a moment ago. */
	private float $claim_again = 0;

	/** @var array{until_at: int, failures: int, details: array<string, mixed>} Of the lease `crm`, as after the last event. */
	private array $crm_record = [ 'until_at' => 0, 'failures' => 0, 'details' => [] ];

	/**
	 * @param float $end Of the real clock, as microtime( true ).
	 */
	public function __construct( private readonly string $owner, private readonly \AgileBridge\AgileCrm $crm, private readonly float $end ) {
		$this->fetches = new Fetches( $crm );
		$this->renewed = microtime( true );
		$this->looked  = $this->renewed;
	}

	/**
	 * @return ?int How many events were worked on; null if the CRM must not be asked now, or not any more.
	 */
	public function run(): ?int {
		$concurrent = max( 1, (int) apply_filters( 'agile_bridge_concurrent_fetches', CONCURRENT_FETCHES ) );
		if ( ! crm_may_be_asked( $this->crm ) ) {
			return null;
		}
		$this->crm_record = lease_record( 'crm' );
		$this->run_delicate();
		while ( ! $this->is_stopped() && $this->renew() ) {
			$this->begin( $concurrent );
			if ( 0 === $this->fetches->count() ) {
				break;
			}
			$fetched = $this->fetches->next();
			// Before this one is applied, the next one leaves.
			$this->begin( $concurrent );
			$this->work( fn() => run_event( $fetched, $this->crm, $this->crm_record ) );
		}
		$this->closing = true;
		$this->release();
		// What is under way is in the CRM's hands for 3 seconds at most; it would only have to be fetched again.
		while ( $this->fetches->count() > 0 ) {
			$fetched = $this->fetches->next();
			$this->work( fn() => run_event( $fetched, $this->crm, $this->crm_record ) );
		}
		return $this->is_stopped() ? null : $this->count;
	}

	/**
	 * Whether the CRM must not be asked any more: it fails, or refuses us.
	 */
	private function is_stopped(): bool {
		return null !== crm_stopped( $this->crm_record );
	}

	/**
	 * Lets go of what was claimed and not begun.
	 */
	public function release(): void {
		$claimed       = $this->claimed;
		$this->claimed = [];
		release_events( $claimed );
	}

	/**
	 * Events whose worker died, one by one.
	 */
	private function run_delicate(): void {
		while ( ! $this->is_stopped() && $this->renew() ) {
			$event = claim_delicate();
			if ( null === $event ) {
				return;
			}
			if ( 'applied' === $event->state || 'return_password' === $event->action ) {
				$this->work( fn() => run_owed( $event, $this->crm ) );
				continue;
			}
			$this->fetches->begin( $event, identity_versions( [ $event->identity() ] ) );
			$fetched = $this->fetches->next();
			$this->work( fn() => run_event( $fetched, $this->crm, $this->crm_record ) );
		}
	}

	/**
	 * Keeps the fetches going, and claims more when less than half of a round is left.
	 */
	private function begin( int $concurrent ): void {
		$wants = ! $this->closing && count( $this->claimed ) < ( $concurrent + 1 ) / 2;
		if ( $wants && ( 0 === $this->fetches->count() || microtime( true ) >= $this->claim_again ) ) {
			$events = claim_due( $concurrent );
			if ( count( $events ) < $concurrent ) {
				// That was all; to look again at every event would cost more than the event.
				$this->claim_again = microtime( true ) + SECONDS_BETWEEN_CLAIMS;
			}
			foreach ( $events as $event ) {
				if ( 'return_password' === $event->action ) {
					// It needs no contact.
					$this->work( fn() => run_owed( $event, $this->crm ) );
				} else {
					$this->claimed[] = $event;
				}
			}
		}
		$room  = $concurrent - $this->fetches->count();
		$batch = $room > 0 ? array_splice( $this->claimed, 0, $room ) : [];
		if ( [] === $batch ) {
			return;
		}
		$versions = identity_versions( array_values( array_unique( array_map( static fn( Event $event ): string => $event->identity(), $batch ) ) ) );
		foreach ( $batch as $event ) {
			$this->fetches->begin( $event, [ $event->identity() => $versions[ $event->identity() ] ] );
		}
	}

	/**
	 * @return bool Whether there is time left, the drain is still ours, and nobody wants it to pause.
	 */
	private function renew(): bool {
		$now = microtime( true );
		if ( $now - $this->looked >= SECONDS_BETWEEN_LOOKS ) {
			$this->looked = $now;
			refresh_settings();
			if ( is_paused() ) {
				return false;
			}
		}
		if ( $now - $this->renewed > DRAIN_LEASE / SECOND / 2 ) {
			$this->renewed = $now;
			if ( ! renew_lease( 'drain', $this->owner, DRAIN_LEASE ) ) {
				return false;
			}
		}
		return $now < $this->end;
	}

	/**
	 * Works on one event. What even its own failure could not be noted of must not hold up the others: its lease runs out, and it
	 * is taken up alone; after five times it is dead.
	 *
	 * @param callable(): mixed $work
	 */
	private function work( callable $work ): void {
		try {
			$work();
		} catch ( \Throwable $error ) {
			log_error( $error );
		}
		$this->crm_record = lease_record( 'crm' );
		if ( 0 === ++$this->count % 100 ) {
			// What WordPress caches of thousands of users would fill the memory.
			wp_cache_flush_runtime();
			$GLOBALS['EZSQL_ERROR'] = [];
		}
	}
}
