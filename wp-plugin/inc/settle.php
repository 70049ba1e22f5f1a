<?php
/**
 * What is settled about a contact before the first lock: who its user is, what they shall have, what there is to say about it.
 *
 * Here others are asked: the site's filters, and the CRM about a second contact whose user has the same address. Nothing is
 * written, and no transaction is open.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * @param string $id As stored in a link: it may be anything that somebody once wrote there.
 * @return ?array<string, mixed> Null if the contact is gone, or the id is none.
 */
function contact_or_null( \AgileBridge\AgileCrm $crm, string $id ): ?array {
	if ( 1 !== preg_match( '/^[1-9][0-9]{0,18}$/D', $id ) ) {
		return null;
	}
	try {
		return $crm->contact( $id );
	} catch ( \AgileBridge\ContactNotFound $gone ) {
		return null;
	}
}

/**
 * Everything that is decided before the first lock: who the user is, what they shall have.
 *
 * @param array<string, mixed>                    $contact
 * @param callable(string): ?array<string, mixed> $ask     The contact with another id; null if it is gone.
 * @param int                                     $known_user Whose user the contact may be, preloaded; 0 if not known.
 * @return array{ignored?: string, user?: ?\WP_User, linked?: string, linked_users?: ?list<int>, data?: array<string, string|list<string>>, tags?: ?list<string>, role?: ?string,
 *     join_role?: ?string, new_role?: string, notes?: list<string>, emails?: list<string>, chosen_email?: ?string}
 * @throws Failure If the contact cannot be a user.
 */
function settle_contact( Event $event, array $contact, callable $ask, int $known_user ): array {
	$mark   = database_mark();
	$mapped = mapped_data( $contact );
	$chosen = $mapped['data']['user_email'] ?? null;
	$known  = null;
	$linked = static function () use ( $contact, &$known ): array {
		$users = users_linked_to( $contact['id'] );
		$known = array_column( $users, 'ID' );
		return $users;
	};
	$found  = is_user_of( $known_user, $contact['id'], $mapped['emails'] )
		? [ 'user' => get_userdata( $known_user ), 'relinked' => false ]
		: find_user( $contact, $mapped['emails'], $chosen, $linked, $ask );
	$user   = $found['user'];
	$half   = null !== $user && is_half_made( $user );
	$joins  = null !== $user && ! is_member( $user );
	// A lookup that failed looks like nobody found.
	require_database( $mark );
	if ( 'add' !== $event->action && ( null === $user || $joins ) && ! $half ) {
		return [ 'ignored' => 'no_matching_user' ];
	}
	$notes = [
		...( $found['relinked'] ? [ 'relinked' ] : [] ),
		...( null === $contact['tags'] ? [ 'tags_missing' ] : [] ),
	];
	$settled = [
		'user'         => $user,
		'linked'       => null === $user ? '' : linked_contact( $user->ID ),
		'linked_users' => $known,
		'before'       => null === $user ? [] : stored_tags( $user->ID ),
		'login'        => null,
		'half'         => $half,
		'tags'         => null === $contact['tags'] ? null : array_values( array_unique( $contact['tags'] ) ),
		'emails'       => $mapped['emails'],
		'chosen_email' => $chosen,
		'role'         => null,
		'join_role'    => null,
		'new_role'     => '',
	];
	if ( null === $user || $half ) {
		$settled = settled_creation( $event->role, $contact, $mapped ) + $settled;
		if ( null === $user ) {
			$settled['login'] = login_for( isset( $settled['data']['user_login'] ) ? (string) $settled['data']['user_login'] : null, (string) $settled['data']['user_email'], $contact['id'] );
		}
	} elseif ( 'update_tags' === $event->action ) {
		$settled['data']  = [];
		$settled['notes'] = [];
	} else {
		$settled = settled_update( $user, $joins, $event->role, $contact, $mapped ) + $settled;
	}
	$settled['notes'] = [ ...$notes, ...$settled['notes'] ];
	return $settled;
}

/**
 * @param array<string, mixed> $contact
 * @param array<string, mixed> $mapped  Of mapped_data().
 * @return array{data: array<string, string|list<string>>, new_role: string, notes: list<string>}
 */
function settled_creation( ?string $wanted_role, array $contact, array $mapped ): array {
	if ( ! isset( $mapped['data']['user_email'] ) ) {
		throw 'email_invalid' === $mapped['email_problem']
			? new Failure( 422, 'email_invalid', 'The e-mail address of the contact is not valid.' )
			: new Failure( 422, 'email_missing', 'The contact has no e-mail address.' );
	}
	$filtered = filtered_data( $mapped['data'], $contact, null );
	if ( ! isset( $filtered['data']['user_email'] ) ) {
		throw new Failure( 422, 'email_missing', 'Code of the site took the e-mail address of the contact away.' );
	}
	$role = role_for_new_user( $wanted_role );
	return [
		'data'     => $filtered['data'],
		'new_role' => $role['role'],
		'notes'    => [
			...notes_for( [ ...$mapped['notes'], ...$filtered['notes'] ], true ),
			...( $role['refused'] ? [ 'role_refused' ] : [] ),
		],
	];
}

/**
 * @param array<string, mixed> $contact
 * @param array<string, mixed> $mapped  Of mapped_data().
 * @return array{data: array<string, string|list<string>>, role: ?string, join_role: ?string, notes: list<string>}
 */
function settled_update( \WP_User $user, bool $joins, ?string $wanted_role, array $contact, array $mapped ): array {
	$data    = $mapped['data'];
	$notes   = [];
	$present = strtolower( $user->user_email );
	if ( in_array( $present, $mapped['emails'], true ) ) {
		$data['user_email'] = $present;
	} elseif ( ! isset( $data['user_email'] ) ) {
		$notes[] = 'email_kept';
	}
	$filtered = filtered_data( $data, $contact, $user );
	$notes    = [ ...$notes, ...notes_for( [ ...$mapped['notes'], ...$filtered['notes'] ], false ) ];
	$role     = null;
	$join     = null;
	if ( is_protected( $user ) ) {
		$notes[] = 'protected_user';
	}
	if ( $joins ) {
		$new   = role_for_new_user( $wanted_role );
		$join  = $new['role'];
		$notes = $new['refused'] ? [ ...$notes, 'role_refused' ] : $notes;
	} elseif ( null !== $wanted_role && ! is_protected( $user ) ) {
		$role  = harmless_role( $wanted_role );
		$notes = null === $role ? [ ...$notes, 'role_refused' ] : $notes;
	}
	return [
		'data'      => $filtered['data'],
		'role'      => $role,
		'join_role' => $join,
		'notes'     => $notes,
	];
}
