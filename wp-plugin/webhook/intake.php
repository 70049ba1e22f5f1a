<?php
/**
 * A webhook that comes while the extension is missing, or does not fit: is its key right? Then it is kept, to be read when the
 * extension is back: Agile CRM sends nothing twice.
 *
 * Found and checked is the key, and nothing else: what a webhook says is for the one parser, in Rust, to read. So method, key and
 * size are refused here as in src/request/, on the same bytes by the same rules, and all else is kept as it came. But for the
 * key: without it there is no secret in a webhook, so what is kept need not be sealed. (It could not be: WordPress' salts cannot
 * be had so early, and when they are changed no webhook may be lost.)
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Webhook;

use AgileBridge\Plugin\Inbox\KeptRequest;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final readonly class Intake {

	private const MAX_BODY_BYTES = 1048576;

	private const FORM = 'application/x-www-form-urlencoded';

	/** What Rust's trim_ascii() takes away. */
	private const BLANKS = " \t\n\r\x0C";

	/** How the body is to be read. */
	private string $kind;

	/**
	 * @param string $body At most one byte more than is read, which tells that there is more.
	 */
	public function __construct( private string $method, private string $query, private string $content_type, private string $body ) {
		$this->kind = $this->kind_of_body();
	}

	/**
	 * Whether a parameter is named exactly `wpf_action`. (In a form that is too large as well, whose key is not looked for.)
	 */
	public function is_ours(): bool {
		$is_large_form = 'too_large' === $this->kind && in_array( $this->type(), [ '', self::FORM ], true );
		foreach ( self::pairs( $this->parameters() . ( $is_large_form ? "&$this->body" : '' ), 'wpf_action' ) as [ $name ] ) {
			if ( 'wpf_action' === $name ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * @param list<string> $digests Of the valid keys.
	 */
	public function is_authentic( array $digests ): bool {
		$key    = $this->one( 'access_key' );
		$digest = hash( 'sha256', $key );
		$found  = false;
		foreach ( $digests as $known ) {
			// Each of them, so that the time tells nothing.
			$found = hash_equals( $known, $digest ) || $found;
		}
		return $found && strlen( $key ) >= Settings::MIN_ACCESS_KEY_BYTES;
	}

	/**
	 * Which of them it shows, '' for none.
	 *
	 * @param list<string> $digests Of the valid keys.
	 */
	public function key_digest( array $digests ): string {
		foreach ( $digests as $digest ) {
			if ( $this->is_authentic( [ $digest ] ) ) {
				return $digest;
			}
		}
		return '';
	}

	/**
	 * Why it is refused unread, in the words of the extension.
	 *
	 * @param list<string> $digests Of the valid keys.
	 * @return ?array{status: int, code: string, message: string}
	 */
	public function refusal( array $digests ): ?array {
		return match ( true ) {
			! in_array( $this->method, [ 'GET', 'POST' ], true ) => self::refused( 405, 'method_not_allowed', 'Only GET and POST are answered here.' ),
			! $this->is_authentic( $digests ) => self::refused( 403, 'invalid_access_key', 'The access key is not valid.' ),
			'too_large' === $this->kind => self::refused( 413, 'body_too_large', 'The body is larger than 1 MiB.' ),
			default => null,
		};
	}

	/**
	 * In lower case; '' if there is none, or two.
	 */
	public function action(): string {
		return strtolower( $this->one( 'wpf_action' ) );
	}

	/**
	 * What is kept of it: all but the key, and what nobody reads.
	 */
	public function unread(): KeptRequest {
		$body = match ( $this->kind ) {
			'none'  => '',
			'form'  => $this->without_key( $this->body ),
			default => $this->body_without_key(),
		};
		return new KeptRequest( $this->method, $this->without_key( $this->query ), $this->content_type, $body );
	}

	/**
	 * As src/request/raw.rs tells them apart.
	 *
	 * @return 'none'|'form'|'json'|'too_large'|'other'
	 */
	private function kind_of_body(): string {
		if ( 'POST' !== $this->method || '' === $this->body && '' === $this->content_type ) {
			return 'none';
		}
		if ( strlen( $this->body ) > self::MAX_BODY_BYTES ) {
			return 'too_large';
		}
		$start = ltrim( $this->body, self::BLANKS );
		$start = str_starts_with( $start, "\u{FEFF}" ) ? ltrim( substr( $start, 3 ), self::BLANKS ) : $start;
		return match ( true ) {
			str_starts_with( $start, '{' ) => 'json',
			in_array( $this->type(), [ '', self::FORM ], true ) => 'form',
			default => 'other',
		};
	}

	/**
	 * The content type without its parameters.
	 */
	private function type(): string {
		return strtolower( trim( explode( ';', $this->content_type, 2 )[0], self::BLANKS ) );
	}

	/**
	 * All text that holds parameters.
	 */
	private function parameters(): string {
		return $this->query . ( 'form' === $this->kind ? "&$this->body" : '' );
	}

	/**
	 * The one value of a parameter, as src/request/parameters.rs has it: '' where there is none, where it is an array or no text, and
	 * where it is given twice with two values.
	 */
	private function one( string $name ): string {
		$one = '';
		foreach ( self::pairs( $this->parameters(), $name ) as [ $found, $value ] ) {
			if ( str_starts_with( $found, "{$name}[" ) || ( $found === $name && '' !== $value && '' !== $one && $one !== $value ) ) {
				return '';
			}
			$one = $found === $name && '' !== $value ? $value : $one;
		}
		return 0 === preg_match( '/\p{Cc}/u', $one ) ? $one : '';
	}

	/**
	 * Name and value of each pair whose name begins so, decoded.
	 *
	 * @return iterable<array{string, string}>
	 */
	private static function pairs( string $text, string $name ): iterable {
		$last = strlen( $name ) - 1;
		foreach ( explode( '&', $text ) as $pair ) {
			// (Who has no key may send a million of them.)
			if ( isset( $pair[ $last ] ) && ( $pair[0] === $name[0] || '%' === $pair[0] ) ) {
				$halves = explode( '=', $pair, 2 );
				$found  = urldecode( $halves[0] );
				if ( str_starts_with( $found, $name ) ) {
					yield [ $found, urldecode( $halves[1] ?? '' ) ];
				}
			}
		}
	}

	/**
	 * The text with an empty pair in place of each that is named so, and of each that holds the key under a name that nobody reads.
	 * What stands beside it stays where it was, and what was not empty is not: both change what the extension reads.
	 */
	private function without_key( string $text ): string {
		$key   = $this->one( 'access_key' );
		$pairs = [];
		foreach ( explode( '&', $text ) as $pair ) {
			$name    = urldecode( explode( '=', $pair, 2 )[0] );
			$is_read = 1 === preg_match( '/^(wpf_action|contact_id|email|role|send_notification|async)(\[|\z)/', $name );
			$pairs[] = 'access_key' === $name || ( ! $is_read && str_contains( urldecode( $pair ), $key ) ) ? '' : $pair;
		}
		$left = implode( '&', $pairs );
		return '' === $left && '' !== $text ? '&' : $left;
	}

	/**
	 * A body that is no form: somebody may have put the key there as well, where the extension does not look for it. Of JSON only what
	 * stands under that name goes, so that all else is read as it came.
	 */
	private function body_without_key(): string {
		$key = $this->one( 'access_key' );
		if ( 'json' !== $this->kind ) {
			return str_replace( $key, '*', $this->body );
		}
		$hide = static fn( array $found ): string => json_decode( $found[2] ) === $key ? "$found[1]\"\"" : $found[0];
		return (string) preg_replace_callback( '/("access_key"\s*+:\s*+)("(?:[^"\\\\]|\\\\.)*+")/s', $hide, str_replace( "access_key=$key", 'access_key=', $this->body ) );
	}

	/**
	 * @return array{status: int, code: string, message: string}
	 */
	private static function refused( int $status, string $code, string $message ): array {
		return [ 'status' => $status, 'code' => $code, 'message' => $message ];
	}
}
