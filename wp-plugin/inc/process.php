<?php
/**
 * One webhook, from its name of a contact to the answer.
 *
 * Fetch the contact, find its user, let the site's filters speak, write, and only then: the password to the CRM, mails, actions.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/failure.php';
require_once __DIR__ . '/database.php';
require_once __DIR__ . '/link.php';
require_once __DIR__ . '/tags.php';
require_once __DIR__ . '/role.php';
require_once __DIR__ . '/account.php';
require_once __DIR__ . '/user-data.php';
require_once __DIR__ . '/new-user.php';
require_once __DIR__ . '/user.php';
require_once __DIR__ . '/mail.php';
require_once __DIR__ . '/announcement.php';

/** Seconds after the request's arrival at which calls to the CRM give up; the rest of the four is for the database. */
const CRM_DEADLINE = 3.6;

/** Seconds that the CRM has in any case: where other plugins take all of the time, the event is not lost for it. */
const CRM_LEAST = 1.5;

/**
 * @param array{action: string, contact_id: ?string, email: ?string, role: ?string, send_notification: bool, async: bool, ignored: ?string} $webhook
 * @return array{status: int, body: array<string, mixed>}
 */
function process( array $webhook ): array {
	if ( 'test' === $webhook['action'] ) {
		return answer( 200, 'ok', [ 'wp_notes' => [] ] );
	}
	if ( null !== $webhook['ignored'] ) {
		return ignored( $webhook['ignored'], $webhook['contact_id'] );
	}
	return without_wp_fusion( static fn() => process_event( $webhook ) );
}

/**
 * @param array<string, mixed> $webhook
 * @return array{status: int, body: array<string, mixed>}
 */
function process_event( array $webhook ): array {
	$mark = database_mark();
	try {
		$connection = connection();
		if ( null === $connection ) {
			throw new Failure( 503, 'not_configured', 'The account of Agile CRM is not set up on the site: its subdomain, e-mail address and API key are needed.' );
		}
		$arrival = (float) ( $_SERVER['REQUEST_TIME_FLOAT'] ?? microtime( true ) );
		$end     = max( $arrival + CRM_DEADLINE, microtime( true ) + CRM_LEAST );
		$crm     = new \AgileBridge\AgileCrm( $connection + [ 'deadline' => $end ] );
		$contact = contact_of( $webhook, $crm );

		$webhook['contact_id'] = $contact['id'];
		return process_contact( $webhook, $crm, $contact );
	} catch ( \Throwable $error ) {
		$failure = failure_of( $error, $mark );
	}
	fire( 'wpf_api_fail', false, $webhook['action'], $webhook['contact_id'] ?? false );
	return answer(
		$failure->getCode(),
		'failed',
		[
			'wp_code'       => $failure->wp_code,
			'message'       => $failure->getMessage(),
			'wp_contact_id' => $webhook['contact_id'],
		]
	);
}

/**
 * What to tell the caller about an error. The log gets what only an admin should read.
 *
 * @param int $mark Of the database, before the work.
 */
function failure_of( \Throwable $error, int $mark ): Failure {
	if ( $error instanceof Failure ) {
		return $error;
	}
	if ( $error instanceof \AgileBridge\ContactNotFound ) {
		return new Failure( 404, 'contact_not_found', 'Agile CRM has no such contact.' );
	}
	log_error( $error );
	try {
		// Another plugin's hook may throw because of what the database did.
		require_database( $mark );
	} catch ( Failure $failure ) {
		return $failure;
	}
	return match ( true ) {
		$error instanceof \AgileBridge\NotConfigured   => new Failure( 503, 'not_configured', 'The account of Agile CRM is not set up properly on the site.' ),
		$error instanceof \AgileBridge\CrmUnauthorized => new Failure( 502, 'crm_unauthorized', 'Agile CRM refuses the credentials of the site.' ),
		$error instanceof \AgileBridge\CrmUnavailable  => new Failure( 504 === $error->getCode() ? 504 : 502, 'crm_unavailable', 'Agile CRM gave no usable answer.' ),
		default                                        => new Failure( 500, 'site_error', 'Code of the site failed. The error log of the site says more.' ),
	};
}

/**
 * The contact that the webhook names, by one request; by a second one if it is named by an e-mail whose user is linked to a
 * contact that is gone.
 *
 * @param array<string, mixed> $webhook
 * @return array<string, mixed>
 */
function contact_of( array $webhook, \AgileBridge\AgileCrm $crm ): array {
	if ( null !== $webhook['contact_id'] ) {
		return $crm->contact( $webhook['contact_id'] );
	}
	$user   = user_with_email( $webhook['email'] );
	$linked = null === $user ? '' : linked_contact( $user->ID );
	if ( '' !== $linked ) {
		$contact = contact_or_null( $crm, $linked );
		if ( null !== $contact ) {
			return $contact;
		}
	}
	return $crm->contactByEmail( $webhook['email'] );
}

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
 * @param array<string, mixed> $webhook
 * @param array<string, mixed> $contact
 * @return array{status: int, body: array<string, mixed>}
 */
