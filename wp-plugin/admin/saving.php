<?php
/**
 * What the settings form sends, checked and stored.
 *
 * Hook: admin_init → register_settings. The form goes to WordPress' options.php, which has checked the nonce and the
 * capability before it calls us. Bad input changes nothing.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

use function AgileBridge\check_field_map;
use function AgileBridge\Plugin\constant_text;
use function AgileBridge\Plugin\extension_problem;
use function AgileBridge\Plugin\field_map;
use function AgileBridge\Plugin\harmless_role;
use function AgileBridge\Plugin\remember_the_site;
use function AgileBridge\Plugin\require_schema;
use function AgileBridge\Plugin\seal;
use function AgileBridge\Plugin\settings;
use function AgileBridge\Plugin\subdomain;
use const AgileBridge\Plugin\FIELD_MAP_OPTION;
use const AgileBridge\Plugin\SETTINGS_OPTION;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/../inc/settings.php';
require_once __DIR__ . '/../inc/requirements.php';
require_once __DIR__ . '/../inc/role.php';

/** The settings group, and the slug under which its errors are shown. */
const GROUP = 'agile_bridge';

const MAX_EMAIL_BYTES   = 254;
const MAX_API_KEY_BYTES = 200;
const MAX_FIELD_NAME    = 100;

/** More than any pool of PHP workers should spend on waiting. */
const MAX_INLINE_WORKERS = 64;

function register_settings(): void {
	// In this order: the map is left alone when the settings beside it were refused.
	register_setting( GROUP, SETTINGS_OPTION, [ 'sanitize_callback' => __NAMESPACE__ . '\settings_to_store' ] );
	register_setting( GROUP, FIELD_MAP_OPTION, [ 'sanitize_callback' => __NAMESPACE__ . '\field_map_to_store' ] );
}

/**
 * WordPress calls this for every write of the option, and twice for its first: only the form's input is changed here.
 *
 * @param mixed $input The form's fields, or whatever else is being stored.
 * @return mixed
 */
function settings_to_store( $input ) {
	static $stored = null;
	if ( ! is_form_sent() || ( null !== $stored && $input === $stored ) ) {
		return $input;
	}
	$stored = settings();
	if ( ! is_array( $input ) || ! isset( $input['complete'] ) ) {
		// PHP cuts a form off at max_input_vars; what is missing must not count as emptied.
		refuse_input( 'incomplete', __( 'The form arrived incomplete (PHP\'s max_input_vars may be too low).', 'bridge-for-agile-crm' ) );
		return $stored;
	}
	$wanted = [
		'domain'                => wanted_domain( $input ),
		'email'                 => wanted_email( $input ),
		'api_key'               => wanted_api_key( $input ),
		'return_password_field' => wanted_return_password_field( $input ),
	];
	foreach ( [ 'paused', 'reconcile' ] as $switch ) {
		$wanted[ $switch ] = isset( $input[ $switch ] ) ? '1' === $input[ $switch ] : null;
	}
	$wanted['inline_workers'] = wanted_inline_workers( $input );
	$wanted['gone_contacts']  = wanted_gone_contacts( $input );
	if ( isset( $input['who_answers'] ) ) {
		$wanted['answer_beside_wp_fusion'] = 'bridge' === $input['who_answers'];
	}
	if ( [] === refused_input() ) {
		$stored = array_filter( $wanted, static fn( $value ): bool => null !== $value ) + $stored;
		settle_in_here();
	}
	return $stored;
}

/**
 * Who saves the settings here says that this address is the site's own.
 */
function settle_in_here(): void {
	require_once __DIR__ . '/../inc/reconcile.php';
	try {
		require_schema();
		remember_the_site();
	} catch ( \Throwable $error ) {
		// The settings are saved all the same; the next look for changes says what is wrong.
		unset( $error );
	}
}

/**
 * @param mixed $input Rows as the form sends them, null if it sent none, or whatever else is being stored.
 * @return mixed
 */
function field_map_to_store( $input ) {
	static $stored = null;
	if ( ! is_form_sent() || ( null !== $stored && $input === $stored ) ) {
		return $input;
	}
	$stored = field_map();
	if ( ! is_array( $input ) || [] !== refused_input() || null !== extension_problem() ) {
		return $stored;
	}
	$text = static fn( $row, string $name ): string => is_array( $row ) && is_string( $row[ $name ] ?? null ) ? trim( $row[ $name ] ) : '';
	$rows = [];
	foreach ( $input as $row ) {
		$entry = [
			'crm'        => $text( $row, 'crm' ),
			'wp'         => $text( $row, 'wp' ),
			'type'       => $text( $row, 'type' ),
			'when_empty' => $text( $row, 'when_empty' ),
		];
		if ( '' !== $entry['crm'] || '' !== $entry['wp'] ) {
			$rows[] = array_map( 'wp_check_invalid_utf8', $entry );
		}
	}
	$checked = check_field_map( $rows );
	foreach ( $checked['refused'] as $refused ) {
		$row = $rows[ $refused['index'] ];
		add_settings_error(
			GROUP,
			'field_map_' . $refused['index'],
			sprintf(
				/* translators: 1: CRM property, 2: WordPress key, 3: the reason. */
				esc_html__( 'The field map row "%1$s → %2$s" was not saved: %3$s. Everything else was.', 'bridge-for-agile-crm' ),
				esc_html( $row['crm'] ),
				esc_html( $row['wp'] ),
				esc_html( $refused['reason'] )
			),
			'warning'
		);
	}
	$stored = $checked['entries'];
	return $stored;
}

