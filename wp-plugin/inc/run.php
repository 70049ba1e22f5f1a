<?php
/**
 * One claimed event, from what the CRM answered to its next state: done, tried again later, or dead.
 *
 * Which failure leads where:
 *   the CRM is down, too busy or too slow     tried again, by the schedule of the extension's retry_delay()
 *   the CRM refuses us                        waits, uncounted, until it no longer does (crm-health.php)
 *   a contact named by e-mail is not found    tried again three times: searches trail behind writes
 *   the database, or code of the site, fails  tried again by the same schedule
 *   what can never succeed                    done, with its reason
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/inbox.php';
require_once __DIR__ . '/crm-health.php';
require_once __DIR__ . '/process.php';
require_once __DIR__ . '/answer.php';
require_once __DIR__ . '/compat.php';
require_once __DIR__ . '/link.php';
require_once __DIR__ . '/tags.php';
require_once __DIR__ . '/role.php';
require_once __DIR__ . '/account.php';
require_once __DIR__ . '/user-data.php';
require_once __DIR__ . '/new-user.php';
require_once __DIR__ . '/new-user-meta.php';
require_once __DIR__ . '/user-row.php';
require_once __DIR__ . '/user.php';
require_once __DIR__ . '/creation.php';
require_once __DIR__ . '/update.php';
require_once __DIR__ . '/transaction.php';
require_once __DIR__ . '/mail.php';
require_once __DIR__ . '/announcement.php';
require_once __DIR__ . '/after-effects.php';
require_once __DIR__ . '/settle.php';
require_once __DIR__ . '/apply.php';
require_once __DIR__ . '/gone.php';
require_once __DIR__ . '/fetches.php';

/** How often the contact of an event may have been written by somebody else meanwhile. */
const STALE_TRIES = 3;

/** The claim went to somebody else: whatever this worker found is theirs to find again. */
final class ClaimLost extends \RuntimeException {}

/** A newer state of the contact was written while ours was under way. */
final class ContactStale extends \RuntimeException {}

/**
 * @param array<string, mixed>                                               $fetched Of Fetches::next().
 * @param array{until_at: int, failures: int, details: array<string, mixed>} $crm_record Of the lease `crm`, read before.
 * @param int $known_user Whose user the contact may be, if the caller has preloaded them.
 * @return array{status: int, body: array<string, mixed>} What to answer, if somebody waits.
 */
function run_event( array $fetched, \AgileBridge\AgileCrm $crm, array $crm_record, int $known_user = 0 ): array {
	$event = $fetched['event'];
	$mark  = database_mark();
	try {
		if ( isset( $fetched['error'] ) ) {
			return settle_crm_error( $event, $fetched, $crm );
		}
		note_crm_is_well( $crm_record );
		return apply_contact( $event, $fetched['contact'], $fetched['versions'], $crm, $known_user );
	} catch ( ClaimLost $lost ) {
		return queued( $event->contact_id );
	} catch ( ContactStale $stale ) {
		return settle_stale( $event );
	} catch ( \AgileBridge\Exception $error ) {
		// A question to the CRM besides the contact itself: whether another contact still has the address.
		return settle_crm_error( $event, crm_error( $error ), $crm );
	} catch ( \Throwable $error ) {
		return settle_failure( $event, failure_of( $error, $mark ), $fetched['contact']['id'] ?? $event->contact_id );
	}
}

/**
 * Runs what needs no contact: what a worker that died still owed, and a password that the CRM did not take.
 */
function run_owed( Event $event, \AgileBridge\AgileCrm $crm ): void {
	if ( 'return_password' === $event->action ) {
		retry_return_password( $event, $crm );
		return;
	}
	settle_owed( $event, (array) $event->owed, $crm );
	finish_event( $event, 'done', outcome_of_owed( (array) $event->owed ) );
}

/**
 * @param array{error?: string, message?: string, retry_after?: ?int, outage?: bool} $error As AgileCrm::next() gives it.
 * @return array{status: int, body: array<string, mixed>}
 */
function settle_crm_error( Event $event, array $error, \AgileBridge\AgileCrm $crm ): array {
	$message = (string) ( $error['message'] ?? '' );
	$error   = verified_refusal( $error, $crm );
	switch ( $error['error'] ?? '' ) {
		case 'contact_not_found':
			return settle_not_found( $event );
		case 'not_configured':
			postpone_event( $event, MINUTE, false, $message );
			return failed( not_configured(), $event->contact_id );
		case 'crm_unauthorized':
			note_crm_error( $error );
			postpone_event( $event, 10 * SECOND, false, $message );
			break;
		default:
			note_crm_error( $error );
			$stopped = null !== crm_stopped( lease_record( 'crm' ) );
			$delay   = \AgileBridge\retry_delay( $stopped ? 1 : max( 1, $event->attempts ), $error['retry_after'] ?? null );
			if ( null === $delay ) {
				give_up( $event, 'crm_unavailable', $message );
				break;
			}
			postpone_event( $event, (int) ( 1000 * $delay ), ! $stopped, $message );
	}
	return queued( $event->contact_id );
}

