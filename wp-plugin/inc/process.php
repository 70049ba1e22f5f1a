<?php
/**
 * One webhook, from its parse to its answer: stored first, then processed while the request waits, or left to the drain.
 *
 * It waits only where that is cheap: few others are processing (a burst must not spend the whole pool of PHP workers on
 * waiting for the CRM), the CRM is well, and nobody has asked for `async`. Everything else is answered 202 at once.
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
 * @param array{action: string, contact_id: ?string, email: ?string, role: ?string, send_notification: ?bool, async: bool, ignored: ?string} $webhook
 * @param ?array<string, mixed> $state Of state_on_arrival().
 * @return array{status: int, body: array<string, mixed>}
 */
function process( array $webhook, ?array $state ): array {
	if ( ! is_stored( $webhook ) ) {
		return 'test' === $webhook['action']
			? answer( 200, 'ok', [ 'wp_notes' => [] ] )
			: ignored( $webhook['ignored'], $webhook['contact_id'] );
	}
	try {
		require_schema();
		try {
			return accept( $webhook, $state );
		} catch ( Failure $failure ) {
			if ( ! is_table_missing() ) {
				throw $failure;
			}
			// A restored backup has the option and not the tables.
			install_schema();
			return accept( $webhook, null );
		}
	} catch ( Failure $failure ) {
		// Not stored: the one case in which the sender has to know that it was for nothing.
		return failed( $failure, $webhook['contact_id'] );
	}
}

/**
 * What a webhook has to know when it comes, while the main plugin file loads; null where it could not be read. Then the tables
 * are missing, or the database fails, and the end of `init` is the time to see to that.
 *
 * @return ?array{crm: array{until_at: int, failures: int, details: array<string, mixed>}, drain_free: bool}
 */
function state_on_arrival(): ?array {
	if ( SCHEMA_VERSION !== (int) get_option( SCHEMA_OPTION ) ) {
		return null;
	}
	try {
		return leases_state();
	} catch ( Failure $failure ) {
		return null;
	}
}

/**
 * Whether a worker drains and has more than it can do: then a webhook has only to be stored, and is processed after the
 * others. To process it here would take one more of few PHP workers from the site's visitors.
 *
 * @param array<string, mixed> $state Of state_on_arrival().
 */
function is_drain_busy( array $state ): bool {
	try {
		return ! $state['drain_free'] && is_any_due();
	} catch ( Failure $failure ) {
		return false;
	}
}

/**
 * Stores a webhook and answers it before the theme and most plugins load: in a burst that is most of what it costs. Nothing
 * of theirs is needed for it. Ends the request, unless this one has to go on and drain.
 *
 * @param array<string, mixed> $webhook
 * @return bool True if it is answered, and the worker that drained may have come to its end before it could see it; false if
 *              it could not be stored, and is not answered.
 */
function queue_early( array $webhook ): bool {
	try {
		limit_lock_waits();
		put_webhook( $webhook );
	} catch ( Failure $failure ) {
		return false;
	}
	Output::send( queued( $webhook['contact_id'] ) );
	try {
		// Who holds the lease now, after the webhook was stored, finds it when he looks for the last time.
		if ( ! leases_state()['drain_free'] ) {
			exit;
		}
	} catch ( Failure $failure ) {
		exit;
	}
	return true;
}

/**
 * @param array<string, mixed>  $webhook
 * @param ?array<string, mixed> $state   Of state_on_arrival().
 * @return array{status: int, body: array<string, mixed>}
 * @throws Failure If it could not be stored.
 */
function accept( array $webhook, ?array $state ): array {
	limit_lock_waits();
	$state    ??= leases_state();
	$connection = connection();
	$limit      = inline_workers();
	$left       = $webhook['async'] || is_paused() || null === $connection || null !== crm_stopped( $state['crm'] ) || 0 === $limit;
	$put        = put_webhook( $webhook, $left ? '' : new_owner() );
	if ( null === $connection ) {
		return failed( not_configured(), $webhook['contact_id'] );
	}
	if ( null === $put['event'] ) {
		return queued( $webhook['contact_id'] );
	}
	if ( $put['inline_workers'] > $limit ) {
		postpone_event( $put['event'], 0, false );
		return queued( $webhook['contact_id'] );
	}
	require_once __DIR__ . '/run.php';
	$arrival = (float) ( $_SERVER['REQUEST_TIME_FLOAT'] ?? microtime( true ) );
	$end     = max( $arrival + CRM_DEADLINE, microtime( true ) + CRM_LEAST );
	$crm     = new \AgileBridge\AgileCrm( $connection + [ 'deadline' => $end ] );
	return without_wp_fusion(
		static function () use ( $crm, $put, $state ): array {
			$fetches = new Fetches( $crm );
			try {
				$fetches->begin( $put['event'], $put['versions'] );
				return run_event( $fetches->next(), $crm, $state['crm'] );
			} catch ( Failure $failure ) {
				// The database went away between storing and processing; the lease runs out, and the event is taken up again.
				return failed( $failure, $put['event']->contact_id );
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
