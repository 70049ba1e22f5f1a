<?php
/**
 * What is configured: constants of wp-config.php first, then what the settings screen stored.
 *
 * Loaded by every webhook, so it only reads; saving lives in admin/. The early key check runs while the main plugin
 * file loads: key_digests() therefore touches nothing but constants and one autoloaded option.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/** Autoloaded, so that reading it costs no query. */
const SETTINGS_OPTION  = 'agile_bridge_settings';
const FIELD_MAP_OPTION = 'agile_bridge_field_map';

/** Access keys below this many bytes open nothing. The extension refuses them too. */
const MIN_ACCESS_KEY_BYTES = 8;

/** How many workers of all servers together process webhooks while their requests wait; the rest is answered 202 and drained. */
const INLINE_WORKERS = 2;

/**
 * The stored settings. Keys and passwords among them are sealed (inc/secret.php).
 *
 * `access_keys`: at most two, the one in use first, the former one after it until the admin removes it. The digest is
 * what requests are checked against; the sealed copy is for the settings screen alone, so changed salts stop no webhook.
 *
 * @return array{
 *     domain: string, email: string, api_key: string, return_password_field: string, answer_beside_wp_fusion: bool,
 *     paused: bool, inline_workers: int, reconcile: bool, gone_contacts: string,
 *     access_keys: list<array{digest: string, sealed: string, weak: bool, created: int}>
 * }
 */
function settings(): array {
	$stored = get_option( SETTINGS_OPTION );
	$stored = is_array( $stored ) ? $stored : [];
	$text   = static fn( string $name ): string => is_string( $stored[ $name ] ?? null ) ? $stored[ $name ] : '';
	$keys   = is_array( $stored['access_keys'] ?? null ) ? $stored['access_keys'] : [];
	$keys   = array_filter( $keys, static fn( $key ): bool => is_array( $key ) && is_string( $key['digest'] ?? null ) );
	$key    = static fn( array $key ): array => [
		'digest'  => $key['digest'],
		'sealed'  => (string) ( $key['sealed'] ?? '' ),
		'weak'    => (bool) ( $key['weak'] ?? false ),
		'created' => (int) ( $key['created'] ?? 0 ),
	];
	return [
		'domain'                  => $text( 'domain' ),
		'email'                   => $text( 'email' ),
		'api_key'                 => $text( 'api_key' ),
		'return_password_field'   => $text( 'return_password_field' ),
		'answer_beside_wp_fusion' => true === ( $stored['answer_beside_wp_fusion'] ?? false ),
		'paused'                  => true === ( $stored['paused'] ?? false ),
		'inline_workers'          => is_int( $stored['inline_workers'] ?? null ) ? max( 0, $stored['inline_workers'] ) : INLINE_WORKERS,
		'reconcile'               => false !== ( $stored['reconcile'] ?? true ),
		// `keep`, `unlink`, or `role:` and a slug.
		'gone_contacts'           => '' === $text( 'gone_contacts' ) ? 'keep' : $text( 'gone_contacts' ),
		'access_keys'             => array_map( $key, array_values( $keys ) ),
	];
}

/**
 * What this process knows of the settings may be as old as it is; a long one looks again. (What servers share is up to date.)
 */
function refresh_settings(): void {
	if ( ! wp_using_ext_object_cache() ) {
		wp_cache_delete( 'alloptions', 'options' );
	}
	wp_load_alloptions( true );
}

/**
 * A configuration constant, or null where it is not defined and the stored setting counts.
 *
 * Only a string is taken as it is; anything else counts as empty, because 12345678 and "12345678" must not be the same key.
 */
function constant_text( string $name ): ?string {
	if ( ! defined( $name ) ) {
		return null;
	}
	$value = constant( $name );
	return is_string( $value ) ? $value : '';
}

/**
 * SHA-256 of each valid access key, lowercase hex. None means that every webhook is refused.
 *
 * @return list<string>
 */
