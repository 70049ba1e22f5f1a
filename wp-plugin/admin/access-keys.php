<?php
/**
 * Making, replacing and removing the stored access keys.
 *
 * Two may be valid at once: the one in use, first, and the former one, so that a key can be replaced in the CRM at leisure.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

use function AgileBridge\generate_access_key;
use function AgileBridge\Plugin\constant_text;
use function AgileBridge\Plugin\extension_problem;
use function AgileBridge\Plugin\seal;
use function AgileBridge\Plugin\settings;
use function AgileBridge\Plugin\unseal;
use const AgileBridge\Plugin\MIN_ACCESS_KEY_BYTES;
use const AgileBridge\Plugin\SETTINGS_OPTION;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/../inc/settings.php';
require_once __DIR__ . '/../inc/secret.php';
require_once __DIR__ . '/../inc/requirements.php';

/** Shorter ones can be guessed by somebody patient enough. */
const STRONG_ACCESS_KEY_BYTES = 20;

const MAX_ACCESS_KEY_BYTES = 200;

/**
 * A key for a site that has none, if the extension is there to make one.
 */
function make_first_access_key(): void {
	if ( null === constant_text( 'AGILE_BRIDGE_ACCESS_KEY' ) && [] === settings()['access_keys'] && null === extension_problem() ) {
		use_access_key( generate_access_key() );
	}
}

/**
 * Puts a key to use. The one in use until now stays valid as the former one.
 *
 * @return ?string Null, or why not.
 */
function use_access_key( #[\SensitiveParameter] string $key ): ?string {
	$keys = settings()['access_keys'];
	if ( count( $keys ) > 1 ) {
		return __( 'Two keys are valid already. Remove the former one first.', 'bridge-for-agile-crm' );
	}
	$digest = hash( 'sha256', $key );
	if ( in_array( $digest, array_column( $keys, 'digest' ), true ) ) {
		return __( 'This is the key in use already.', 'bridge-for-agile-crm' );
	}
	array_unshift(
		$keys,
		[
			'digest'  => $digest,
			'sealed'  => seal( $key, 'access_key' ),
			'weak'    => is_weak( $key ),
			'created' => time(),
		]
	);
	store_access_keys( $keys );
	return null;
}

/**
 * Ends the validity of the former key.
 */
function remove_former_access_key(): void {
	store_access_keys( array_slice( settings()['access_keys'], 0, 1 ) );
}

/**
 * Why a key that somebody brings along cannot be used, or null. It is never altered: only the very same string opens.
 */
function access_key_problem( #[\SensitiveParameter] string $key ): ?string {
	return match ( true ) {
		strlen( $key ) < MIN_ACCESS_KEY_BYTES =>
			/* translators: %d: number of characters. */
			sprintf( __( 'An access key needs at least %d characters.', 'bridge-for-agile-crm' ), MIN_ACCESS_KEY_BYTES ),
		strlen( $key ) > MAX_ACCESS_KEY_BYTES =>
			/* translators: %d: number of characters. */
			sprintf( __( 'An access key has at most %d characters.', 'bridge-for-agile-crm' ), MAX_ACCESS_KEY_BYTES ),
		// A webhook with a control character or broken UTF-8 in its key is always refused.
		1 !== preg_match( '/^[^\p{C}\p{Z}](?:[^\p{C}]*[^\p{C}\p{Z}])?$/uD', $key ) =>
			__( 'An access key has no control characters and neither begins nor ends with a blank.', 'bridge-for-agile-crm' ),
		default => null,
	};
}

function is_weak( #[\SensitiveParameter] string $key ): bool {
	return strlen( $key ) < STRONG_ACCESS_KEY_BYTES;
}

/**
 * The valid keys as the screen shows them; `key` is null where the salts were changed since it was stored, and where the
 * constant's key, which opens all sites of a network, is not for this admin's eyes.
 *
 * @return list<array{key: ?string, weak: bool, created: int}>
 */
function shown_access_keys(): array {
	$constant = constant_text( 'AGILE_BRIDGE_ACCESS_KEY' );
	if ( null !== $constant ) {
		$too_short = strlen( $constant ) < MIN_ACCESS_KEY_BYTES;
		return $too_short ? [] : [
			[
				'key'     => is_multisite() && ! current_user_can( 'manage_network_options' ) ? null : $constant,
				'weak'    => is_weak( $constant ),
				'created' => 0,
			],
		];
	}
	$shown = static fn( array $key ): array => [
		'key'     => unseal( $key['sealed'], 'access_key' ),
		'weak'    => $key['weak'],
		'created' => $key['created'],
	];
	return array_map( $shown, settings()['access_keys'] );
}

/**
 * @param list<array{digest: string, sealed: string, weak: bool, created: int}> $keys The one in use first.
 */
function store_access_keys( array $keys ): void {
	update_option( SETTINGS_OPTION, [ 'access_keys' => $keys ] + settings(), true );
}
