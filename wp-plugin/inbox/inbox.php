<?php
/**
 * The inbox: every authentic, well-formed webhook becomes a row before anything else happens, so that nothing is ever lost.
 *
 * At most one event of a contact is open (not finished): the unique `open_key` says so. A webhook for a
 * contact with an open event is merged into it: the stronger action wins, a parameter that the later webhook has wins, one
 * that it lacks is kept, and so is each name of the contact, its id and its e-mail. `webhooks` counts them, and a worker notes
 * at its claim how many it has `taken`: if there are more in the end, the event runs once more. So the newest state always
 * wins, and a storm of webhooks costs two requests. One that waits for its first try does not wait any longer. One that waits
 * since it failed goes on with its schedule, but waits for NEWS at most: there is news, and yet a contact that always fails
 * must not be asked for as often as somebody calls.
 *
 * Each change of state is one statement, committed at once, whose WHERE names the state or the owner it starts from. That is
 * all the locking there is, and it is the same on MySQL, MariaDB and SQLite. (CASE and not IF(): the SQLite integration takes
 * every IF() of an UPDATE for false. Columns that a statement reads and sets come in an order in which MySQL, which assigns
 * from left to right, reads the old value, as SQLite does anyway.)
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\KeyUse;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\LeaseRecord;
use AgileBridge\Plugin\Site\Primary;
use AgileBridge\Plugin\User\Links;

defined( 'ABSPATH' ) || exit;

final class Inbox {

	/** So long at most the next try is away where a webhook came after one that failed. */
	public const NEWS = 5 * Clock::MINUTE;

	/**
	 * Stores a webhook, for whoever drains.
	 *
	 * @param string $owner Not '': claims the event in the same statement, if it is a new one.
	 * @return array{identity: string, contact_id: string} What names the contact; its id, '' if that is not known.
	 * @throws Failure If it could not be stored.
	 */
	public static function store( Webhook $webhook, string $owner = '' ): array {
		$names = self::names( $webhook );
		self::put( $names['identity'], $webhook, $names['contact_id'], $owner );
		return $names;
	}

	/**
	 * Whose event it is. A webhook that names its contact by an e-mail whose user is linked is one of the linked contact, and keeps
	 * the e-mail too.
	 *
	 * @return array{identity: string, contact_id: string} As store() gives them.
	 */
	public static function names( Webhook $webhook ): array {
		$contact_id = '' === $webhook->contact_id ? Links::contact_of_email( $webhook->email ) : $webhook->contact_id;
		$identity   = '' === $contact_id ? Identities::of_email( $webhook->email ) : Identities::of_contact( $contact_id );
		return [ 'identity' => $identity, 'contact_id' => $contact_id ];
	}

	/**
	 * The same of many that name their contacts by their ids: one statement for all of them.
	 *
	 * @param list<Webhook> $webhooks
	 * @throws Failure If they could not be stored.
	 */
	public static function store_all( array $webhooks ): void {
		$rows = [];
		foreach ( $webhooks as $webhook ) {
			$identity          = Identities::of_contact( $webhook->contact_id );
			$rows[ $identity ] = self::row( $identity, $webhook, $webhook->contact_id );
		}
		// Always in the same order, so that two who store the same ones do not deadlock.
		ksort( $rows );
		[] === $rows || self::insert( array_values( $rows ) );
	}

	/**
	 * Stores a webhook that has just come, and looks around: one statement for each.
	 *
	 * @param bool $claims Whether it may be processed while the caller waits.
	 * @throws Failure If it could not be stored.
	 */
	public static function receive( Webhook $webhook, bool $claims ): Arrival {
		// The same where it is called again because it failed half-way: what was stored then is still ours.
		static $new_owner = null;
		$new_owner ??= Lease::new_owner();
		$owner       = $claims ? $new_owner : '';
		$before      = Clock::now();

		[ 'identity' => $identity, 'contact_id' => $contact_id ] = self::store( $webhook, $owner );

		$now = Clock::now();
		$row = self::look_around( $identity, $contact_id, $now, KeyUse::row( $webhook->key_digest ) );
		if ( null === $row || (int) $row->updated_at < $before ) {
			// A replica that does not have it yet. (One that has it has all that was written before it.)
			$row = Primary::during( static fn(): ?object => self::look_around( $identity, $contact_id, $now, KeyUse::row( $webhook->key_digest ) ) );
		}
		if ( null !== $row && ( null === $row->until_at || null === $row->drained_until ) ) {
			// Somebody has emptied the table; without its rows nothing would ever be drained.
			Lease::insert_all();
		}
		// What the worker that drains has begun already is nobody's wait.
		$others_wait_for_drain = (int) ( $row->drained_until ?? 0 ) > $now
			&& [] !== Database::rows( 'SELECT id FROM ' . Tables::events() . " WHERE state = 'waiting' AND due_at <= %d AND id <> %d AND action <> 'return_password' LIMIT 1", $now, (int) $row->id );
		return new Arrival(
			event: '' !== $owner && null !== $row && $row->owner === $owner ? Event::of_row( $row ) : null,
			versions: [ $identity => (int) ( $row->version ?? 0 ) ],
			inline_workers: (int) ( $row->inline_workers ?? 0 ),
			others_wait_for_drain: $others_wait_for_drain,
			crm: LeaseRecord::of_row( $row ),
			known_user: (int) ( $row->known_user ?? 0 ),
			key_used_at: (int) ( $row->key_used_at ?? 0 ),
		);
	}

	/**
	 * @return ?object The open event of this name, and what to know of all else before it is processed.
	 */
	private static function look_around( string $identity, string $contact_id, int $now, string $key ): ?object {
		[ $events, $leases, $identities ] = [ Tables::events(), Lease::table(), Tables::identities() ];
		return Database::rows(
			"SELECT e.*, c.until_at, c.failures, c.details, d.until_at AS drained_until, k.until_at AS key_used_at,
				(SELECT COUNT(*) FROM $events r WHERE r.state IN ('running', 'applied') AND r.inline_worker = 1 AND r.lease_until > %d) AS inline_workers,
				(SELECT i.version FROM $identities i WHERE i.identity = %s) AS version,
				(SELECT p.user_id FROM $events p WHERE p.contact_id = %s AND p.contact_id <> '' AND p.state = 'done' AND p.user_id > 0 ORDER BY p.id DESC LIMIT 1) AS known_user
				FROM $events e LEFT JOIN $leases c ON c.name = 'crm' LEFT JOIN $leases d ON d.name = 'drain' LEFT JOIN $leases k ON k.name = %s WHERE e.open_key = %s",
			$now,
			$identity,
			$contact_id,
			$key,
			$identity
		)[0] ?? null;
	}

	/**
	 * A password that the CRM did not take: an event of its own, so that newer states of the contact need not wait for it.
	 *
	 * @param Owed $owed  The password, sealed, and whose it is.
	 * @param int  $delay Milliseconds until it is due.
	 */
	public static function store_owed_password( Owed $owed, int $delay ): void {
		$contact_id = $owed->contact['id'];
		self::put(
			hash( 'sha256', 'password ' . Identities::of_contact( $contact_id ) ),
			new Webhook( 'return_password', origin: 'retry' ),
			$contact_id,
			owed: Database::json( [ 'password' => $owed->password, 'link' => $owed->link, 'user_id' => $owed->user_id ] ),
			delay: $delay
		);
	}

	/**
	 * Inserts an event, or merges it into the open one of the same key. One statement. Of several that are merged, the origin is that
	 * of who wants a user made, a webhook before others. A try that news brings forward takes the place of the last one: it must not
	 * use up those that are left.
	 *
	 * @param int $delay Milliseconds until it is due.
	 */
	private static function put( string $key, Webhook $webhook, string $contact_id, string $owner = '', ?string $owed = null, int $delay = 0 ): void {
		self::insert( [ self::row( $key, $webhook, $contact_id, $owner, $owed, $delay ) ] );
	}

	/**
	 * @param list<string> $rows Not empty.
	 */
	private static function insert( array $rows ): void {
		$events = Tables::events();
		$values = implode( ', ', $rows );
		$news   = self::NEWS;
		Database::execute(
			"INSERT INTO $events
				(open_key, subject_key, state, action, contact_id, email, role, send_notification, origin, webhooks, taken,
					owner, inline_worker, lease_until, due_at, attempts, created_at, updated_at, message, owed)
			VALUES $values
			ON DUPLICATE KEY UPDATE
				origin = CASE WHEN VALUES(action) <> 'add' OR action = 'add' AND VALUES(origin) <> 'webhook' THEN origin ELSE VALUES(origin) END,
				action = CASE WHEN VALUES(action) = 'return_password' THEN action
					WHEN 'add' IN (action, VALUES(action)) THEN 'add' WHEN 'update' IN (action, VALUES(action)) THEN 'update' ELSE 'update_tags' END,
				email = CASE WHEN VALUES(email) = '' THEN email ELSE VALUES(email) END,
				role = CASE WHEN VALUES(role) = '' THEN role ELSE VALUES(role) END,
				send_notification = COALESCE(VALUES(send_notification), send_notification),
				owed = COALESCE(VALUES(owed), owed),
				attempts = CASE WHEN state = 'waiting' AND attempts > 1 AND due_at > VALUES(due_at) + $news THEN attempts - 1
					WHEN state = 'applied' AND owner = '' AND attempts > 1 AND lease_until > VALUES(due_at) + $news THEN attempts - 1 ELSE attempts END,
				lease_until = CASE WHEN state = 'applied' AND owner = '' AND lease_until > VALUES(due_at) + $news THEN VALUES(due_at) + $news ELSE lease_until END,
				due_at = CASE WHEN state <> 'waiting' THEN due_at WHEN attempts = 0 THEN VALUES(due_at)
					WHEN due_at > VALUES(due_at) + $news THEN VALUES(due_at) + $news ELSE due_at END,
				webhooks = webhooks + 1,
				updated_at = CASE WHEN updated_at > VALUES(updated_at) THEN updated_at ELSE VALUES(updated_at) END"
		);
	}

	/**
	 * @return string The values of an event, for insert().
	 */
	private static function row( string $key, Webhook $webhook, string $contact_id, string $owner = '', ?string $owed = null, int $delay = 0 ): string {
		$now    = Clock::now();
		$came   = $webhook->arrived_at ?? $now;
		$notify = null === $webhook->send_notification ? 'NULL' : (int) $webhook->send_notification;
		$owed   = null === $owed ? 'NULL' : $GLOBALS['wpdb']->prepare( '%s', $owed );
		// phpcs:ignore WordPress.DB -- prepared here; a number or NULL, and what was prepared before.
		return $GLOBALS['wpdb']->prepare(
			"(%s, %s, %s, %s, %s, %s, %s, $notify, %s, 1, %d, %s, %d, %d, %d, %d, %d, %d, '', $owed)",
			$key,
			$key,
			'' === $owner ? 'waiting' : 'running',
			$webhook->action,
			$contact_id,
			$webhook->email,
			null === $webhook->role ? '' : self::role_json( $webhook->role ),
			$webhook->origin,
			'' === $owner ? 0 : 1,
			$owner,
			'' === $owner ? 0 : 1,
			'' === $owner ? 0 : $now + Event::LEASE,
			$came + $delay,
			'' === $owner ? 0 : 1,
			$came,
			$came
		);
	}

	/**
	 * A role as its column holds it. Of one that is longer than any role only stays that it names none: no webhook can name this.
	 */
	private static function role_json( string $role ): string {
		$json = Database::json( $role );
		return strlen( $json ) <= 255 ? $json : Database::json( "\0" );
	}
}