function key_digests(): array {
	$key = constant_text( 'AGILE_BRIDGE_ACCESS_KEY' );
	if ( null !== $key ) {
		return strlen( $key ) >= MIN_ACCESS_KEY_BYTES ? [ hash( 'sha256', $key ) ] : [];
	}
	return array_column( settings()['access_keys'], 'digest' );
}

/**
 * The subdomain in what people paste: `foo`, `foo.agilecrm.com`, `https://foo.agilecrm.com/#dashboard`. '' if there is none.
 */
function subdomain( string $text ): string {
	$host = strtolower( trim( $text ) );
	$host = (string) preg_replace( '~^https?://~', '', $host );
	$host = (string) preg_replace( '~[/?#:].*$~sD', '', $host );
	$host = (string) preg_replace( '~\.agilecrm\.com\.?$~D', '', $host );
	return 1 === preg_match( '/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/D', $host ) ? $host : '';
}

function account_domain(): string {
	return subdomain( constant_text( 'AGILE_BRIDGE_DOMAIN' ) ?? settings()['domain'] );
}

function account_email(): string {
	return trim( constant_text( 'AGILE_BRIDGE_EMAIL' ) ?? settings()['email'] );
}

/**
 * Null where a stored key cannot be opened any more (the salts of wp-config.php were changed), '' where there is none.
 */
function api_key(): ?string {
	$key = constant_text( 'AGILE_BRIDGE_API_KEY' );
	if ( null !== $key ) {
		return trim( $key );
	}
	$sealed = settings()['api_key'];
	if ( '' === $sealed ) {
		return '';
	}
	require_once __DIR__ . '/secret.php';
	return unseal( $sealed, 'api_key' );
}

/**
 * What `new \AgileBridge\AgileCrm()` takes, or null while it is not configured. From `init` on: it opens the API key.
 *
 * @return ?array{domain: string, email: string, api_key: string, api_url?: string, proxy?: string}
 */
function connection(): ?array {
	$settings = [
		'domain'  => account_domain(),
		'email'   => account_email(),
		'api_key' => (string) api_key(),
	];
	if ( in_array( '', $settings, true ) ) {
		return null;
	}
	// For development, and never from the database: who can write options must not be able to send the API key elsewhere.
	$api_url = constant_text( 'AGILE_BRIDGE_API_URL' ) ?? '';
	if ( '' !== $api_url ) {
		$settings['api_url'] = $api_url;
	}
	$proxy = proxy_for( '' !== $api_url ? $api_url : "https://{$settings['domain']}.agilecrm.com/" );
	if ( null !== $proxy ) {
		$settings['proxy'] = $proxy;
	}
	return $settings;
}

/**
 * The proxy that WordPress itself would use for this URL (WP_PROXY_HOST and its companions), as a URL.
 */
function proxy_for( string $url ): ?string {
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

/**
 * The custom field that takes a generated password, as named in the CRM. '' is off.
 */
function return_password_field(): string {
	return trim( constant_text( 'AGILE_BRIDGE_RETURN_PASSWORD_FIELD' ) ?? settings()['return_password_field'] );
}

/**
 * As stored: what uses it checks it again.
 *
 * @return list<array{crm: string, wp: string, type: string, when_empty: string}>
 */
function field_map(): array {
	$map = get_option( FIELD_MAP_OPTION );
	return is_array( $map ) ? array_values( array_filter( $map, 'is_array' ) ) : [];
}

/**
 * Whether we, and not WP Fusion, answer while WP Fusion is active with Agile CRM. The admin's choice.
 */
function answer_beside_wp_fusion(): bool {
	return settings()['answer_beside_wp_fusion'];
}

/**
 * Whether events are only stored. The admin's switch.
 */
function is_paused(): bool {
	return settings()['paused'];
}

/**
 * How many workers of all servers may process webhooks while their requests wait. 0: every webhook is answered 202.
 */
function inline_workers(): int {
	return max( 0, (int) apply_filters( 'agile_bridge_inline_workers', settings()['inline_workers'] ) );
}
