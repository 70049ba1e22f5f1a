<?php
/**
 * An incoming call, from the main plugin file to the end of `init`: ours? allowed? then process and answer.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/** The largest body that is read; one byte more tells that there is more. */
const MAX_BODY_BYTES = 1048576;

/**
 * The early check, while the main plugin file loads: a wrong key is turned away before the theme and most plugins load.
 *
 * Called for a front-end request that seems to have a parameter `wpf_action`.
 */
function receive_webhook(): void {
	require_once __DIR__ . '/settings.php';
	require_once __DIR__ . '/compat.php';
	if ( is_rest_request() || wp_fusion_answers() ) {
		return;
	}
	require_once __DIR__ . '/requirements.php';
	require_once __DIR__ . '/answer.php';
	$problem = extension_problem();
	if ( null !== $problem ) {
		Output::guard();
		Output::send( answer( 503, 'failed', [ 'wp_code' => 'extension_missing', 'message' => $problem ] ) );
		exit;
	}

	$received = \AgileBridge\receive_webhook( ...raw_request(), key_digests: key_digests() );
	if ( ! $received['ours'] ) {
		return;
	}
	Output::guard();
	if ( ! $received['authentic'] ) {
		refuse( $received['refusal'] );
	}
	// WP Fusion ends such requests at priority 10, also where the CRM it works with is another one.
	$last   = is_wp_fusion_active() || is_wp_fusion_lite_active() ? 9 : PHP_INT_MAX;
	$stored = null;
	if ( ! isset( $received['refusal'] ) && is_stored( $received['webhook'] ) ) {
		require_once __DIR__ . '/process.php';
		try {
			$stored = store_on_arrival( $received['webhook'] );
		} catch ( Failure $failure ) {
			Output::send( failed( $failure, $received['webhook']['contact_id'] ) );
			exit;
		}
		if ( $stored['is_drained'] ?? false ) {
			if ( leave_to_drain( $stored['event'], $received['webhook']['contact_id'] ) ) {
				exit;
			}
			add_action( 'init', __NAMESPACE__ . '\\drain_and_end', $last );
			return;
		}
		Output::if_nobody_answers( static fn() => leave_for_later( $received['webhook'], $stored ) );
	}
	add_action( 'init', static fn() => answer_webhook( $received, $stored ), $last );
}

/**
 * What the web server received. PHP's own parsing renames, drops and slashes.
 *
 * @return array{method: string, query: string, content_type: string, body: string}
 */
function raw_request(): array {
	// phpcs:disable WordPress.Security.ValidatedSanitizedInput -- the extension parses these bytes as they are.
	$body = (string) file_get_contents( 'php://input', false, null, 0, MAX_BODY_BYTES + 1 );
	if ( '' === $body && (int) ( $_SERVER['CONTENT_LENGTH'] ?? 0 ) > MAX_BODY_BYTES ) {
		// Of a multipart body PHP leaves us nothing to read; that it is too large comes before that it is multipart.
		$body = str_repeat( ' ', MAX_BODY_BYTES + 1 );
	}
	return [
		'method'       => (string) ( $_SERVER['REQUEST_METHOD'] ?? '' ),
		'query'        => (string) ( $_SERVER['QUERY_STRING'] ?? '' ),
		'content_type' => (string) ( $_SERVER['CONTENT_TYPE'] ?? $_SERVER['HTTP_CONTENT_TYPE'] ?? '' ),
		'body'         => $body,
	];
	// phpcs:enable
}

/**
 * Whether WordPress will answer from its REST API. REST_REQUEST is defined only after `init`, so the address decides.
 *
 * Read as WP::parse_request() reads it: the path below the site's home, with or without `index.php`, or the path info.
 */
