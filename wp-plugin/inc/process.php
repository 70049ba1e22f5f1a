<?php
/**
 * One webhook, from its parse to its answer: stored first, then processed while the request waits, or left to the drain.
 *
 * It waits only where that is cheap: few others are processing (a burst must not spend the whole pool of PHP workers on
 * waiting for the CRM), no others wait for the worker that drains, the CRM is well, and nobody has asked for `async`.
 * Everything else is answered 202 at once.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/failure.php';
require_once __DIR__ . '/database.php';
require_once __DIR__ . '/schema.php';
require_once __DIR__ . '/inbox.php';
require_once __DIR__ . '/crm-health.php';
require_once __DIR__ . '/transaction.php';

/** Seconds after the request's arrival at which calls to the CRM give up; the rest of the four is for the database. */
const CRM_DEADLINE = 3.6;

/** Seconds that the CRM has in any case: where other plugins take all of the time, the event is not lost for it. */
const CRM_LEAST = 1.5;

/**
 * Stores a webhook as soon as it has come, while the main plugin file loads: what other plugins do to the request after that
 * loses nothing.
 *
 * @param array<string, mixed> $webhook
 * @return ?array<string, mixed> Of receive_event(); null where it could not be stored. Then the tables are missing, or the
 *         database fails, and the end of `init` is the time to see to that.
 * @throws Failure If it has waited for a lock in vain: to wait once more would take longer than the caller waits.
 */
function store_on_arrival( array $webhook ): ?array {
	if ( SCHEMA_VERSION !== (int) get_option( SCHEMA_OPTION ) ) {
		return null;
	}
	try {
		return receive_event( $webhook, may_wait( $webhook ) );
	} catch ( Failure $failure ) {
		if ( is_lock_wait_over() ) {
			throw $failure;
		}
		return null;
	}
}

/**
 * Answers a webhook that is stored, and leaves it to the worker that drains: others wait before it. Nothing of the theme and of
 * the plugins that load after ours is needed for that, and in a burst they are most of what a webhook costs.
 *
 * @param ?Event $event Where it is ours.
 * @return bool False where that worker may have come to its end before it could see it.
 */
function leave_to_drain( ?Event $event, ?string $contact_id ): bool {
	try {
		if ( null !== $event ) {
			postpone_event( $event, 0, false );
		}
		Output::send( queued( $contact_id ) );
		// Who holds the lease now finds it when he looks for the last time.
		return ! leases_state()['drain_free'];
	} catch ( Failure $failure ) {
		// It is stored; its lease runs out.
		Output::send( queued( $contact_id ) );
		return true;
	}
}

/**
 * Another plugin or the theme ended the request before its webhook could be processed: somebody else does it.
 *
 * @param array<string, mixed>  $webhook
 * @param ?array<string, mixed> $stored Of store_on_arrival().
 * @throws Failure
 */
function leave_for_later( array $webhook, ?array $stored ): void {
	if ( null === $stored ) {
		// When it came, the tables were missing or the database failed.
		require_schema();
		put_webhook( $webhook );
	} elseif ( null !== $stored['event'] ) {
		postpone_event( $stored['event'], 0, false );
	}
}

/**
 * @param array<string, mixed> $webhook
 */
function may_wait( array $webhook ): bool {
	return ! $webhook['async'] && ! is_paused();
}

/**
 * @param array{action: string, contact_id: ?string, email: ?string, role: ?string, send_notification: ?bool, async: bool, ignored: ?string} $webhook
 * @param ?array<string, mixed> $received Of store_on_arrival().
 * @return array{status: int, body: array<string, mixed>}
 */
function process( array $webhook, ?array $received ): array {
	if ( ! is_stored( $webhook ) ) {
		return 'test' === $webhook['action']
			? answer( 200, 'ok', [ 'wp_notes' => [] ] )
			: ignored( $webhook['ignored'], $webhook['contact_id'] );
	}
	try {
		$received ??= store_after_all( $webhook );
		return accept( $webhook, $received );
	} catch ( Failure $failure ) {
		// Not stored: the one case in which the sender has to know that it was for nothing.
		return failed( $failure, $webhook['contact_id'] );
	}
}

/**
 * @param array<string, mixed> $webhook
 * @return array<string, mixed> Of receive_event().
 * @throws Failure If it could not be stored.
 */
function store_after_all( array $webhook ): array {
	require_schema();
	try {
		return receive_event( $webhook, may_wait( $webhook ) );
	} catch ( Failure $failure ) {
		if ( ! is_table_missing() ) {
			throw $failure;
		}
		// A restored backup has the option and not the tables.
		install_schema();
		return receive_event( $webhook, may_wait( $webhook ) );
	}
}

/**
 * @param array<string, mixed> $webhook
 * @param array<string, mixed> $received Of receive_event().
 * @return array{status: int, body: array<string, mixed>}
 * @throws Failure
 */
function accept( array $webhook, array $received ): array {
	$event      = $received['event'];
	$connection = connection();
	$later      = null === $connection ? failed( not_configured(), $webhook['contact_id'] ) : queued( $webhook['contact_id'] );
	if ( null === $event ) {
		return $later;
	}
	if ( null === $connection || null !== crm_stopped( $received['crm'] ) || $received['inline_workers'] > inline_workers() ) {
		postpone_event( $event, 0, false );
		return $later;
	}
	require_once __DIR__ . '/run.php';
	$arrival = (float) ( $_SERVER['REQUEST_TIME_FLOAT'] ?? microtime( true ) );
	$end     = max( $arrival + CRM_DEADLINE, microtime( true ) + CRM_LEAST );
	$crm     = new \AgileBridge\AgileCrm( $connection + [ 'deadline' => $end ] );
	return without_wp_fusion(
		static function () use ( $crm, $event, $received ): array {
			$fetches = new Fetches( $crm );
			try {
				Answering::$is_awaited = true;
				$fetches->begin( $event, $received['versions'] );
				// While the CRM thinks.
				$known_user = preload_user( $received['known_user'] );
				return run_event( $fetches->next(), $crm, $received['crm'], $known_user );
			} catch ( Failure $failure ) {
				// The database went away between storing and processing; the lease runs out, and the event is taken up again.
				return failed( $failure, $event->contact_id );
			} finally {
				Answering::$is_awaited = false;
			}
		}
	);
}

function is_table_missing(): bool {
	$error = (string) $GLOBALS['wpdb']->last_error;
	$errno = $GLOBALS['wpdb']->dbh instanceof \mysqli ? $GLOBALS['wpdb']->dbh->errno : 0;
	return 1146 === $errno || str_contains( $error, 'no such table' ) || str_contains( $error, "doesn't exist" );
}

function not_configured(): Failure {
	return new Failure( 503, 'not_configured', 'The account of Agile CRM is not set up on the site: its subdomain, e-mail address and API key are needed. The webhook is kept until then.' );
}

/**
 * @return array{status: int, body: array<string, mixed>}
 */
function queued( ?string $contact_id ): array {
	return answer(
		202,
		'queued',
		[
			'wp_contact_id' => '' === $contact_id ? null : $contact_id,
			'wp_notes'      => [],
		]
	);
}

/**
 * @return array{status: int, body: array<string, mixed>}
 */
function failed( Failure $failure, ?string $contact_id ): array {
	return answer(
		$failure->getCode(),
		'failed',
		[
			'wp_code'       => $failure->wp_code,
			'message'       => $failure->getMessage(),
			'wp_contact_id' => '' === $contact_id ? null : $contact_id,
		]
	);
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
