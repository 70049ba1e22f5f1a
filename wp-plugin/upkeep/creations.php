<?php
/**
 * Missed creations, if the admin wants them made good: contacts that were created since the switch was set and for whom no `add`
 * came become users, as by an `add` with nothing else in it. Never those that are older than the switch.
 *
 * They are on no list of changes: who was never changed since they were created has no time of change. So all contacts are
 * read, the newest first, down to those of the look before.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\AgileCrm;
use AgileBridge\PageTooHeavy;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Inbox\History;
use AgileBridge\Plugin\Inbox\Inbox;
use AgileBridge\Plugin\Inbox\Webhook;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\Stats;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\Links;

defined( 'ABSPATH' ) || exit;

final class Creations {

	/** Lists trail behind writes, and clocks differ: each look begins this much before the last one. */
	private const OVERLAP = 10 * Clock::MINUTE;

	/** At a look; what is left is for the next one. */
	private const MOST_PAGES = 50;

	/**
	 * @return int How many events were stored.
	 * @throws \AgileBridge\Exception Where the CRM does not list.
	 */
	public static function look( AgileCrm $crm ): int {
		$switched = Settings::stored()->missed_creations_since;
		if ( 0 === $switched ) {
			return 0;
		}
		$now    = Clock::now();
		$record = (array) ( LookRecord::read()['created'] ?? [] );
		$since  = (int) ( $record['since'] ?? $switched );
		$window = new Window( max( $switched, $since - self::OVERLAP ), (int) ( $record['began'] ?? $now ) );
		$pages  = new Pages( $crm->newestContacts( ... ), isset( $record['cursor'] ) ? (string) $record['cursor'] : null );
		$stored = 0;
		try {
			for ( $page = 1; $page <= self::MOST_PAGES; $page++ ) {
				$contacts = $pages->next();
				if ( ! Account::is_current( $crm ) ) {
					// An admin has saved another account or key meanwhile: the next look is that one's.
					return $stored;
				}
				$stored  += self::store( $contacts, new Window( $window->from, $now ) );
				if ( null === $pages->cursor() || self::are_older( $contacts, $window ) ) {
					LookRecord::change( [ 'created' => [ 'since' => $window->until ] ] );
					break;
				}
				LookRecord::change( [ 'created' => self::place( $since, $window->until, $pages->cursor() ) ] );
			}
		} catch ( PageTooHeavy $heavy ) {
			// The next look begins anew: no cursor is kept that leads nowhere.
			LookRecord::change( [ 'created' => [ 'since' => $since ] ] );
			throw $heavy;
		}
		return $stored;
	}

	/**
	 * Whether all of a page are: one that is out of order does not end the list, nor does a page whose contacts were left out.
	 *
	 * @param list<Contact> $contacts
	 */
	private static function are_older( array $contacts, Window $window ): bool {
		$newest = max( [ 0, ...array_column( $contacts, 'created_time' ) ] );
		return [] !== $contacts && Clock::SECOND * $newest < $window->from;
	}

	/**
	 * @return array{since: int, began: int, cursor: string} Where the next look goes on.
	 */
	private static function place( int $since, int $began, string $cursor ): array {
		return [
			'since'  => $since,
			'began'  => $began,
			'cursor' => $cursor,
		];
	}

	/**
	 * @param list<Contact> $contacts
	 * @return int How many events were stored.
	 */
	private static function store( array $contacts, Window $window ): int {
		$new = array_filter( $contacts, static fn( Contact $contact ): bool => 'PERSON' === $contact->type && $window->must_list( $contact->created_time ) );
		$ids = array_column( $new, 'id' );
		if ( [] === $ids ) {
			return 0;
		}
		$known  = [ ...array_column( Links::to( $ids ), 'contact_id' ), ...History::open_or_added_among( $ids ) ];
		$missed = array_diff( $ids, array_map( 'strval', $known ) );
		Inbox::store_all( array_values( array_map( static fn( string $id ): Webhook => new Webhook( 'add', $id, origin: 'reconcile' ), $missed ) ) );
		Stats::count_repaired( count( $missed ) );
		return count( $missed );
	}
}