/** @param array<string, mixed> $input The form. */
function wanted_domain( array $input ): ?string {
	$text = typed( $input, 'domain', 'AGILE_BRIDGE_DOMAIN' );
	if ( null === $text || '' === $text ) {
		return $text;
	}
	$domain = subdomain( $text );
	if ( '' === $domain ) {
		refuse_input(
			'domain',
			/* translators: %s: what was typed. */
			sprintf( __( '"%s" is not an Agile CRM subdomain. It is the part before .agilecrm.com in the address of your account.', 'bridge-for-agile-crm' ), $text )
		);
	}
	return $domain;
}

/** @param array<string, mixed> $input The form. */
function wanted_email( array $input ): ?string {
	$email = typed( $input, 'email', 'AGILE_BRIDGE_EMAIL' );
	if ( null !== $email && '' !== $email && ( ! is_email( $email ) || strlen( $email ) > MAX_EMAIL_BYTES ) ) {
		/* translators: %s: what was typed. */
		refuse_input( 'email', sprintf( __( '"%s" is not an e-mail address.', 'bridge-for-agile-crm' ), $email ) );
	}
	return $email;
}

/**
 * Sealed. An empty field keeps the key that is stored: it is never shown again, so nobody could type it back.
 *
 * @param array<string, mixed> $input The form.
 */
function wanted_api_key( array $input ): ?string {
	if ( isset( $input['forget_api_key'] ) ) {
		return '';
	}
	$key = typed( $input, 'new_api_key', 'AGILE_BRIDGE_API_KEY' );
	if ( null === $key || '' === $key ) {
		return null;
	}
	if ( 1 !== preg_match( '/^[\x21-\x7e]+$/D', $key ) || strlen( $key ) > MAX_API_KEY_BYTES ) {
		refuse_input( 'api_key', __( 'This is not an API key: it has blanks or other characters that no key has, or is too long.', 'bridge-for-agile-crm' ) );
		return null;
	}
	require_once __DIR__ . '/../inc/secret.php';
	return seal( $key, 'api_key' );
}

/** @param array<string, mixed> $input The form. */
function wanted_return_password_field( array $input ): ?string {
	$field = typed( $input, 'return_password_field', 'AGILE_BRIDGE_RETURN_PASSWORD_FIELD' );
	if ( null !== $field && ( preg_match( '/\p{Cc}/u', $field ) !== 0 || strlen( $field ) > MAX_FIELD_NAME ) ) {
		refuse_input( 'return_password_field', __( 'The name of the custom field for the password has characters that no field name has, or is too long.', 'bridge-for-agile-crm' ) );
	}
	return $field;
}

/** @param array<string, mixed> $input The form. */
function wanted_inline_workers( array $input ): ?int {
	$text = is_string( $input['inline_workers'] ?? null ) ? trim( $input['inline_workers'] ) : null;
	if ( null === $text ) {
		return null;
	}
	if ( 1 !== preg_match( '/^[0-9]{1,2}$/D', $text ) || (int) $text > MAX_INLINE_WORKERS ) {
		/* translators: %d: a number. */
		refuse_input( 'inline_workers', sprintf( __( 'How many webhooks are processed at once is a number from 0 to %d.', 'bridge-for-agile-crm' ), MAX_INLINE_WORKERS ) );
		return null;
	}
	return (int) $text;
}

/** @param array<string, mixed> $input The form. */
function wanted_gone_contacts( array $input ): ?string {
	$choice = $input['gone_contacts'] ?? null;
	if ( ! is_string( $choice ) ) {
		return null;
	}
	$role = str_starts_with( $choice, 'role:' ) ? substr( $choice, strlen( 'role:' ) ) : null;
	if ( ! in_array( $choice, [ 'keep', 'unlink' ], true ) && ( null === $role || harmless_role( $role ) !== $role ) ) {
		refuse_input( 'gone_contacts', __( 'Users of deleted contacts cannot get this role: it does not exist, or could do harm.', 'bridge-for-agile-crm' ) );
		return null;
	}
	return $choice;
}

/**
 * What was typed into a field, trimmed; null where the form has no such field or a constant decides.
 *
 * @param array<string, mixed> $input The form.
 */
function typed( array $input, string $name, string $constant ): ?string {
	$text = $input[ $name ] ?? null;
	return is_string( $text ) && null === constant_text( $constant ) ? trim( $text ) : null;
}

function refuse_input( string $code, string $message ): void {
	add_settings_error( GROUP, $code, esc_html( $message . ' ' . __( 'Nothing was saved.', 'bridge-for-agile-crm' ) ), 'error' );
}

/** @return list<array{code: string, message: string, type: string}> What of this form was refused. */
function refused_input(): array {
	return array_values( array_filter( get_settings_errors( GROUP ), static fn( array $error ): bool => 'error' === $error['type'] ) );
}

/**
 * Whether options.php is storing our form, and not some other code an option.
 */
function is_form_sent(): bool {
	// phpcs:ignore WordPress.Security.NonceVerification -- options.php has verified it; this only tells the two apart.
	return GROUP === ( $_POST['option_page'] ?? '' );
}
