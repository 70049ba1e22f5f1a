<?php
/**
 * An incoming call, while the main plugin file loads: is it ours, and is its key right?
 *
 * What is loaded for a wrong key is at most what stands at the top here, output.php, and intake.php where the extension is missing: before the theme and most plugins.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Webhook;

use AgileBridge\Plugin\Inbox\KeptRequests;
use AgileBridge\Plugin\Inbox\Outcome;
use AgileBridge\Plugin\Inbox\Webhook;
use AgileBridge\Plugin\Site\CallbackStopped;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Form;
use AgileBridge\Plugin\Site\KeyUse;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Reconnection;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\Stats;
use AgileBridge\Plugin\Site\WpFusion;

defined( 'ABSPATH' ) || exit;

final class Request {

	private const ACTIONS = [ 'add', 'update', 'update_tags', 'test' ];

	/** The largest body that is read; one byte more tells that there is more. */
	private const MAX_BODY_BYTES = 1048576;

	/**
	 * Called for a front-end request that seems to have a parameter `wpf_action`. A wrong key is turned away here and now.
	 */
	public static function receive(): void {
		if ( self::is_rest() || WpFusion::answers() ) {
			return;
		}
		$problem = Extension::problem();
		if ( null !== $problem ) {
			self::receive_unread( self::raw(), $problem );
			return;
		}

		$raw      = self::raw();
		$digests  = Settings::key_digests();
		$received = \AgileBridge\receive_webhook( ...$raw, key_digests: $digests );
		if ( ! $received['ours'] ) {
			return;
		}
		// (Who has any other wrong key is not to cost a question to the database.)
		if ( ! $received['authentic'] && str_contains( $raw['query'] . $raw['body'], Settings::SELF_TEST_PREFIX ) && SelfTestCall::is_one( $raw ) ) {
			Output::guard();
			Form::put_away();
			SelfTestCall::begin( self::last() );
			return;
		}
		if ( isset( $received['refusal'] ) && WpFusion::has_another_crm() && self::is_for_wp_fusion( $received, $raw ) ) {
			self::leave_to_wp_fusion( $raw );
			return;
		}
		Output::guard();
		if ( ! $received['authentic'] ) {
			self::refuse( $received['refusal'], $raw );
		}
		$last = self::last();
		if ( isset( $received['refusal'] ) ) {
			add_action( 'init', [ Refused::of( $received['refusal'], $raw, self::requested_action() ), 'answer' ], $last );
			Form::put_away();
			return;
		}
		Form::put_away();
		// (Two keys are valid while one takes the other's place.)
		$key = 1 === count( $digests ) ? $digests[0] : ( new Intake( ...$raw ) )->key_digest( $digests );
		( new Reply( Webhook::of_extension( $received['webhook'], $key ) ) )->begin( $last );
	}

	/**
	 * The priority at which webhooks are answered at `init`. (WP Fusion ends such requests at 10, also where the CRM it works with is
	 * another one.)
	 */
	private static function last(): int {
		return WpFusion::is_active() || WpFusion::is_lite_active() ? 9 : PHP_INT_MAX;
	}

	/**
	 * The same while the extension is missing, or does not fit: what has the right key is kept, and read when it is back.
	 *
	 * @param array<string, string> $raw
	 * @param string                $problem What is wrong with it.
	 */
	private static function receive_unread( array $raw, string $problem ): void {
		$intake = new Intake( ...$raw );
		if ( ! $intake->is_ours() ) {
			return;
		}
		$digests = Settings::key_digests();
		if ( WpFusion::has_another_crm() && ( ! $intake->is_authentic( $digests ) || ! in_array( $intake->action(), self::ACTIONS, true ) ) ) {
			self::leave_to_wp_fusion( $raw );
			return;
		}
		Output::guard();
		$refusal = $intake->refusal( $digests );
		if ( null !== $refusal ) {
			self::refuse( $refusal, $raw );
		}
		try {
			if ( 'test' === $intake->action() ) {
				Output::send( ...Output::problem( 503, 'failed', 'extension_missing', $problem ) );
			} elseif ( Reconnection::at_most( 1, static fn(): bool => KeptRequests::keep( $intake->unread() ) ) ) {
				Answer::send( Outcome::queued( '' ) );
			} else {
				$full = Output::problem( 503, 'failed', 'extension_missing', "$problem Until then webhooks are kept, but this one is too large, or too many are kept already: send it again later." );
				Output::send( ...$full );
				Refused::of( [ 'status' => 503, 'code' => 'not_kept', 'message' => '' ], $raw, self::requested_action() )->note();
			}
			KeyUse::note( $intake->key_digest( $digests ), null );
		} catch ( Failure $failure ) {
			Answer::send( Outcome::failed( $failure, '' ) );
		} catch ( CallbackStopped $stopped ) {
			// The database is gone.
			Answer::send( Outcome::failed( Database::failure(), '' ) );
		}
		exit;
	}

	/**
	 * What the web server received. PHP's own parsing renames, drops and slashes.
	 *
	 * @return array{method: string, query: string, content_type: string, body: string}
	 */
	private static function raw(): array {
		// phpcs:disable WordPress.Security.ValidatedSanitizedInput -- the extension parses these bytes as they are.
		$body = (string) file_get_contents( 'php://input', false, null, 0, self::MAX_BODY_BYTES + 1 );
		if ( '' === $body && (int) ( $_SERVER['CONTENT_LENGTH'] ?? 0 ) > self::MAX_BODY_BYTES ) {
			// Of a multipart body PHP leaves us nothing to read; that it is too large comes before that it is multipart.
			$body = str_repeat( ' ', self::MAX_BODY_BYTES + 1 );
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
	private static function is_rest(): bool {
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
	 * Whether a call that we refuse is one of another CRM: it has none of our keys, or an action that we do not know.
	 *
	 * @param array<string, mixed>  $received Of the extension.
	 * @param array<string, string> $raw      What it was given.
	 */
	private static function is_for_wp_fusion( array $received, array $raw ): bool {
		if ( 405 === $received['refusal']['status'] ) {
			// Of a method that nobody answers the key was not looked at.
			$received = \AgileBridge\receive_webhook( ...[ 'method' => 'GET' ] + $raw, key_digests: Settings::key_digests() );
		}
		return ! $received['authentic'] || '' === self::requested_action();
	}

	private static function record( string $reason ): void {
		try {
			Stats::record_refusal( $reason );
		} catch ( \Throwable $error ) {
			// The caller learns nothing of our troubles; the next one is recorded.
			Log::error( $error );
		}
	}

	/**
	 * @param array<string, string> $raw
	 */
	private static function leave_to_wp_fusion( array $raw ): void {
		self::record( 'left_to_wp_fusion' );
		$why = [
			'status'  => 0,
			'code'    => 'left_to_wp_fusion',
			'message' => '',
		];
		add_action( 'shutdown', [ Refused::of( $why, $raw, self::requested_action() ), 'note' ] );
	}

	/**
	 * Ends the request with a refusal for which nothing of WordPress is needed.
	 *
	 * @param array{status: int, code: string, message: string} $refusal
	 * @param array<string, string>                             $raw
	 */
	private static function refuse( array $refusal, array $raw ): never {
		if ( 403 === $refusal['status'] ) {
			self::record( $refusal['code'] );
		}
		$allow = 405 === $refusal['status'] ? [ 'Allow' => 'GET, POST' ] : [];
		Output::send( ...Output::problem( $refusal['status'], 'rejected', $refusal['code'], $refusal['message'] ), headers: $allow );
		if ( 403 !== $refusal['status'] ) {
			Refused::of( $refusal, $raw, self::requested_action() )->note();
		}
		exit;
	}

	/**
	 * The action that a malformed webhook names, for who listens to failures; '' if it is none of ours.
	 */
	private static function requested_action(): string {
		// phpcs:ignore WordPress.Security -- the access key was checked; compared, and nothing else.
		$action = $_GET['wpf_action'] ?? $_POST['wpf_action'] ?? '';
		$action = is_string( $action ) ? strtolower( $action ) : '';
		return in_array( $action, self::ACTIONS, true ) ? $action : '';
	}
}
