<?php
/**
 * What an answer means: who swallowed the call, as far as status, headers and body tell.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\SelfTest;

defined( 'ABSPATH' ) || exit;

final class Reading {

	private const COMING_SOON = '/coming soon|under construction|maintenance|launching soon/i';

	/** What curl says of a certificate that is not to be trusted. */
	private const TLS_ERRORS = [ 35, 51, 58, 59, 60, 66, 77, 80, 83, 90, 91 ];

	/**
	 * Of the same call, made twice: what a page cache has stored the first time it gives the second time.
	 *
	 * @param bool $has_page_cache Whether the site has a drop-in that answers before WordPress does.
	 */
	public static function of( Step $step, Heard $first, Heard $second, bool $has_page_cache ): Verdict {
		$verdict = self::of_one( $step, $first, $has_page_cache );
		if ( Meaning::Arrived !== $verdict->meaning ) {
			return $verdict;
		}
		if ( $second->mark() === $first->mark() ) {
			return self::cached( $step, $second, $has_page_cache );
		}
		return self::of_one( $step, $second, $has_page_cache );
	}

	private static function of_one( Step $step, Heard $heard, bool $has_page_cache ): Verdict {
		$answer = $heard->own_answer();
		return match ( true ) {
			0 === $heard->status => self::of_error( $step, $heard->error ),
			[] !== $answer => self::of_answer( $step, $heard, $answer ),
			$heard->status >= 300 && $heard->status < 400 => self::of_redirect( $step, $heard ),
			$heard->status < 300 => self::of_page( $step, $heard, $has_page_cache ),
			default => self::of_refusal( $step, $heard ),
		};
	}

	/**
	 * Nothing came back.
	 */
	private static function of_error( Step $step, string $error ): Verdict {
		$curl    = 1 === preg_match( '/cURL error (\d+)/', $error, $found ) ? (int) $found[1] : 0;
		$meaning = match ( true ) {
			str_starts_with( $error, 'http_request_not_executed' ) => Meaning::Forbidden,
			28 === $curl, str_contains( $error, 'timed out' ) => Meaning::Silent,
			in_array( $curl, self::TLS_ERRORS, true ) => Meaning::Untrusted,
			default => Meaning::Unreachable,
		};
		// (Its text may hold the address with all that was sent.)
		$text = (string) preg_replace( '/\?\S+/', '?…', (string) strstr( $error, ' ' ) );
		return new Verdict( $step, $meaning, mb_substr( trim( $text ), 0, 200 ) );
	}

	/**
	 * The plugin has answered.
	 *
	 * @param array<string, mixed> $answer
	 */
	private static function of_answer( Step $step, Heard $heard, array $answer ): Verdict {
		$text = static fn( string $name ): string => is_string( $answer[ $name ] ?? null ) ? $answer[ $name ] : '';
		return match ( true ) {
			'' !== $heard->mark() && 200 === $heard->status => new Verdict( $step, Meaning::Arrived ),
			'site_error' === $text( 'wp_code' ) => new Verdict( $step, Meaning::EndedByCode, $text( 'wp_culprit' ) ),
			in_array( $text( 'wp_code' ), [ 'invalid_access_key', 'invalid_request' ], true ) => new Verdict( $step, Meaning::Dropped, $text( 'wp_code' ) ),
			default => new Verdict( $step, Meaning::OwnFailure, trim( $heard->status . ' ' . $text( 'wp_code' ) ) ),
		};
	}

	private static function of_redirect( Step $step, Heard $heard ): Verdict {
		$location = $heard->header( 'location' );
		if ( '' === $location ) {
			return new Verdict( $step, Meaning::OtherStatus, (string) $heard->status );
		}
		// WordPress says so of itself wherever a plugin redirects without a word of its own.
		$by = sanitize_text_field( $heard->header( 'x-redirect-by' ) );
		return new Verdict( $step, Redirect::meaning( $step, $location ), Redirect::place( $step, $location ), 'WordPress' === $by ? '' : mb_substr( $by, 0, 60 ) );
	}

	private static function of_page( Step $step, Heard $heard, bool $has_page_cache ): Verdict {
		$at = strpos( $heard->body, '{"success":' );
		return match ( true ) {
			false !== $at && str_contains( $heard->body, '"wp_status":' ) => new Verdict( $step, Meaning::PrintedAround, self::printed( $heard->body, $at ) ),
			null !== Signature::cache( $heard ), $has_page_cache && 'GET' === $step->method => self::cached( $step, $heard, $has_page_cache ),
			1 === preg_match( '/<input[^>]+type=["\']?password/i', $heard->body ) => new Verdict( $step, Meaning::LoginWall, $heard->title() ),
			1 === preg_match( self::COMING_SOON, $heard->title() ) => new Verdict( $step, Meaning::ComingSoon, $heard->title() ),
			default => new Verdict( $step, Meaning::AnotherPage, $heard->title() ),
		};
	}

	private static function cached( Step $step, Heard $heard, bool $has_page_cache ): Verdict {
		$name = (string) Signature::cache( $heard );
		return new Verdict( $step, Meaning::PageCache, '', '' === $name && $has_page_cache ? 'wp-content/advanced-cache.php' : $name );
	}

	private static function of_refusal( Step $step, Heard $heard ): Verdict {
		$by = (string) Signature::firewall( $heard );
		return match ( true ) {
			401 === $heard->status => new Verdict( $step, Meaning::PasswordWall ),
			'' !== $heard->header( 'cf-mitigated' ), in_array( $heard->status, [ 403, 405, 406, 418, 429, 444 ], true ) => new Verdict( $step, Meaning::Firewall, (string) $heard->status, $by ),
			503 === $heard->status => new Verdict( $step, Meaning::ComingSoon, $heard->title() ),
			default => new Verdict( $step, Meaning::OtherStatus, (string) $heard->status, $by ),
		};
	}

	/**
	 * What stands around our answer, a line of it.
	 *
	 * @param int $at Where the answer begins.
	 */
	private static function printed( string $body, int $at ): string {
		$end  = strpos( $body, '}', $at );
		$rest = substr( $body, 0, $at ) . ( false === $end ? '' : substr( $body, $end + 1 ) );
		// (A byte order mark is not seen.)
		$rest = str_replace( "\u{FEFF}", 'U+FEFF ', wp_strip_all_tags( wp_check_invalid_utf8( $rest, true ) ) );
		$text = trim( (string) preg_replace( '/\s+/', ' ', $rest ) );
		return mb_substr( $text, 0, 80 );
	}
}
