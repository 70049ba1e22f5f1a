<?php
/**
 * One run of the drain, for as long as the lease is ours: claims what is due and keeps several contacts under way.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\AgileCrm;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Inbox\Claims;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Identities;
use AgileBridge\Plugin\Inbox\Progress;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class DrainRun {

	/** How long the drain is ours without a sign of life; renewed twice in that time. */
	public const LEASE = 20 * Clock::SECOND;

	/** Contacts under way at once. */
	private const CONCURRENT_FETCHES = 8;

	private const SECONDS_BETWEEN_CLAIMS = 0.1;

	/** A run ends after that, and the next one begins with what dead workers have left: also where there is always more to do. */
	private const LONGEST = 20 * Clock::SECOND;

	/** How often a drain looks whether the admin has pressed *Pause*, or saved another account or key. */
	private const SECONDS_BETWEEN_LOOKS = 1;

	/** @var list<Event> Claimed, not begun. */
	private array $claimed = [];

	private Fetches $fetches;

	private readonly int $began;

	private float $renewed;

	private float $looked;

	private int $count = 0;

	/** No more claims: the time is up, or the CRM is not to be asked any more. */
	private bool $closing = false;

	/** The admin has saved another account or key: what was asked of the former one counts no more. */
	private bool $is_outdated = false;

	/** When to look for more events, of the real clock: there were none left a moment ago. */
	private float $claim_again = 0;

	/** As after the last event. */
	private Breaker $breaker;

	private readonly Attempt $attempt;

	/**
	 * @param float $end Of the real clock, as microtime( true ).
	 */
	public function __construct( private readonly string $owner, private readonly AgileCrm $crm, private readonly float $end ) {
		$this->fetches = new Fetches( $crm );
		$this->attempt = new Attempt( $crm );
		$this->breaker = Breaker::closed();
		$this->began   = Clock::now();
		$this->renewed = microtime( true );
		$this->looked  = $this->renewed;
	}

	/**
	 * @return ?int How many events were worked on; null if the CRM must not be asked now, or not any more.
	 */
	public function run(): ?int {
		$concurrent = max( 1, (int) apply_filters( 'agile_bridge_concurrent_fetches', self::CONCURRENT_FETCHES ) );
		if ( ! Breaker::may_be_asked( $this->crm ) ) {
			return null;
		}
		$this->breaker = Breaker::read();
		$this->run_abandoned();
		while ( ! $this->is_stopped() && $this->renew() ) {
			if ( $this->begin( $concurrent ) && 0 === $this->fetches->count() ) {
				// All of it has to wait; others may be behind it.
				continue;
			}
			if ( 0 === $this->fetches->count() ) {
				// No contact waits: the time for one password.
				$event = Claims::due_password();
				if ( null === $event ) {
					break;
				}
				$this->pay( $event );
				continue;
			}
			$fetched = $this->fetches->next();
			// Before this one is written, the next one leaves.
			$this->begin( $concurrent );
			$this->attempt( $fetched );
		}
		$this->closing = true;
		if ( $this->is_outdated ) {
			array_push( $this->claimed, ...$this->fetches->abandon() );
		}
		Progress::release( array_splice( $this->claimed, 0 ) );
		// What is under way is in the CRM's hands for 3 seconds at most; it would only have to be fetched again.
		while ( $this->fetches->count() > 0 ) {
			$this->attempt( $this->fetches->next() );
		}
		return $this->is_stopped() ? null : $this->count;
	}

	/** Whether the CRM must not be asked any more: it fails, or refuses us. */
	private function is_stopped(): bool {
		return $this->breaker->is_open();
	}

	/**
	 * Lets go of all that was claimed and not attempted: the run is over, or cut off.
	 */
	public function release(): void {
		array_push( $this->claimed, ...$this->fetches->abandon() );
		Progress::release( array_splice( $this->claimed, 0 ) );
	}

	/**
	 * Events whose worker died, one by one.
	 */
	private function run_abandoned(): void {
		while ( ! $this->is_stopped() && $this->renew() ) {
			$event = Claims::abandoned();
			if ( null === $event ) {
				return;
			}
			if ( $event->is_only_owed() ) {
				$this->pay( $event );
				continue;
			}
			$is_begun = $this->fetches->begin( $event, Identities::versions( [ $event->identity() ] ) );
			$is_begun && $this->attempt( $this->fetches->next() );
		}
	}

	/**
	 * Keeps the fetches going, and claims more when less than half of a round is left. False where there was nothing to begin.
	 */
	private function begin( int $concurrent ): bool {
		$wants = ! $this->closing && count( $this->claimed ) < ( $concurrent + 1 ) / 2;
		if ( $wants && ( 0 === $this->fetches->count() || microtime( true ) >= $this->claim_again ) ) {
			$events = Claims::due( $concurrent );
			if ( count( $events ) < $concurrent ) {
				// That was all; to look again at every event would cost more than the event.
				$this->claim_again = microtime( true ) + self::SECONDS_BETWEEN_CLAIMS;
			}
			array_push( $this->claimed, ...$events );
		}
		$room  = $concurrent - $this->fetches->count();
		$batch = $room > 0 ? array_splice( $this->claimed, 0, $room ) : [];
		if ( [] === $batch ) {
			return false;
		}
		$versions = Identities::versions( array_values( array_unique( array_map( static fn( Event $event ): string => $event->identity(), $batch ) ) ) );
		foreach ( $batch as $event ) {
			$this->fetches->begin( $event, [ $event->identity() => $versions[ $event->identity() ] ] );
		}
		return true;
	}

	/**
	 * @return bool Whether there is time left, the drain is still ours, nobody wants it to pause, and the account is the same.
	 */
	private function renew(): bool {
		$now = microtime( true );
		$this->look();
		if ( $this->is_outdated || Settings::is_paused() ) {
			return false;
		}
		if ( $now - $this->renewed > self::LEASE / Clock::SECOND / 2 ) {
			$this->renewed = $now;
			if ( ! Lease::renew( 'drain', $this->owner, self::LEASE ) ) {
				return false;
			}
		}
		return $now < $this->end && Clock::now() - $this->began < self::LONGEST;
	}

	/**
	 * Whether the settings are still those with which this began.
	 */
	private function look(): void {
		$now = microtime( true );
		if ( $now - $this->looked >= self::SECONDS_BETWEEN_LOOKS ) {
			$this->looked      = $now;
			$this->is_outdated = ! Account::is_current( $this->crm );
		}
	}

	/**
	 * Works on what the CRM has answered; not if it is another account by now that should be asked.
	 */
	private function attempt( Fetched $fetched ): void {
		$this->look();
		if ( $this->is_outdated ) {
			$this->claimed[] = $fetched->event;
			return;
		}
		$this->work( $fetched->event, fn() => $this->attempt->run( $fetched, $this->breaker ) );
	}

	/**
	 * Works on what needs no contact; a password of one account is not for another.
	 */
	private function pay( Event $event ): void {
		$this->look();
		if ( $this->is_outdated ) {
			$this->claimed[] = $event;
			return;
		}
		$this->work( $event, fn() => $this->attempt->pay( $event ) );
	}

	/**
	 * Works on one event. What even its own failure could not be noted of must not hold up the others: its lease runs out, and it
	 * is taken up alone; after five times it is dead.
	 *
	 * @param callable(): mixed $work
	 */
	private function work( Event $event, callable $work ): void {
		try {
			UnderWay::during( $event, $work );
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
		$this->breaker = Breaker::read();
		if ( 0 === ++$this->count % 100 ) {
			// What WordPress caches of thousands of users would fill the memory.
			wp_cache_flush_runtime();
			$GLOBALS['EZSQL_ERROR'] = [];
		}
	}
}
