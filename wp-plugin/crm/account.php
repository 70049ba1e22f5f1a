<?php
/**
 * The account of Agile CRM that the site is set up with, and the way to it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Crm;

use AgileBridge\AgileCrm;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Secret;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class Account {

	/** @var ?\WeakMap<AgileCrm, string> The digest of the credentials that each client was made with. */
	private static ?\WeakMap $clients = null;

	/** @var ?\WeakMap<AgileCrm, float> By when the calls of those that have a deadline have ended. */
	private static ?\WeakMap $deadlines = null;

	/**
	 * The subdomain in what people paste: `foo`, `foo.agilecrm.com`, `https://foo.agilecrm.com/#dashboard`. '' if there is none.
	 */
	public static function subdomain( string $text ): string {
		$host = strtolower( trim( $text ) );
		$host = (string) preg_replace( '~^https?://~', '', $host );
		$host = (string) preg_replace( '~[/?#:].*$~sD', '', $host );
		$host = (string) preg_replace( '~\.agilecrm\.com\.?$~D', '', $host );
		return 1 === preg_match( '/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/D', $host ) ? $host : '';
	}

	public static function domain(): string {
		return self::subdomain( Settings::constant_text( 'AGILE_BRIDGE_DOMAIN' ) ?? Settings::stored()->domain );
	}

	/**
	 * Where people see a contact in Agile CRM; null while no account is set up.
	 */
	public static function contact_url( string $contact_id ): ?string {
		return '' === self::domain() || '' === $contact_id ? null : 'https://' . self::domain() . ".agilecrm.com/#contact/$contact_id";
	}

	public static function email(): string {
		return trim( Settings::constant_text( 'AGILE_BRIDGE_EMAIL' ) ?? Settings::stored()->email );
	}

	/**
	 * Null where a stored key cannot be opened any more (the salts of wp-config.php were changed), '' where there is none.
	 */
	public static function api_key(): ?string {
		$key = Settings::constant_text( 'AGILE_BRIDGE_API_KEY' );
		if ( null !== $key ) {
			return trim( $key );
		}
		$sealed = Settings::stored()->api_key;
		if ( '' === $sealed ) {
			return '';
		}
		return Secret::unseal( $sealed, 'api_key' );
	}

	/**
	 * A client of the account, or null while it is not set up or must not be called. From `init` on: it opens the API key.
	 *
	 * @param ?float $deadline The microtime( true ) by which every call has ended.
	 */
	public static function client( ?float $deadline = null ): ?AgileCrm {
		$connection = self::connection();
		if ( null === $connection || null !== self::host_if_blocked( self::url( $connection ) ) ) {
			return null;
		}
		$crm = new AgileCrm( null === $deadline ? $connection : $connection + [ 'deadline' => $deadline ] );

		self::$clients       ??= new \WeakMap();
		self::$clients[ $crm ] = self::digest( $connection );
		if ( null !== $deadline ) {
			self::$deadlines       ??= new \WeakMap();
			self::$deadlines[ $crm ] = $deadline;
		}
		return $crm;
	}

	/**
	 * Whether this client has so much time left for another call.
	 */
	public static function has_time( AgileCrm $crm, float $seconds ): bool {
		return microtime( true ) + $seconds <= ( self::$deadlines[ $crm ] ?? INF );
	}

	/**
	 * Changes with whatever decides whether the CRM knows us. Keyed with WordPress' salts: it is stored, and the API key is in it.
	 */
	public static function fingerprint(): string {
		return wp_hash( self::digest( self::connection() ) );
	}

	/**
	 * The credentials that this client goes with, whatever the settings say by now.
	 */
	public static function fingerprint_of( AgileCrm $crm ): string {
		return wp_hash( self::$clients[ $crm ] ?? '' );
	}

	/**
	 * Whether the settings, read anew, are still those that this client goes with. Where they are not, what the CRM tells it about
	 * a contact may be about another account's.
	 */
	public static function is_current( AgileCrm $crm ): bool {
		Settings::refresh();
		return self::digest( self::connection() ) === ( self::$clients[ $crm ] ?? '' );
	}

	/**
	 * Never stored: without a key it would give a weak API key away.
	 *
	 * @param ?array<string, string> $connection
	 */
	private static function digest( ?array $connection ): string {
		unset( $connection['proxy'] );
		return hash( 'sha256', Database::json( $connection ) );
	}

	/**
	 * Which account it is, whoever asks with which key: '' while none is set up.
	 */
	public static function name(): string {
		$connection = self::connection();
		// As a hash: a URL for development may hold anything.
		return null === $connection ? '' : hash( 'sha256', $connection['domain'] . ' ' . ( $connection['api_url'] ?? '' ) );
	}

	/**
	 * The CRM's host, if WordPress' own rule forbids the site to call it: WP_HTTP_BLOCK_EXTERNAL of wp-config.php, with what
	 * WP_ACCESSIBLE_HOSTS leaves out of it. Null if it may be called, or is not set up.
	 */
	public static function blocked_host(): ?string {
		$connection = self::connection();
		return null === $connection ? null : self::host_if_blocked( self::url( $connection ) );
	}

	private static function host_if_blocked( string $url ): ?string {
		$host = (string) wp_parse_url( $url, PHP_URL_HOST );
		// WordPress takes for granted that a URL has a host; what is no URL is the extension's to refuse.
		if ( '' === $host ) {
			return null;
		}
		// To WordPress this machine has but one name.
		$is_local = 1 === preg_match( '/^(127\.[0-9.]+|\[::1\])$/D', $host );
		return ( new \WP_Http() )->block_request( $is_local ? 'http://localhost/' : $url ) ? $host : null;
	}

	/**
	 * Whether the CRM is reached through a proxy.
	 */
	public static function has_proxy(): bool {
		return isset( self::connection()['proxy'] );
	}

	/**
	 * What the extension's client takes, or null while it is not set up.
	 *
	 * @return ?array<string, string> `domain`, `email`, `api_key`; where they are set `api_url` and `proxy`.
	 */
	public static function connection(): ?array {
		$settings = [
			'domain'  => self::domain(),
			'email'   => self::email(),
			'api_key' => (string) self::api_key(),
		];
		if ( in_array( '', $settings, true ) ) {
			return null;
		}
		// For development, and never from the database: who can write options must not be able to send the API key elsewhere.
		$api_url = Settings::constant_text( 'AGILE_BRIDGE_API_URL' ) ?? '';
		if ( '' !== $api_url ) {
			$settings['api_url'] = $api_url;
		}
		$proxy = self::proxy_for( self::url( $settings ) );
		if ( null !== $proxy ) {
			$settings['proxy'] = $proxy;
		}
		return $settings;
	}

	/**
	 * @param array<string, string> $connection
	 */
	private static function url( array $connection ): string {
		return $connection['api_url'] ?? "https://{$connection['domain']}.agilecrm.com/";
	}

	/**
	 * The proxy that WordPress itself would use for this URL (WP_PROXY_HOST and its companions), as a URL.
	 */
	private static function proxy_for( string $url ): ?string {
		$proxy = new \WP_HTTP_Proxy();
		// WordPress takes for granted that a URL has a host; what is no URL is the extension's to refuse.
		if ( ! $proxy->is_enabled() || null === wp_parse_url( $url, PHP_URL_HOST ) || ! $proxy->send_through_proxy( $url ) ) {
			return null;
		}
		$host   = (string) $proxy->host();
		$scheme = 'http://';
		if ( 1 === preg_match( '~^[a-z0-9]+://~i', $host, $match ) ) {
			$scheme = $match[0];
			$host   = substr( $host, strlen( $scheme ) );
		}
		$user = $proxy->use_authentication()
			? rawurlencode( (string) $proxy->username() ) . ':' . rawurlencode( (string) $proxy->password() ) . '@'
			: '';
		return $scheme . $user . rtrim( $host, '/' ) . ':' . $proxy->port();
	}

	public static function not_configured(): Failure {
		return new Failure( 503, 'not_configured', 'The account of Agile CRM is not set up on the site: its subdomain, e-mail address and API key are needed. The webhook is kept until then.' );
	}
}
