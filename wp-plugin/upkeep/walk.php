<?php
/**
 * The walk over all linked users, for what no list of changes tells: where the account has none, and which contacts are gone.
 *
 * In laps, some users at each look, the longest unseen first: in the order of their ids, going on where the last walk ended,
 * and leaving out whom an event has seen since the lap began. Within a daily budget of requests. Where it is goes with the
 * lease `reconcile`: the day and what it has spent, the user after whom to go on, when the lap began.
 *
 * One contact that always fails must not hold up all behind it: it is held back alone, and asked for again at the end of the
 * next looks. Only while the CRM is stopped (crm/breaker.php) the walk stands where it is; and neither lasts more than
 * three looks.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\AgileCrm;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Crm\CrmError;
use AgileBridge\Plugin\Inbox\History;
use AgileBridge\Plugin\Inbox\Identities;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\LinkIndex;
use AgileBridge\Plugin\User\Links;
use AgileBridge\Plugin\Work\GoneContact;

defined( 'ABSPATH' ) || exit;

final class Walk {

	/** Requests a day. */
	private const DAILY_REQUESTS = 2000;

	private const CONCURRENT_FETCHES = 8;

	/** How often a contact that fails is asked for in a lap, each time at another look. */
	private const LOOKS = 3;

	/** Contacts held back at once; they are asked for besides, so no more than a few. */
	private const MOST_HELD = 4;

	/** When it began; milliseconds since 1970. */
	private readonly int $now;

	/** How many events were stored. */
	private int $stored = 0;

	private int $under_way = 0;

	/** @var array<int, true> The users about whom the CRM could not tell. */
	private array $failed = [];

	/** @var array<int, true> Those about whom it did tell, or need not be asked. */
	private array $answered = [];

	private bool $is_outdated = false;

	private Breaker $breaker;

	/**
	 * @param Witnesses $witnesses Who hear what is fetched.
	 */
	public function __construct( private readonly AgileCrm $crm, private readonly Witnesses $witnesses ) {
		$this->now     = Clock::now();
		$this->breaker = Breaker::read();
	}

	/**
	 * @return int How many events were stored.
	 */
	public function take(): int {
		$record = LookRecord::read();
		$day    = gmdate( 'Y-m-d', intdiv( $this->now, Clock::SECOND ) );
		$spent  = ( $record['day'] ?? '' ) === $day ? (int) ( $record['spent'] ?? 0 ) : 0;
		$after  = (int) ( $record['after'] ?? 0 );
		$lap    = (int) ( $record['lap'] ?? $this->now );
		$budget = max( 0, (int) apply_filters( 'agile_bridge_daily_requests', self::DAILY_REQUESTS ) );
		$held   = array_filter( (array) ( $record['held'] ?? [] ), 'is_int' );
		$links  = $budget <= $spent ? [] : Links::after( $after, min( $budget - $spent, max( 1, intdiv( $budget, 24 ) ) ) );
		$seen   = History::finished_among( array_column( $links, 'contact_id' ), $lap );
		foreach ( $links as $link ) {
			$after = (int) $link->user_id;
			if ( ! in_array( $link->contact_id, $seen, true ) ) {
				$spent += $this->ask_for( (int) $link->user_id, (string) $link->contact_id );
			}
			if ( $this->is_stopped() ) {
				break;
			}
		}
		foreach ( array_diff( array_keys( $held ), array_map( 'intval', array_column( $links, 'user_id' ) ) ) as $user_id ) {
			if ( $spent < $budget && ! $this->is_stopped() ) {
				$spent += $this->ask_for( $user_id, Links::contact_of( $user_id ) );
			}
		}
		$this->await_fewer_than( 1 );
		if ( $this->is_outdated ) {
			// The next look is the other account's, and forgets where this one was.
			return $this->stored;
		}
		// Through with all: the next walk is a new lap.
		$is_through = [] === $links && $budget > $spent && ! $this->is_stopped();
		$stands     = $this->is_stopped() ? $this->standing( $record, $held ) : [];
		LookRecord::change(
			[
				'day'   => $day,
				'spent' => $spent,
				'after' => $is_through ? 0 : min( $after, $stands['at'] ?? $after ),
				'lap'   => $is_through ? $this->now : $lap,
				'held'  => $this->held_back( $held ),
				'stood' => $stands,
			] + ( $is_through ? $this->full_look( $record, $lap ) : [] )
		);
		return $this->stored;
	}

	/**
	 * All have been seen since the lap began: a list need not go back further.
	 *
	 * @param array<string, mixed> $record
	 * @param int                  $lap    When it began.
	 * @return array<string, int>
	 */
	private function full_look( array $record, int $lap ): array {
		$full = [ 'full' => $this->now ];
		return isset( $record['cursor'], $record['since'] ) ? $full : $full + [ 'since' => max( $lap, (int) ( $record['since'] ?? 0 ) ) ];
	}

	/**
	 * @param string $contact_id As the link has it: it may be anything that somebody once wrote there.
	 * @return int How many requests that takes.
	 */
	private function ask_for( int $user_id, string $contact_id ): int {
		if ( ! LinkIndex::is_contact_id( $contact_id ) ) {
			$this->answered[ $user_id ] = true;
			return 0;
		}
		$this->crm->begin( "$user_id $contact_id", $contact_id, null );
		++$this->under_way;
		$this->await_fewer_than( self::CONCURRENT_FETCHES );
		return 1;
	}

	/**
	 * Whether the CRM must not be asked any more, since it failed here, or is another account's by now.
	 */
	private function is_stopped(): bool {
		return $this->is_outdated || ( [] !== $this->failed && $this->breaker->is_open() );
	}

	/**
	 * Where a walk that was stopped stands: before the first whom the CRM could not tell us about. Nowhere after so many looks.
	 *
	 * @param array<string, mixed> $record
	 * @param array<int, int>      $held
	 * @return array{at?: int, looks?: int}
	 */
	private function standing( array $record, array $held ): array {
		$failed = array_keys( array_diff_key( $this->failed, $held ) );
		$at     = [] === $failed ? PHP_INT_MAX : min( $failed ) - 1;
		$looks  = 1 + ( ( $record['stood']['at'] ?? null ) === $at ? (int) $record['stood']['looks'] : 0 );
		return $looks < self::LOOKS && PHP_INT_MAX !== $at ? [
			'at'    => $at,
			'looks' => $looks,
		] : [];
	}

	/**
	 * Who is asked for again at the end of the next walk.
	 *
	 * @param array<int, int> $held User ids, and at how many looks they have failed.
	 * @return array<int, int> The same, as it is now.
	 */
	private function held_back( array $held ): array {
		$held = array_diff_key( $held, $this->answered );
		if ( ! $this->is_stopped() ) {
			foreach ( array_keys( $this->failed ) as $user_id ) {
				$held[ $user_id ] = 1 + ( $held[ $user_id ] ?? 0 );
			}
		}
		return array_slice( array_filter( $held, static fn( int $looks ): bool => $looks < self::LOOKS ), 0, self::MOST_HELD, true );
	}

	private function await_fewer_than( int $count ): void {
		while ( $this->under_way >= $count ) {
			$fetched = (array) $this->crm->next();
			--$this->under_way;
			[ $user_id, $contact_id ] = explode( ' ', (string) $fetched['key'] );
			if ( ! Account::is_current( $this->crm ) ) {
				// An admin has saved another account or key meanwhile: what this one tells counts no more.
				$this->is_outdated = true;
				continue;
			}
			$this->answered[ (int) $user_id ] = true;
			if ( isset( $fetched['contact'] ) ) {
				$this->note_well();
				$contact = Contact::of_record( $fetched['contact'] );
				$this->witnesses->hear( $contact );
				// (Who is linked elsewhere meanwhile is told by what is read of the user.)
				$link          = (object) [ 'user_id' => $user_id, 'contact_id' => $contact_id ];
				$this->stored += News::store( [ $contact ], $this->now, [ $link ] );
				continue;
			}
			$error = Breaker::verified( CrmError::of_fetch( $fetched ), $this->crm );
			if ( 'contact_not_found' === $error->code ) {
				$this->note_well();
				GoneContact::mind_quietly( $contact_id );
				continue;
			}
			if ( 'crm_unauthorized' === $error->code || $error->is_outage ) {
				$this->failed[ (int) $user_id ] = true;
				unset( $this->answered[ (int) $user_id ] );
			}
			// (Else it is about this contact alone, which must not keep the walk from the others.)
			Breaker::note_error( $error, $this->crm, Identities::of_contact( $contact_id ) );
			$this->breaker = Breaker::read();
		}
	}

	private function note_well(): void {
		$this->breaker->note_well( $this->crm );
		$this->breaker = Breaker::closed();
	}
}
