<?php
/**
 * The inbox: every authentic, well-formed webhook becomes a row before anything else happens, so that nothing is ever lost.
 *
 * At most one event of a contact is open (waiting, running or applied): the unique `open_key` says so. A webhook for a
 * contact with an open event is merged into it: the stronger action wins, a parameter that the later webhook has wins, one
 * that it lacks is kept, and so is each name of the contact, its id and its e-mail. `webhooks` counts them, and a worker notes
 * at its claim how many it has `taken`: if there are more in the end, the event runs once more. So the newest state always
 * wins, and a storm of webhooks costs two requests. One that waits for its next try does not wait any longer: there is news,
 * and its tries begin anew.
 *
 * Each change of state is one statement, committed at once, whose WHERE names the state or the owner it starts from. That is
 * all the locking there is, and it is the same on MySQL, MariaDB and SQLite. (CASE and not IF(): the SQLite integration takes
 * every IF() of an UPDATE for false. Columns that a statement reads and sets come in an order in which MySQL, which assigns
 * from left to right, reads the old value, as SQLite does anyway.)
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/clock.php';
require_once __DIR__ . '/lease.php';
require_once __DIR__ . '/event.php';
require_once __DIR__ . '/identity.php';
require_once __DIR__ . '/link.php';
require_once __DIR__ . '/claim.php';

/**
 * Stores a webhook, for whoever drains. One that names its contact by an e-mail whose user is linked is an event of the linked
 * contact, and keeps the e-mail too.
 *
 * @param array{action: string, contact_id: ?string, email: ?string, role?: ?string, send_notification?: ?bool} $webhook
 * @param string $origin `webhook`, `reconcile` or `replay`.
 * @param string $owner  Not '': claims the event in the same statement, if it is a new one.
 * @return array{identity: string, contact_id: string} What names the contact; its id, '' if that is not known.
 * @throws Failure If it could not be stored.
 */
function put_webhook( array $webhook, string $origin = 'webhook', string $owner = '' ): array {
	$contact_id = (string) $webhook['contact_id'];
	$email      = strtolower( (string) $webhook['email'] );
	$contact_id = '' === $contact_id ? contact_linked_to( $email ) : $contact_id;
	$identity   = '' === $contact_id ? email_identity( $email ) : contact_identity( $contact_id );
	$role       = $webhook['role'] ?? null;
	$notify     = $webhook['send_notification'] ?? null;
	put_event(
		$identity,
		[
			'action'            => $webhook['action'],
			'contact_id'        => $contact_id,
			'email'             => $email,
			'role'              => null === $role ? '' : role_json( $role ),
			'send_notification' => null === $notify ? null : (int) $notify,
			'origin'            => $origin,
		],
		$owner
	);
	return [ 'identity' => $identity, 'contact_id' => $contact_id ];
}

/**
 * Stores a webhook that has just come, and looks around: one statement for each.
 *
 * @param array<string, mixed> $webhook As for put_webhook().
 * @param bool                 $claims  Whether it may be processed while the caller waits.
 * @return array{
 *     event: ?Event, versions: array<string, int>, inline_workers: int, is_drained: bool,
 *     crm: array{until_at: int, failures: int, details: array<string, mixed>}, known_user: int
 * } The event if it is ours now; the versions of its identities; how many workers, we among them, now process while their
 *   request waits; whether one drains for whom others wait; what is known of the CRM; and whose user
 *   the contact was the last time, 0 if that is not known: a hint.
 * @throws Failure If it could not be stored.
 */
function receive_event( array $webhook, bool $claims ): array {
	// The same where it is called again because it failed half-way: what was stored then is still ours.
	static $new_owner = null;
	$new_owner ??= new_owner();
	$owner       = $claims ? $new_owner : '';

	[ 'identity' => $identity, 'contact_id' => $contact_id ] = put_webhook( $webhook, 'webhook', $owner );

	$now = now_ms();
	[ $events, $leases, $identities ] = [ events_table(), leases_table(), identities_table() ];
	$rows = rows(
		"SELECT e.*, c.until_at, c.failures, c.details, d.until_at AS drained_until,
			(SELECT COUNT(*) FROM $events r WHERE r.state IN ('running', 'applied') AND r.inline_worker = 1 AND r.lease_until > %d) AS inline_workers,
			(SELECT i.version FROM $identities i WHERE i.identity = %s) AS version,
			(SELECT p.user_id FROM $events p WHERE p.contact_id = %s AND p.contact_id <> '' AND p.state = 'done' AND p.user_id > 0 ORDER BY p.id DESC LIMIT 1) AS known_user
			FROM $events e LEFT JOIN $leases c ON c.name = 'crm' LEFT JOIN $leases d ON d.name = 'drain' WHERE e.open_key = %s",
		$now,
		$identity,
		$contact_id,
		$identity
	);
	$row        = $rows[0] ?? null;
	if ( null !== $row && ( null === $row->until_at || null === $row->drained_until ) ) {
		// Somebody has emptied the table; without its rows nothing would ever be drained.
		insert_leases();
	}
	$event      = $claims && null !== $row && $row->owner === $owner ? Event::of_row( $row ) : null;
	// What the worker that drains has begun already is nobody's wait.
	$is_drained = (int) ( $row->drained_until ?? 0 ) > $now
		&& [] !== rows( "SELECT id FROM $events WHERE state = 'waiting' AND due_at <= %d AND id <> %d LIMIT 1", $now, (int) $row->id );
	return [
		'event'          => $event,
		'versions'       => [ $identity => (int) ( $row->version ?? 0 ) ],
		'inline_workers' => (int) ( $row->inline_workers ?? 0 ),
		'is_drained'     => $is_drained,
		'crm'            => lease_of_row( $row ),
		'known_user'     => (int) ( $row->known_user ?? 0 ),
	];
}

