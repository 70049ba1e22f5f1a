<?php
/**
 * A fetched contact becomes a user: found, settled, written in one transaction, told.
 *
 * What may ask others (the site's filters, the CRM about a second contact) comes first, without a transaction. Then, under the
 * locks of everybody whom the contact could be, the user is looked up again and written; if that lookup finds another
 * user than the first one, it begins anew. Mails, actions and the password to the CRM come after the commit.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/** How often it begins anew: the transaction was lost, or the user changed meanwhile. Then the event is tried again later. */
const APPLY_TRIES = 4;

/** And for how long: somebody may wait for the answer. */
const APPLY_SECONDS = 1.5;

/** Who the contact is has changed since it was settled. */
final class UserChanged extends \RuntimeException {}

/**
 * @param array<string, mixed> $contact
 * @param array<string, int>   $versions Of the event's identity, read before the fetch.
 * @param int                  $known_user Whose user the contact may be, preloaded; 0 if not known.
 * @return array{status: int, body: array<string, mixed>}
 * @throws \Throwable
 */
function apply_contact( Event $event, array $contact, array $versions, \AgileBridge\AgileCrm $crm, int $known_user ): array {
	if ( 'PERSON' !== $contact['type'] ) {
		finish_event( $event, 'done', [ 'status' => 'ignored', 'code' => 'not_a_person' ] );
		return ignored( 'not_a_person', $contact['id'] );
	}
	$known = [];
	$began = microtime( true );
	$first = null;
	$ask   = static function ( string $id ) use ( $crm, &$known ): ?array {
		$known[ $id ] ??= [ contact_or_null( $crm, $id ) ];
		return $known[ $id ][0];
	};
	for ( $try = 1; ; $try++ ) {
		$settled = settle_contact( $event, $contact, $ask, 1 === $try ? $known_user : 0 );
		if ( isset( $settled['ignored'] ) ) {
			fire( 'wpf_api_fail', false, $event->action, $contact['id'] );
			finish_event( $event, 'done', [ 'status' => 'ignored', 'code' => $settled['ignored'] ] );
			return ignored( $settled['ignored'], $contact['id'] );
		}
		try {
			$owed = store_contact( $event, $contact, $settled, $versions, $known );
			if ( null !== $first && 'unchanged' === $owed['status'] ) {
				// Another plugin's statement has committed what the first try wrote; who listens has not heard of it.
				$owed = [ 'status' => 'updated', 'before' => $first ] + $owed;
			}
			break;
		} catch ( TransactionLost | UserChanged $again ) {
			$owed = owed_if_stored( $event );
			if ( null !== $owed ) {
				// The commit arrived, and only its confirmation was lost.
				break;
			}
			if ( $try >= APPLY_TRIES || microtime( true ) - $began > APPLY_SECONDS ) {
				throw $again;
			}
			if ( $again instanceof TransactionLost && null !== $settled['user'] && ! $settled['half'] ) {
				$first ??= $settled['before'];
			}
			usleep( random_int( 1, 10 ) * 1000 * $try );
		}
	}
	$notes = $owed['notes'];
	if ( ! $owed['finished'] ) {
		$notes = [ ...$notes, ...settle_owed( $event, $owed, $crm ) ];
		committed_after_answer( static fn() => finish_event( $event, 'done', outcome_of_owed( $owed ) ) );
	}
	return answer(
		200,
		$owed['status'],
		[
			'wp_user_id'    => $owed['user_id'],
			'wp_contact_id' => $contact['id'],
			'wp_notes'      => array_values( array_unique( $notes ) ),
		]
	);
}

/**
 * Writes what was settled: nothing at all where nothing differs, else in one transaction.
 *
 * @param array<string, mixed>                     $contact
 * @param array<string, mixed>                     $settled  Of settle_contact().
 * @param array<string, int>                       $versions Of the event's identity.
 * @param array<string, array{?array<string, mixed>}> $known What the CRM said about other contacts.
 * @return array<string, mixed> What is owed now: see after-effects.php; and in `finished` whether the event is done.
 */