/**
 * Where the CRM refuses us: what it is, if it knows our credentials all the same. Only this contact, or this call, is refused
 * then, which is no reason to stop asking.
 *
 * @param array{error?: string, message?: string, retry_after?: ?int, outage?: bool} $error As AgileCrm::next() gives it.
 * @return array{error?: string, message?: string, retry_after?: ?int, outage?: bool}
 */
function verified_refusal( array $error, \AgileBridge\AgileCrm $crm ): array {
	$is_refusal = 'crm_unauthorized' === ( $error['error'] ?? '' );
	return $is_refusal && is_welcome( $crm ) ? [ 'error' => 'crm_unavailable', 'outage' => false ] + $error : $error;
}

/**
 * Whether the CRM knows our credentials, by the connection test.
 */
function is_welcome( \AgileBridge\AgileCrm $crm ): bool {
	try {
		$crm->currentUser();
		return true;
	} catch ( \AgileBridge\Exception $error ) {
		return false;
	}
}

/**
 * Somebody has written a newer state of the contact meanwhile: once more, at once. It seldom happens twice to an event. What
 * happens to it again and again is the doing of the site's own code, which ends our transactions and changes what we write:
 * that waits like any failure.
 *
 * @return array{status: int, body: array<string, mixed>}
 */
function settle_stale( Event $event ): array {
	if ( $event->attempts >= STALE_TRIES ) {
		return settle_failure( $event, new Failure( 500, 'site_error', 'Code of the site ends the transaction in which the user is written, and changes what was written. The event is kept and will be tried again.' ), $event->contact_id );
	}
	postpone_event( $event, 0, true );
	return queued( $event->contact_id );
}

/**
 * @return array{status: int, body: array<string, mixed>}
 */
function settle_not_found( Event $event ): array {
	$failure = new Failure( 404, 'contact_not_found', 'Agile CRM has no such contact.' );
	if ( '' !== $event->email ) {
		$delay = \AgileBridge\not_found_delay( max( 1, $event->attempts ) );
		if ( null !== $delay ) {
			postpone_event( $event, (int) ( 1000 * $delay ), true, $failure->getMessage() );
			return queued( $event->contact_id );
		}
	}
	if ( '' !== $event->contact_id ) {
		mind_contact_gone( $event->contact_id );
	}
	return settle_failure( $event, $failure, $event->contact_id );
}

/**
 * @return array{status: int, body: array<string, mixed>}
 */
function settle_failure( Event $event, Failure $failure, string $contact_id ): array {
	if ( $failure->getCode() >= 500 ) {
		$delay = \AgileBridge\retry_delay( max( 1, $event->attempts ), null );
		if ( null !== $delay ) {
			postpone_event( $event, (int) ( 1000 * $delay ), true, $failure->getMessage() );
			return failed( $failure, $contact_id );
		}
		give_up( $event, $failure->wp_code, $failure->getMessage() );
		return failed( $failure, $contact_id );
	}
	fire( 'wpf_api_fail', false, $event->action, '' === $contact_id ? false : $contact_id );
	finish_event(
		$event,
		'done',
		[
			'status'  => 'failed',
			'code'    => $failure->wp_code,
			'message' => $failure->getMessage(),
		]
	);
	return failed( $failure, $contact_id );
}

/**
 * All tries are used up. The event is kept, the admin sees it and may replay it.
 */
function give_up( Event $event, string $code, string $message ): void {
	fire( 'wpf_api_fail', false, $event->action, '' === $event->contact_id ? false : $event->contact_id );
	finish_event(
		$event,
		'dead',
		[
			'status'  => 'failed',
			'code'    => $code,
			'message' => $message,
		]
	);
}

/**
 * An exception of the extension as AgileCrm::next() would have told it.
 *
 * @return array{error: string, message: string, outage: bool}
 */
function crm_error( \AgileBridge\Exception $error ): array {
	$kind = match ( true ) {
		$error instanceof \AgileBridge\NotConfigured   => 'not_configured',
		$error instanceof \AgileBridge\CrmUnauthorized => 'crm_unauthorized',
		default                                        => 'crm_unavailable',
	};
	return [ 'error' => $kind, 'message' => $error->getMessage(), 'outage' => 'crm_unavailable' === $kind ];
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
	log_error( $error );
	if ( $error instanceof TransactionLost || $error instanceof UserChanged ) {
		return database_failure();
	}
	try {
		// Another plugin's hook may throw because of what the database did.
		require_database( $mark );
	} catch ( Failure $failure ) {
		return $failure;
	}
	return new Failure( 500, 'site_error', 'Code of the site failed. The error log of the site says more. The event is kept and will be tried again.' );
}
