<?php
/**
 * The walk over all linked users, for what no list of changes tells: where the account has none, and which contacts are gone.
 *
 * In laps, some users at each look, the longest unseen first: in the order of their ids, going on where the last walk ended,
 * and leaving out whom an event has seen since the lap began. Within a daily budget of requests. Where it is goes with the
 * lease `reconcile`: the day and what it has spent, the user after whom to go on, when the lap began.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\AgileCrm;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Crm\CrmError;
use AgileBridge\Plugin\Inbox\Inbox;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\Links;
use AgileBridge\Plugin\Work\GoneContact;

defined( 'ABSPATH' ) || exit;

final class Walk {

	/** Requests a day. */
	private const DAILY_REQUESTS = 2000;

	private const CONCURRENT_FETCHES = 8;

	/** When it began; milliseconds since 1970. */
	private readonly int $now;

	/** How many events were stored. */
	private int $stored = 0;

	private int $under_way = 0;

	/** The first user about whom the CRM could not tell; PHP_INT_MAX while there is none. */
	private int $not_seen = PHP_INT_MAX;

	private bool $is_outdated = false;

	private Breaker $breaker;

	public function __construct( private readonly AgileCrm $crm ) {
		$this->now     = Clock::now();
		$this->breaker = Breaker::read();
	}

	/**
	 * @return int How many events were stored.
	 */
	public function take(): int {
		$record = Lease::record( 'reconcile' )->details;
		$day    = gmdate( 'Y-m-d', intdiv( $this->now, Clock::SECOND ) );
		$spent  = ( $record['day'] ?? '' ) === $day ? (int) ( $record['spent'] ?? 0 ) : 0;
		$after  = (int) ( $record['after'] ?? 0 );
		$lap    = (int) ( $record['lap'] ?? $this->now );
		$budget = max( 0, (int) apply_filters( 'agile_bridge_daily_requests', self::DAILY_REQUESTS ) );
		$links  = $budget <= $spent ? [] : Links::after( $after, min( $budget - $spent, max( 1, intdiv( $budget, 24 ) ) ) );
		$seen   = Inbox::finished_among( array_column( $links, 'contact_id' ), $lap );
		foreach ( $links as $link ) {
			$after = (int) $link->user_id;
			// A link may be anything that somebody once wrote there.
			if ( Links::is_contact_id( (string) $link->contact_id ) && ! in_array( $link->contact_id, $seen, true ) ) {
				$this->crm->begin( "{$link->user_id} {$link->contact_id}", (string) $link->contact_id, null );
				++$this->under_way;
				++$spent;
			}
			$this->await_fewer_than( self::CONCURRENT_FETCHES );
			if ( $this->is_outdated || ( PHP_INT_MAX !== $this->not_seen && $this->breaker->is_open() ) ) {
				break;
			}
		}
		$this->await_fewer_than( 1 );
		// Through with all: the next walk is a new lap.
		$is_through = [] === $links && $budget > $spent && PHP_INT_MAX === $this->not_seen;
		Lease::keep(
			'reconcile',
			[
				'day'   => $day,
				'spent' => $spent,
				// Whom the CRM could not tell us about is the first of the next walk.
				'after' => $is_through ? 0 : min( $after, $this->not_seen - 1 ),
				'lap'   => $is_through ? $this->now : $lap,
			] + $record
		);
		return $this->stored;
	}

	private function await_fewer_than( int $count ): void {
		while ( $this->under_way >= $count ) {
			$fetched = (array) $this->crm->next();
			--$this->under_way;
			[ $user_id, $contact_id ] = explode( ' ', (string) $fetched['key'] );
			if ( ! Account::is_current( $this->crm ) ) {
				// An admin has saved another account or key meanwhile: what this one tells counts no more.
				$this->is_outdated = true;
				$this->not_seen    = min( $this->not_seen, (int) $user_id );
				continue;
			}
			if ( isset( $fetched['contact'] ) ) {
				$this->note_well();
				$this->stored += News::store( [ Contact::of_record( $fetched['contact'] ) ], $this->now );
				continue;
			}
			$error = Breaker::verified( CrmError::of_fetch( $fetched ), $this->crm );
			if ( 'contact_not_found' === $error->code ) {
				$this->note_well();
				GoneContact::mind_quietly( $contact_id );
				continue;
			}
			if ( 'crm_unauthorized' === $error->code || $error->is_outage ) {
				$this->not_seen = min( $this->not_seen, (int) $user_id );
			}
			// (Else it is about this contact alone, which must not keep the walk from the others.)
			Breaker::note_error( $error, $this->crm );
			$this->breaker = Breaker::read();
		}
	}

	private function note_well(): void {
		$this->breaker->note_well( $this->crm );
		$this->breaker = Breaker::closed();
	}
}