function store_contact( Event $event, array $contact, array $settled, array $versions, array $known ): array {
	$user = $settled['user'];
	if ( null !== $user && ! $settled['half'] ) {
		$plan = planned_update( $user, $settled['data'], $contact['id'], $settled['tags'], $settled['role'], $settled['join_role'] );
		if ( ! $plan['writes'] ) {
			$result = [ 'status' => 'unchanged', 'user_id' => $user->ID, 'notes' => $plan['notes'], 'password' => null, 'data' => $plan['data'] ];
			return owed( $event, $contact, $settled, $result, stored_tags( $user->ID ), [] ) + [ 'finished' => false ];
		}
	}
	$identities = identities_of( $event, $contact, $settled );
	$write = static function ( callable $mails ) use ( $event, $contact, $settled, $identities, $versions, $known ): array {
		lock_identities( $identities );
		require_claim( $event, $identities, $versions );
		// Links to a contact are made under its lock. Whose version has not changed since before the links were read need not
		// read them all again: on a site with many users that is the slowest of all questions.
		if ( ! isset( $versions[ contact_identity( $contact['id'] ) ] ) ) {
			$settled['linked_users'] = null;
		}
		$written = write_contact( $contact, $settled, $known );
		$owed    = owed( $event, $contact, $settled, $written['result'], $written['before'], $mails() );
		return $owed + [ 'finished' => ! is_anything_owed( $owed ) ];
	};
	$seal = static function ( array $owed ) use ( $event ): void {
		if ( 'created' === $owed['status'] ) {
			unmark_creating( $owed['user_id'] );
		}
		$ours = $owed['finished'] ? finish_event( $event, 'done', outcome_of_owed( $owed ) ) : mark_applied( $event, $owed );
		if ( ! $ours ) {
			throw new ClaimLost( 'the event was claimed by another worker' );
		}
	};
	$lost = false;
	try {
		$owed = holding_mails( static fn( callable $mails ): array => in_transaction( static fn(): array => $write( $mails ), $seal ) );
		LastInserted::$user_id = 0;
		if ( wp_using_ext_object_cache() ) {
			// A page view between our writes and the commit has cached the user as they were.
			fresh_user( $owed['user_id'] );
		}
		return $owed;
	} catch ( TransactionLost $error ) {
		$lost = true;
		throw $error;
	} finally {
		forget_unborn_user( $lost );
		if ( null !== $user && ! isset( $owed ) ) {
			fresh_user( $user->ID );
		}
	}
}

/**
 * Everybody whom the contact could be, before or after: what nobody else may write meanwhile.
 *
 * @param array<string, mixed> $contact
 * @param array<string, mixed> $settled Of settle_contact().
 * @return list<string>
 */
function identities_of( Event $event, array $contact, array $settled ): array {
	$emails = $settled['emails'];
	if ( isset( $settled['data']['user_email'] ) ) {
		$emails[] = strtolower( (string) $settled['data']['user_email'] );
	}
	if ( null !== $settled['user'] ) {
		$emails[] = strtolower( $settled['user']->user_email );
	}
	return [
		$event->identity(),
		contact_identity( $contact['id'] ),
		...( '' === $settled['linked'] ? [] : [ contact_identity( $settled['linked'] ) ] ),
		...( null === $settled['login'] ? [] : [ login_identity( $settled['login']['login'] ) ] ),
		...array_map( __NAMESPACE__ . '\email_identity', $emails ),
	];
}

/**
 * Under the locks: who the user is now, and the writes.
 *
 * @param array<string, mixed>                        $contact
 * @param array<string, mixed>                        $settled Of settle_contact().
 * @param array<string, array{?array<string, mixed>}> $known   What the CRM said about other contacts.
 * @return array{result: array<string, mixed>, before: list<string>}
 */
function write_contact( array $contact, array $settled, array $known ): array {
	$mark = database_mark();
	$ask  = static function ( string $id ) use ( $known ): ?array {
		if ( ! array_key_exists( $id, $known ) ) {
			throw new UserChanged( 'another contact has to be asked for' );
		}
		return $known[ $id ][0];
	};
	$linked = static fn(): array => null === $settled['linked_users']
		? users_linked_to( $contact['id'] )
		: still_linked( $settled['linked_users'], $contact['id'] );
	$user   = find_user( $contact, $settled['emails'], $settled['chosen_email'], $linked, $ask )['user'];
	require_database( $mark );
	if ( ( $user->ID ?? 0 ) !== ( $settled['user']->ID ?? 0 ) || ( null !== $user && is_half_made( $user ) ) !== $settled['half'] ) {
		throw new UserChanged( 'the contact is another user now' );
	}
	if ( null !== $user && ( linked_contact( $user->ID ) !== $settled['linked'] || $user->user_email !== $settled['user']->user_email ) ) {
		throw new UserChanged( 'the user has another link or address now' );
	}
	if ( null === $user ) {
		return [ 'result' => create_user( $settled['data'], $contact['id'], $settled['tags'], $settled['new_role'], $settled['login'] ), 'before' => [] ];
	}
	$before = $settled['half'] ? [] : stored_tags( $user->ID );
	$plan   = planned_update( $user, $settled['data'], $contact['id'], $settled['tags'], $settled['role'], $settled['join_role'] );
	$result = $settled['half']
		? complete_user( $user, $plan, $settled['data'], $contact['id'], $settled['new_role'] )
		: write_update( $user, $plan, $contact['id'] );
	return [ 'result' => $result, 'before' => $before ];
}