function is_rest_request(): bool {
	// phpcs:disable WordPress.Security -- compared, and nothing else.
	if ( ! empty( $_GET['rest_route'] ) || ! empty( $_POST['rest_route'] ) ) {
		return true;
	}
	$prefix = trim( rest_get_url_prefix(), '/' );
	$home   = trim( (string) wp_parse_url( home_url(), PHP_URL_PATH ), '/' );
	$paths  = [ explode( '?', (string) ( $_SERVER['REQUEST_URI'] ?? '' ), 2 )[0], (string) ( $_SERVER['PATH_INFO'] ?? '' ) ];
	// phpcs:enable
	foreach ( $paths as $path ) {
		$path = trim( (string) preg_replace( '~/+~', '/', rawurldecode( $path ) ), '/' );
		if ( '' !== $home && 0 === stripos( "$path/", "$home/" ) ) {
			$path = ltrim( substr( $path, strlen( $home ) ), '/' );
		}
		if ( str_starts_with( "$path/", 'index.php/' ) ) {
			$path = ltrim( substr( $path, strlen( 'index.php' ) ), '/' );
		}
		if ( '' !== $prefix && str_starts_with( "$path/", "$prefix/" ) ) {
			return true;
		}
	}
	return false;
}

/**
 * Ends the request with a refusal that needs nothing of WordPress: the method, or the access key.
 *
 * @param array{status: int, code: string, message: string} $refusal
 */
function refuse( array $refusal ): never {
	if ( 403 === $refusal['status'] ) {
		require_once __DIR__ . '/refusals.php';
		try {
			record_refusal( $refusal['code'] );
		} catch ( \Throwable $error ) {
			// The caller learns nothing of our troubles; the next refusal is recorded.
			log_error( $error );
		}
	}
	$allow = 405 === $refusal['status'] ? [ 'Allow' => 'GET, POST' ] : [];
	Output::send( refusal_answer( $refusal ), $allow );
	exit;
}

/**
 * @param array{status: int, code: string, message: string} $refusal
 * @return array{status: int, body: array<string, mixed>}
 */
function refusal_answer( array $refusal ): array {
	return answer(
		$refusal['status'],
		'rejected',
		[
			'wp_code' => $refusal['code'],
			'message' => $refusal['message'],
		]
	);
}

/**
 * Whether it is about a contact: a test of the key is not, nor are deals and companies.
 *
 * @param array<string, mixed> $webhook
 */
function is_stored( array $webhook ): bool {
	return 'test' !== $webhook['action'] && null === $webhook['ignored'];
}

/**
 * At the end of `init`, when post types, roles and other plugins are all there.
 *
 * @param array<string, mixed>  $received The extension's verdict.
 * @param ?array<string, mixed> $stored   Of store_on_arrival().
 */
function answer_webhook( array $received, ?array $stored ): never {
	Output::guard();
	if ( Output::is_sent() ) {
		// The caller was told that it failed, by another plugin's doing. The event is left for later.
		exit;
	}
	// From here on who ends the script may do so because of the very event, and it must not come again for ever.
	Output::if_nobody_answers( null );
	if ( isset( $received['refusal'] ) ) {
		without_wp_fusion( static fn() => fire( 'wpf_api_fail', false, requested_action(), false ) );
		Output::send( refusal_answer( $received['refusal'] ) );
		exit;
	}
	require_once __DIR__ . '/process.php';
	Output::send( process( $received['webhook'], $stored ) );
	commit_after_answer();
	if ( is_stored( $received['webhook'] ) ) {
		drain_and_end();
	}
	exit;
}

/**
 * The caller has what it wanted, and WordPress is loaded: the best moment to process what waits.
 */
function drain_and_end(): never {
	require_once __DIR__ . '/drain.php';
	drain_after_answer();
	exit;
}

/**
 * The action that a malformed webhook names, for who listens to failures; '' if it is none of ours.
 */
function requested_action(): string {
	// phpcs:ignore WordPress.Security -- the access key was checked; compared, and nothing else.
	$action = $_GET['wpf_action'] ?? $_POST['wpf_action'] ?? '';
	$action = is_string( $action ) ? strtolower( $action ) : '';
	return in_array( $action, [ 'add', 'update', 'update_tags', 'test' ], true ) ? $action : '';
}

/**
 * Where and what, for the site's log. Exceptions of the extension hold no secret; arguments are never printed.
 */
function log_error( \Throwable $error ): void {
	$line = sprintf( '%s: %s in %s:%d', $error::class, $error->getMessage(), $error->getFile(), $error->getLine() );
	// phpcs:ignore WordPress.PHP.DevelopmentFunctions -- the site's log is where an admin looks for it.
	error_log( "Bridge for Agile CRM: $line" );
}
