<?php
/**
 * What is owed once a user is stored: the password to the CRM, mails, actions.
 *
 * Kept with the event (its column `owed`, written in the transaction of the user) until all is done, so that a killed worker's
 * successor does the rest. Mails are marked before they are sent: each at most once, and exactly once if nothing is killed.
 * Actions fire at least once. A password is sealed while it waits, and wiped when the CRM has it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/secret.php';

/** The purposes that passwords and mails that wait are sealed for. */
const RETURN_PASSWORD = 'return_password';
const HELD_MAILS      = 'held_mails';

/**
 * @param array<string, mixed>       $contact
 * @param array<string, mixed>       $settled Of settle_contact().
 * @param array<string, mixed>       $result  Of create_user(), complete_user() or write_update().
 * @param list<string>               $before  The user's tags until now.
 * @param list<array<string, mixed>> $mails   That WordPress and others have sent meanwhile.
 * @return array{status: string, user_id: int, action: string, notes: list<string>, contact: array<string, mixed>, data: array<string, mixed>,
 *     before: list<string>, password: ?string, welcome: bool, mails: ?string} Password and mails are sealed: another plugin's mail may hold anything.
 */
function owed( Event $event, array $contact, array $settled, array $result, array $before, array $mails ): array {
	$created  = 'created' === $result['status'];
	$password = $created && '' !== return_password_field() ? $result['password'] : null;
	return [
		'status'   => $result['status'],
		'user_id'  => $result['user_id'],
		'action'   => $event->action,
		'notes'    => [ ...$settled['notes'], ...$result['notes'] ],
		'contact'  => without_passwords( $contact ),
		'data'     => $result['data'],
		'before'   => $before,
		'password' => null === $password ? null : seal( $password, RETURN_PASSWORD ),
		'welcome'  => $created && $event->send_notification,
		// A new user gets no mail but the one that was asked for.
		'mails'    => $created || [] === $mails ? null : seal( ascii_json( $mails ), HELD_MAILS ),
	];
}

/**
 * Whether there is anything to do after the commit. Mostly not, and then the event ends with the transaction.
 *
 * @param array<string, mixed> $owed Of owed().
 */
function is_anything_owed( array $owed ): bool {
	return isset( $owed['password'] ) || $owed['welcome'] || isset( $owed['mails'] ) || somebody_listens();
}

/**
 * Does what is owed.
 *
 * @param array<string, mixed> $owed Of owed().
 * @return list<string> Notes.
 */
function settle_owed( Event $event, array $owed, \AgileBridge\AgileCrm $crm ): array {
	$notes = [];
	if ( isset( $owed['password'] ) && ! return_password( $crm, $owed['contact']['id'], unseal( $owed['password'], RETURN_PASSWORD ) ) ) {
		$notes[] = 'password_not_returned';
		fire( 'wpf_api_fail', $owed['user_id'], $owed['action'], $owed['contact']['id'] );
		owe_password( $owed['contact']['id'], $owed['user_id'], $owed['password'] );
	}
	if ( $owed['welcome'] || isset( $owed['mails'] ) ) {
		if ( ! keep_owed( $event, [ 'password' => null, 'welcome' => false, 'mails' => null ] + $owed ) ) {
			// Somebody else took over, and sends them.
			return $notes;
		}
		if ( $owed['welcome'] ) {
			send_welcome( $owed['user_id'] );
		}
		send_mails( (array) json_decode( (string) unseal( (string) $owed['mails'], HELD_MAILS ), true ) );
	}
	announce( $owed );
	return $notes;
}

/**
 * @param array<string, mixed> $owed Of owed().
 * @return array{status: string, user_id: int}
 */
function outcome_of_owed( array $owed ): array {
	return [
		'status'  => (string) ( $owed['status'] ?? '' ),
		'user_id' => (int) ( $owed['user_id'] ?? 0 ),
	];
}

/**
 * Writes a generated password to the contact, so that the campaign's next node can use it.
 *
 * @param ?string $password Null where it does not open any more, because the salts were changed: it is lost.
 * @return bool Whether that is done, or there is nothing to do.
 */
function return_password( \AgileBridge\AgileCrm $crm, string $contact_id, #[\SensitiveParameter] ?string $password ): bool {
	$field = return_password_field();
	if ( null === $password || '' === $field ) {
		return true;
	}
	$problem = $crm->setCustomField( $contact_id, $field, $password );
	if ( null !== $problem ) {
		// phpcs:ignore WordPress.PHP.DevelopmentFunctions -- the site's log is where an admin looks for it.
		error_log( "Bridge for Agile CRM: the password of a new user was not written to contact $contact_id: $problem. It will be tried again." );
	}
	return null === $problem;
}

/**
 * An event of its own, so that newer states of the contact need not wait for it.
 */
function owe_password( string $contact_id, int $user_id, string $sealed ): void {
	put_event(
		hash( 'sha256', 'password ' . contact_identity( $contact_id ) ),
		[
			'action'            => 'return_password',
			'contact_id'        => $contact_id,
			'email'             => '',
			'role'              => '',
			'send_notification' => null,
			'origin'            => 'retry',
		],
		owed: ascii_json( [ 'password' => $sealed, 'user_id' => $user_id ] ),
		delay: (int) ( 1000 * (float) \AgileBridge\retry_delay( 1, null ) )
	);
}

function retry_return_password( Event $event, \AgileBridge\AgileCrm $crm ): void {
	$password = unseal( (string) ( $event->owed['password'] ?? '' ), RETURN_PASSWORD );
	if ( return_password( $crm, $event->contact_id, $password ) ) {
		finish_event( $event, 'done', [ 'status' => null === $password ? 'failed' : 'updated', 'user_id' => (int) ( $event->owed['user_id'] ?? 0 ) ] );
		return;
	}
	try {
		// The extension tells only that it failed: a second question tells whether it is the CRM as a whole.
		$crm->currentUser();
	} catch ( \AgileBridge\Exception $error ) {
		note_crm_error( crm_error( $error ) );
		postpone_event( $event, MINUTE, false, 'Agile CRM does not take the password of the new user now.' );
		return;
	}
	try {
		if ( null === contact_or_null( $crm, $event->contact_id ) ) {
			finish_event( $event, 'done', [ 'status' => 'failed', 'code' => 'contact_not_found', 'message' => 'The contact is gone; the password of its user is wiped.' ] );
			return;
		}
	} catch ( \AgileBridge\Exception $error ) {
		// Whether it is gone is not known: tried again, as below.
		unset( $error );
	}
	// One attempt was made before this event.
	$delay = \AgileBridge\retry_delay( $event->attempts + 1, null );
	if ( null === $delay ) {
		give_up( $event, 'password_not_returned', 'Agile CRM did not take the password of the new user. It is wiped; the user can ask for a new one.' );
		return;
	}
	postpone_event( $event, (int) ( 1000 * $delay ), true, 'Agile CRM did not take the password of the new user.' );
}
