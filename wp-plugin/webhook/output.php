<?php
/**
 * The JSON answer, and what keeps everybody else's output out of it.
 *
 * A campaign reads our keys out of the answer and branches on the status. So once a request is ours nothing else may reach
 * the client: not a notice of another plugin, not WordPress' error page, not a redirect, not an empty 200 because somebody
 * called exit.
 *
 * How: an output buffer that swallows everything from the main plugin file on. The answer is printed past it, once, with
 * its length; whatever is printed later meets a second swallowing buffer. If the script ends without an answer, for whatever
 * reason, the first thing that runs then (the `shutdown` action, before all of its callbacks) answers: ending.php.
 * The buffer can be removed, because `while ( ob_get_level() ) { ob_end_clean(); }` is common and would otherwise never end;
 * it is put back at the next stage of WordPress' boot. Who prints in between makes PHP send its headers, and that calls us:
 * the same answer goes out before the first stray byte, with its length, so that no client reads further.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Webhook;

use AgileBridge\Plugin\Site\Host;
use AgileBridge\Plugin\Site\Log;

defined( 'ABSPATH' ) || exit;

final class Output {

	/** Seconds after which a sender may try again: an admin has to act first, or a database to come back. */
	private const RETRY_AFTER = 60;

	private static bool $guarded = false;

	private static bool $sent = false;

	private static bool $caller_is_gone = false;

	/** What else is to be done where nobody answers. */
	private static ?\Closure $otherwise = null;

	/** Given back where the memory ran out, so that saying so does not fail as well. */
	private static string $reserve = '';

	/**
	 * From here on nothing but our answer leaves this request.
	 */
	public static function guard(): void {
		if ( ! self::$guarded ) {
			self::$guarded = true;
			self::$reserve = str_repeat( ' ', 262144 );
			// Out of memory, PHP throws all buffers away, ours too, and then displays the error. It is logged all the same.
			Host::set( 'display_errors', '0' );
			// Nor may wpdb print its own page where it loses the database; it keeps the error instead.
			$GLOBALS['wpdb']->hide_errors();
			// Senders give up after some seconds. What they asked for is done all the same.
			Host::outlive_caller();
			defined( 'DONOTCACHEPAGE' ) || define( 'DONOTCACHEPAGE', true );
			// It would empty our buffer to the client before we know that the request is over.
			remove_action( 'shutdown', 'wp_ob_end_flush_all', 1 );
			add_action( 'shutdown', [ self::class, 'finish' ], PHP_INT_MIN );
			// Where the fatal error came before WordPress' own hooks work, or somebody removed our action.
			register_shutdown_function( [ self::class, 'finish' ] );
			foreach ( [ 'plugins_loaded', 'setup_theme', 'after_setup_theme', 'init' ] as $stage ) {
				add_action( $stage, [ self::class, 'guard' ], PHP_INT_MIN );
			}
			Host::call( 'header_register_callback', [ self::class, 'before_stray_output' ] );
		}
		$ours = __CLASS__ . '::swallow';
		if ( ! self::$sent && ! in_array( $ours, (array) Host::call( 'ob_list_handlers' ), true ) ) {
			ob_start( [ self::class, 'swallow' ] );
		}
	}

	/**
	 * The buffer's callback. No one's output passes; only where PHP itself ends the buffer and no one could answer before
	 * (an `exit` inside a shutdown function skips all later ones) does it give the answer.
	 */
	public static function swallow( string $printed, int $phase ): string {
		unset( $printed );
		$ending = 0 !== ( $phase & PHP_OUTPUT_HANDLER_FINAL ) && 0 === ( $phase & PHP_OUTPUT_HANDLER_CLEAN );
		// No caller but this function: it is PHP that ends the buffer. (debug_backtrace() may be disabled, this cannot be.)
		if ( self::$sent || ! $ending || count( ( new \Exception() )->getTrace() ) > 1 ) {
			return '';
		}
		self::$sent        = true;
		[ $status, $body ] = Ending::answer();
		$json              = self::json( $body );
		self::headers( $status, strlen( $json ), [] );
		return $json;
	}

	/**
	 * Sends the answer. Who calls this ends the script; by then the caller has gone, where the server lets them.
	 *
	 * @param array<string, mixed>  $body    By the keys that campaigns know.
	 * @param array<string, string> $headers
	 */
	public static function send( int $status, array $body, array $headers = [] ): void {
		if ( self::$sent ) {
			return;
		}
		self::$sent = true;
		// There is one such callback, and by now it may be another plugin's.
		Host::call( 'header_register_callback', static fn() => null );
		Host::keep_length();
		// phpcs:ignore WordPress.PHP.NoSilencedErrors -- a buffer that cannot be removed ends the loop.
		while ( ob_get_level() > 0 && @ob_end_clean() ) {
			continue;
		}
		$json = self::json( $body );
		self::headers( $status, strlen( $json ), $headers );
		// phpcs:ignore WordPress.Security.EscapeOutput -- JSON, sent as JSON.
		echo $json;
		self::$caller_is_gone = Host::let_caller_go();
		ob_start( [ self::class, 'swallow' ] );
	}

	/**
	 * Whether the answer is out and nobody waits for the script to end.
	 */
	public static function has_let_caller_go(): bool {
		return self::$caller_is_gone;
	}

	/**
	 * @param ?\Closure(): void $otherwise What to do, after the answer, if somebody else ends the script from here on; null: nothing.
	 */
	public static function if_nobody_answers( ?\Closure $otherwise ): void {
		self::$otherwise = $otherwise;
	}

	/**
	 * The script ends. If nobody answered, somebody else ended it.
	 */
	public static function finish(): void {
		if ( self::$guarded && ! self::$sent ) {
			self::$reserve = '';
			Host::set( 'memory_limit', '-1' );
			self::send( ...Ending::answer() );
		}
		$otherwise       = self::$otherwise;
		self::$otherwise = null;
		try {
			null === $otherwise || $otherwise();
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}

	/**
	 * PHP is about to send headers, and not because of us: somebody removed our buffer and prints, or calls flush() under a
	 * server that sends headers then. What is echoed here comes first.
	 */
	public static function before_stray_output(): void {
		if ( ! self::$sent ) {
			self::send( ...Ending::answer() );
		}
	}

	/**
	 * What goes wrong before there is an outcome: nothing was stored, or nothing can be said of it.
	 *
	 * @param 'rejected'|'failed' $wp_status
	 * @return array{int, array<string, mixed>} Status and body.
	 */
	public static function problem( int $status, string $wp_status, string $code, string $message ): array {
		return [ $status, [ 'success' => false, 'wp_status' => $wp_status, 'wp_code' => $code, 'message' => $message ] ];
	}

	/**
	 * At the end of `init`: the answer is ours to give. From here on who ends the script may do so because of the very event, and
	 * it must not come again for ever.
	 */
	public static function take_over(): void {
		self::guard();
		if ( self::$sent ) {
			// The caller was told something else, by another plugin's doing. The event is left for later.
			exit;
		}
		self::if_nobody_answers( null );
	}

	/**
	 * @param array<string, string> $headers
	 */
	private static function headers( int $status, int $length, array $headers ): void {
		if ( headers_sent() ) {
			return;
		}
		// What others have set belongs to another answer: a redirect, a cookie, an encoding, a content type.
		header_remove();
		try {
			nocache_headers();
		} catch ( \Throwable $error ) {
			// A filter of another plugin. What counts is set below.
			unset( $error );
		}
		$headers += [
			'Content-Type'           => 'application/json; charset=UTF-8',
			'Cache-Control'          => 'no-store',
			'X-Robots-Tag'           => 'noindex',
			'X-Content-Type-Options' => 'nosniff',
			'Content-Length'         => (string) $length,
		];
		if ( 503 === $status ) {
			$headers['Retry-After'] = (string) self::RETRY_AFTER;
		}
		foreach ( $headers as $name => $value ) {
			header( "$name: $value" );
		}
		// Not status_header(), which other plugins filter, nor http_response_code(), which a status line set before overrules.
		header( wp_get_server_protocol() . " $status " . get_status_header_desc( $status ), true, $status );
	}

	/**
	 * @param array<string, mixed> $body
	 */
	private static function json( array $body ): string {
		// phpcs:ignore WordPress.WP.AlternativeFunctions -- also where WordPress has not finished loading.
		return (string) json_encode( $body, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE );
	}
}
