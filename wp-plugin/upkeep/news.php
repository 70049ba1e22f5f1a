<?php
/**
 * Contacts that have changed while no webhook told: those whose users would change become events.
 *
 * A change that we have not seen is one that would change the user: the contact is compared as an event would write it, and only
 * then an event is stored. Users are never made this way: whether a contact should be a user, only a webhook says.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\Plugin\Inbox\History;
use AgileBridge\Plugin\Inbox\Inbox;
use AgileBridge\Plugin\Inbox\Webhook;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Stats;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\Links;
use AgileBridge\Plugin\User\Membership;
use AgileBridge\Plugin\User\Users;
use AgileBridge\Plugin\Work\Planning;
use AgileBridge\Plugin\Work\UnderWay;

defined( 'ABSPATH' ) || exit;

final class News {

	/** A webhook may be under way for up to a minute: what changed within this time is left to it, and to the next look. */
	private const WEBHOOK_ON_ITS_WAY = 2 * Clock::MINUTE;

	/** Contacts that code of the site cannot bear, and that are passed by for a day. */
	private const MOST_SKIPPED = 20;

	/** The contact that is compared with its user at this moment. */
	private static string $at_hand = '';

	/** @var array<string, Webhook> What is to be stored of the page at hand. */
	private static array $found = [];

	/** @var list<string> Those that are not compared today. */
	private static array $skipped = [];

	/**
	 * Runs a look. Code of the site that ends PHP at one contact shall not end each look there.
	 *
	 * @param callable(): int $look
	 */
	public static function during( callable $look ): int {
		$skips         = (array) ( LookRecord::read()['skips'] ?? [] );
		self::$skipped = ( $skips['day'] ?? '' ) === self::today() ? array_map( 'strval', (array) ( $skips['ids'] ?? [] ) ) : [];
		self::$at_hand = '';
		self::$found   = [];
		UnderWay::hold( self::skip_at_hand( ... ) );
		try {
			return $look();
		} finally {
			UnderWay::hold( null );
		}
	}

	private static function skip_at_hand(): void {
		if ( '' !== self::$at_hand ) {
			$ids = array_slice( [ ...self::$skipped, self::$at_hand ], -self::MOST_SKIPPED );
			LookRecord::change( [ 'skips' => [ 'day' => self::today(), 'ids' => $ids ] ] );
			self::store_found();
		}
	}

	private static function today(): string {
		return gmdate( 'Y-m-d', intdiv( Clock::now(), Clock::SECOND ) );
	}

	/**
	 * @param list<Contact> $contacts
	 * @param int           $now      When the look began; milliseconds since 1970.
	 * @param ?list<object> $links    Who is linked to them, `user_id` and `contact_id`, where that is known already.
	 * @return int How many events were stored.
	 */
	public static function store( array $contacts, int $now, ?array $links = null ): int {
		// Seconds, as the CRM counts.
		$quiet    = array_filter( $contacts, static fn( Contact $contact ): bool => 1000 * $contact->updated_time <= $now - self::WEBHOOK_ON_ITS_WAY );
		$contacts = array_column( $quiet, null, 'id' );
		if ( [] === $contacts ) {
			return 0;
		}
		$ids    = array_map( 'strval', array_keys( $contacts ) );
		$linked = $links ?? Links::to( $ids );
		$users  = array_map( 'intval', array_column( $linked, 'user_id' ) );
		Users::read_anew( $users );
		$open = array_flip( History::open_among( $ids ) );
		foreach ( $linked as $link ) {
			$contact = $contacts[ $link->contact_id ] ?? null;
			if ( null !== $contact && ! isset( $open[ $link->contact_id ] ) && self::is_news( $contact, (int) $link->user_id ) ) {
				self::$found[ $contact->id ] = new Webhook( 'update', $contact->id, origin: 'reconcile' );
			}
		}
		Users::let_go( $users );
		return self::store_found();
	}

	private static function store_found(): int {
		$stored      = count( self::$found );
		$webhooks    = array_values( self::$found );
		self::$found = [];
		Inbox::store_all( $webhooks );
		Stats::count_repaired( $stored );
		return $stored;
	}

	/**
	 * Whether an event of this contact would change the user, as read just now.
	 */
	private static function is_news( Contact $contact, int $user_id ): bool {
		$user = get_userdata( $user_id );
		if ( false === $user || Links::contact_of( $user_id ) !== $contact->id || 'PERSON' !== $contact->type || in_array( $contact->id, self::$skipped, true ) || ! Membership::has( $user ) ) {
			return false;
		}
		self::$at_hand = $contact->id;
		try {
			return Planning::would_change( $user, $contact );
		} catch ( \Throwable $error ) {
			// It cannot be written; an event would only say so.
			return false;
		} finally {
			self::$at_hand = '';
		}
	}
}