function process_contact( array $webhook, \AgileBridge\AgileCrm $crm, array $contact ): array {
	if ( 'PERSON' !== $contact['type'] ) {
		return ignored( 'not_a_person', $contact['id'] );
	}
	$action   = $webhook['action'];
	$mark     = database_mark();
	$mapped   = mapped_data( $contact );
	$found    = find_user( $contact, $mapped['emails'], $mapped['data']['user_email'] ?? null, static fn( string $id ) => contact_or_null( $crm, $id ) );
	$user     = $found['user'];
	$joins    = null !== $user && ! is_member( $user );
	// A lookup that failed looks like nobody found.
	require_database( $mark );
	if ( 'add' !== $action && ( null === $user || $joins ) ) {
		fire( 'wpf_api_fail', false, $action, $contact['id'] );
		return ignored( 'no_matching_user', $contact['id'] );
	}
	$notes  = $found['relinked'] ? [ 'relinked' ] : [];
	$notes  = null === $contact['tags'] ? [ ...$notes, 'tags_missing' ] : $notes;
	$tags   = null === $contact['tags'] ? null : array_values( array_unique( $contact['tags'] ) );
	$before = null === $user ? [] : stored_tags( $user->ID );

	if ( null === $user ) {
		$store = prepare_creation( $webhook, $contact, $mapped, $tags, $notes );
	} elseif ( 'update_tags' === $action ) {
		$store = static fn() => update_user( $user, [], $contact['id'], $tags, null, null );
	} else {
		$store = prepare_update( $user, $joins, $webhook, $contact, $mapped, $tags, $notes );
	}
	[ $result, $mails ] = holding_mails( $store );
	$notes              = [ ...$notes, ...$result['notes'] ];

	if ( 'created' === $result['status'] ) {
		// No mail but the one that was asked for.
		$mails = [];
		if ( ! return_password( $crm, $contact['id'], $result['password'] ) ) {
			$notes[] = 'password_not_returned';
			fire( 'wpf_api_fail', $result['user_id'], $action, $contact['id'] );
		}
		if ( $webhook['send_notification'] ) {
			send_welcome( $result['user_id'] );
		}
	}
	send_mails( $mails );
	announce( $action, $contact, $result, $before );
	return answer(
		200,
		$result['status'],
		[
			'wp_user_id'    => $result['user_id'],
			'wp_contact_id' => $contact['id'],
			'wp_notes'      => array_values( array_unique( $notes ) ),
		]
	);
}

/**
 * What has to be settled before a user is created, and the creation.
 *
 * @param array<string, mixed> $webhook
 * @param array<string, mixed> $contact
 * @param array<string, mixed> $mapped  Of mapped_data().
 * @param ?list<string>        $tags
 * @param list<string>         $notes   Gets what is found here.
 */
function prepare_creation( array $webhook, array $contact, array $mapped, ?array $tags, array &$notes ): \Closure {
	if ( ! isset( $mapped['data']['user_email'] ) ) {
		throw 'email_invalid' === $mapped['email_problem']
			? new Failure( 422, 'email_invalid', 'The e-mail address of the contact is not valid.' )
			: new Failure( 422, 'email_missing', 'The contact has no e-mail address.' );
	}
	$filtered = filtered_data( $mapped['data'], $contact, null );
	$data     = $filtered['data'];
	if ( ! isset( $data['user_email'] ) ) {
		throw new Failure( 422, 'email_missing', 'Code of the site took the e-mail address of the contact away.' );
	}
	$role  = role_for_new_user( $webhook['role'] );
	$notes = [
		...$notes,
		...notes_for( [ ...$mapped['notes'], ...$filtered['notes'] ], true ),
		...( $role['refused'] ? [ 'role_refused' ] : [] ),
	];
	return static fn() => create_user( $data, $contact['id'], $tags, $role['role'] );
}

/**
 * What has to be settled before a user is updated, and the update.
 *
 * @param array<string, mixed> $webhook
 * @param array<string, mixed> $contact
 * @param array<string, mixed> $mapped  Of mapped_data().
 * @param ?list<string>        $tags
 * @param list<string>         $notes   Gets what is found here.
 */
function prepare_update( \WP_User $user, bool $joins, array $webhook, array $contact, array $mapped, ?array $tags, array &$notes ): \Closure {
	$data    = $mapped['data'];
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
		$new   = role_for_new_user( $webhook['role'] );
		$join  = $new['role'];
		$notes = $new['refused'] ? [ ...$notes, 'role_refused' ] : $notes;
	} elseif ( null !== $webhook['role'] && ! is_protected( $user ) ) {
		$role  = harmless_role( $webhook['role'] );
		$notes = null === $role ? [ ...$notes, 'role_refused' ] : $notes;
	}
	return static fn() => update_user( $user, $filtered['data'], $contact['id'], $tags, $role, $join );
}

/**
 * Writes a generated password to the contact, so that the campaign's next node can use it.
 *
 * @return bool Whether that is done, or not asked for.
 */
function return_password( \AgileBridge\AgileCrm $crm, string $contact_id, #[\SensitiveParameter] ?string $password ): bool {
	$field = return_password_field();
	if ( null === $password || '' === $field ) {
		return true;
	}
	$problem = $crm->setCustomField( $contact_id, $field, $password );
	if ( null !== $problem ) {
		// phpcs:ignore WordPress.PHP.DevelopmentFunctions -- the site's log is where an admin looks for it.
		error_log( "Bridge for Agile CRM: the password of a new user was not written to contact $contact_id: $problem" );
	}
	return null === $problem;
}

/**
 * @return array{status: int, body: array<string, mixed>}
 */
function ignored( string $code, ?string $contact_id ): array {
	return answer(
		200,
		'ignored',
		[
			'wp_code'       => $code,
			'wp_contact_id' => $contact_id,
			'wp_notes'      => [],
		]
	);
}
