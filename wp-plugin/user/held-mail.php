<?php
/**
 * A mail that somebody sends while a user is written, kept with what its sender has set around wp_mail().
 *
 * Content type, sender and charset are often set by a filter that is there for this one call of wp_mail(), and gone when the
 * mail goes out. So what wp_mail() would have made of them is worked out at once: from the headers as it reads them, then by its
 * filters.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\OwnCall;

defined( 'ABSPATH' ) || exit;

final readonly class HeldMail {

	/**
	 * @param array<string, mixed>  $mail      As it comes to `pre_wp_mail`.
	 * @param array<string, string> $settings  By the filter of wp_mail() that said it.
	 * @param bool                  $is_notice Whether it is WordPress' own, to the address that a user no longer has.
	 */
	private function __construct( private array $mail, private array $settings, public bool $is_notice ) {}

	/**
	 * Now, while the filters of its sender are there.
	 *
	 * @param array<string, mixed> $mail As it comes to `pre_wp_mail`.
	 */
	public static function of( array $mail, bool $is_notice ): self {
		$host     = preg_replace( '/^www\./', '', (string) wp_parse_url( network_home_url(), PHP_URL_HOST ) );
		$settings = self::said( $mail['headers'] ?? '' ) + [
			'wp_mail_from'         => "wordpress@$host",
			'wp_mail_from_name'    => 'WordPress',
			'wp_mail_content_type' => 'text/plain',
			'wp_mail_charset'      => get_bloginfo( 'charset' ),
		];
		$asked = [];
		foreach ( $settings as $filter => $value ) {
			if ( has_filter( $filter ) ) {
				// phpcs:ignore WordPress.NamingConventions -- WordPress' own.
				$asked[ $filter ] = (string) apply_filters( $filter, $value );
			}
		}
		// Where nobody is asked it is left to wp_mail(): where a plugin replaces that, the default is the plugin's.
		return new self( $mail, $asked, $is_notice );
	}

	/**
	 * @param mixed $stored Of to_array().
	 */
	public static function of_stored( $stored ): ?self {
		$is_whole = is_array( $stored ) && is_array( $stored['mail'] ?? null ) && isset( $stored['mail']['to'], $stored['mail']['subject'], $stored['mail']['message'] );
		return $is_whole ? new self( $stored['mail'], (array) ( $stored['settings'] ?? [] ), false ) : null;
	}

	/**
	 * @return array{mail: array<string, mixed>, settings: array<string, string>} To be stored.
	 */
	public function to_array(): array {
		return [
			'mail'     => $this->mail,
			'settings' => $this->settings,
		];
	}

	/**
	 * Whether it goes to any of them, openly or as a copy.
	 *
	 * @param list<string> $addresses In lower case.
	 */
	public function names( array $addresses ): bool {
		$to = array_filter( (array) ( $this->mail['to'] ?? [] ), 'is_string' );
		foreach ( self::lines( $this->mail['headers'] ?? '' ) as [ $name, $content ] ) {
			if ( in_array( $name, [ 'to', 'cc', 'bcc' ], true ) ) {
				$to[] = $content;
			}
		}
		$named = (array) preg_split( '/[\s,;:<>"()]+/', strtolower( implode( ' ', $to ) ) );
		return [] !== array_intersect( $named, $addresses );
	}

	public function send(): void {
		$call  = new OwnCall();
		$fixed = array_map( static fn( $value ): \Closure => static fn( $other = null ) => $call->is_here() ? $value : $other, $this->settings );
		foreach ( $fixed as $filter => $value ) {
			add_filter( $filter, $value, PHP_INT_MAX );
		}
		try {
			wp_mail( $this->mail['to'], $this->mail['subject'], $this->mail['message'], $this->mail['headers'] ?? '', $this->mail['attachments'] ?? [], $this->mail['embeds'] ?? [] );
		} catch ( \Throwable $error ) {
			Log::error( $error );
		} finally {
			foreach ( $fixed as $filter => $value ) {
				remove_filter( $filter, $value, PHP_INT_MAX );
			}
		}
	}

	/**
	 * What the headers say, read as wp_mail() does.
	 *
	 * @param mixed $headers
	 * @return array<string, string> By the filter that is asked next.
	 */
	private static function said( $headers ): array {
		$said = [];
		foreach ( self::lines( $headers ) as [ $name, $content ] ) {
			if ( 'from' === $name && 1 === preg_match( '/^([^<]*)<([^>]*)/', $content, $part ) ) {
				$said['wp_mail_from'] = trim( $part[2] );
				if ( '' !== $part[1] ) {
					$said['wp_mail_from_name'] = trim( str_replace( '"', '', $part[1] ) );
				}
			} elseif ( 'from' === $name && '' !== $content ) {
				$said['wp_mail_from'] = $content;
			} elseif ( 'content-type' === $name && '' !== $content ) {
				[ $type, $more ]              = explode( ';', $content ) + [ 1 => '' ];
				$said['wp_mail_content_type'] = trim( $type );
				if ( false !== stripos( $more, 'charset=' ) ) {
					$said['wp_mail_charset'] = trim( str_replace( [ 'charset=', '"' ], '', $more ) );
				} elseif ( false !== stripos( $more, 'boundary=' ) ) {
					$said['wp_mail_charset'] = '';
				}
			}
		}
		return $said;
	}

	/**
	 * @param mixed $headers A text, or a list of texts.
	 * @return list<array{string, string}> Each header's name, in lower case, and content.
	 */
	private static function lines( $headers ): array {
		$lines = [];
		foreach ( is_array( $headers ) ? $headers : explode( "\n", str_replace( "\r\n", "\n", (string) $headers ) ) as $line ) {
			if ( is_string( $line ) && str_contains( $line, ':' ) ) {
				[ $name, $content ] = explode( ':', $line, 2 );
				$lines[]            = [ strtolower( trim( $name ) ), trim( $content ) ];
			}
		}
		return $lines;
	}
}