/**
 * Inserts an event, or merges it into the open one of the same key. One statement.
 *
 * @param array<string, mixed> $event
 * @param int                  $delay Milliseconds until it is due.
 */
function put_event( string $key, array $event, string $owner = '', ?string $owed = null, int $delay = 0 ): void {
	$now    = now_ms();
	$events = events_table();
	$notify = null === $event['send_notification'] ? 'NULL' : (int) $event['send_notification'];
	$owed   = null === $owed ? 'NULL' : $GLOBALS['wpdb']->prepare( '%s', $owed );
	execute(
		"INSERT INTO $events
			(open_key, subject_key, state, action, contact_id, email, role, send_notification, origin, webhooks, taken,
				owner, inline_worker, lease_until, due_at, attempts, created_at, updated_at, message, owed)
		VALUES (%s, %s, %s, %s, %s, %s, %s, $notify, %s, 1, %d, %s, %d, %d, %d, %d, %d, %d, '', $owed)
		ON DUPLICATE KEY UPDATE
			action = CASE WHEN VALUES(action) = 'return_password' THEN action
				WHEN 'add' IN (action, VALUES(action)) THEN 'add' WHEN 'update' IN (action, VALUES(action)) THEN 'update' ELSE 'update_tags' END,
			email = CASE WHEN VALUES(email) = '' THEN email ELSE VALUES(email) END,
			role = CASE WHEN VALUES(role) = '' THEN role ELSE VALUES(role) END,
			send_notification = COALESCE(VALUES(send_notification), send_notification),
			owed = COALESCE(VALUES(owed), owed),
			due_at = CASE WHEN state = 'waiting' THEN VALUES(due_at) ELSE due_at END,
			attempts = CASE WHEN state = 'waiting' THEN 0 ELSE attempts END,
			webhooks = webhooks + 1,
			updated_at = VALUES(updated_at)",
		$key,
		$key,
		'' === $owner ? 'waiting' : 'running',
		$event['action'],
		$event['contact_id'],
		$event['email'],
		$event['role'],
		$event['origin'],
		'' === $owner ? 0 : 1,
		$owner,
		'' === $owner ? 0 : 1,
		'' === $owner ? 0 : $now + EVENT_LEASE,
		$now + $delay,
		'' === $owner ? 0 : 1,
		$now,
		$now
	);
}

/**
 * A role as its column holds it. Of one that is longer than any role only stays that it names none: no webhook can name this.
 */
function role_json( string $role ): string {
	$json = ascii_json( $role );
	return strlen( $json ) <= 255 ? $json : ascii_json( "\0" );
}

/**
 * A text for the admin, as its column holds it.
 */
function message_json( string $message ): string {
	return '' === $message ? '' : ascii_json( $message );
}

/**
 * Whether the CRM may be asked, and whether somebody drains.
 *
 * @return array{crm: array{until_at: int, failures: int, details: array<string, mixed>}, drain_free: bool}
 */
function leases_state(): array {
	$rows = rows( 'SELECT name, until_at, failures, details FROM ' . leases_table() . " WHERE name IN ('crm', 'drain')" );
	if ( count( $rows ) < 2 ) {
		// Somebody has emptied the table; without its rows nothing would ever be drained.
		insert_leases();
	}
	$by_name = array_column( $rows, null, 'name' );
	return [
		'crm'        => lease_of_row( $by_name['crm'] ?? null ),
		'drain_free' => (int) ( $by_name['drain']->until_at ?? 0 ) <= now_ms(),
	];
}

/**
 * Whether an event waits whose time has come, or one whose worker died.
 */
function is_any_due(): bool {
	$now    = now_ms();
	$events = events_table();
	return [] !== rows( "SELECT id FROM $events WHERE state = 'waiting' AND due_at <= %d LIMIT 1", $now )
		|| [] !== rows( "SELECT id FROM $events WHERE state IN ('running', 'applied') AND lease_until <= %d LIMIT 1", $now );
}
