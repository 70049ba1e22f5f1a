<?php
/**
 * 'Test connection': asks Agile CRM who we are, with the settings that webhooks use, and says what the answer means.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

use AgileBridge\AgileCrm;
use AgileBridge\CrmUnauthorized;
use AgileBridge\Exception;
use AgileBridge\NotConfigured;
use AgileBridge\Plugin\Failure;
use function AgileBridge\Plugin\account_domain;
use function AgileBridge\Plugin\account_email;
use function AgileBridge\Plugin\api_key;
use function AgileBridge\Plugin\connection;
use function AgileBridge\Plugin\extension_problem;
use function AgileBridge\Plugin\lease_record;
use function AgileBridge\Plugin\note_crm_is_well;
use const AgileBridge\Plugin\SCHEMA_OPTION;
use const AgileBridge\Plugin\SCHEMA_VERSION;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/../inc/settings.php';
require_once __DIR__ . '/../inc/requirements.php';
require_once __DIR__ . '/../inc/crm-health.php';

/**
 * What to show, as plain text: what happened, what it means, what to do.
 *
 * @return array{'success'|'error', list<string>}
 */
function test_connection(): array {
	$problem = extension_problem();
	if ( null !== $problem ) {
		return [ 'error', [ $problem ] ];
	}
	$settings = connection();
	if ( null === $settings ) {
		return [ 'error', [ __( 'Not tested: the connection is not configured.', 'bridge-for-agile-crm' ), what_is_missing() ] ];
	}
	try {
		$user = ( new AgileCrm( $settings ) )->currentUser();
	} catch ( Exception $failure ) {
		return [ 'error', explain( $failure, $settings['domain'], isset( $settings['proxy'] ) ) ];
	}
	end_stop();
	return [
		'success',
		[
			sprintf(
				/* translators: 1: the account user's e-mail address, 2: the account's subdomain. */
				__( 'Connected. The API key belongs to %1$s in the account %2$s.agilecrm.com.', 'bridge-for-agile-crm' ),
				$user['email'] ?? $settings['email'],
				$user['domain'] ?? $settings['domain']
			),
		],
	];
}

/**
 * Where webhooks wait because Agile CRM did not answer or refused us: it does now, so they need not wait for the next probe.
 */
function end_stop(): void {
	if ( SCHEMA_VERSION !== (int) get_option( SCHEMA_OPTION ) ) {
		// No webhook came yet.
		return;
	}
	try {
		note_crm_is_well( lease_record( 'crm' ) );
	} catch ( Failure $failure ) {
		// The next probe does it.
		unset( $failure );
	}
}

function what_is_missing(): string {
	if ( null === api_key() ) {
		return unreadable_api_key();
	}
	$missing = array_filter(
		[
			'' === account_domain() ? __( 'Subdomain', 'bridge-for-agile-crm' ) : null,
			'' === account_email() ? __( 'E-mail address', 'bridge-for-agile-crm' ) : null,
			'' === api_key() ? __( 'API key', 'bridge-for-agile-crm' ) : null,
		]
	);
	/* translators: %s: names of settings. */
	return sprintf( __( 'Missing or malformed: %s.', 'bridge-for-agile-crm' ), implode( ', ', $missing ) );
}

function unreadable_api_key(): string {
	return __( 'The stored API key cannot be read any more, because the secret keys (salts) in wp-config.php were changed. Enter the API key again.', 'bridge-for-agile-crm' );
}

/**
 * @return list<string>
 */
function explain( Exception $failure, string $domain, bool $by_proxy ): array {
	// The extension's sentence carries Agile CRM's status, without which a wrong subdomain and a wrong key look alike.
	$happened = ucfirst( $failure->getMessage() ) . '.';
	$redirect = 1 === preg_match( '/\(status 3\d\d\)/', $failure->getMessage() );
	$advice   = match ( true ) {
		$failure instanceof CrmUnauthorized && $redirect => sprintf(
			/* translators: %s: the subdomain. */
			__( 'The subdomain "%s" is wrong: Agile CRM has no such account. Look at the address of your account in the browser and take the part before .agilecrm.com.', 'bridge-for-agile-crm' ),
			$domain
		),
		$failure instanceof CrmUnauthorized => __( 'The e-mail address and the API key do not fit together, or belong to another account. The address is the one you log in to Agile CRM with; the key is the REST API key under Admin Settings → API & Analytics (not the one for JavaScript).', 'bridge-for-agile-crm' ),
		$failure instanceof NotConfigured => __( 'One of the settings has a form that cannot be right. Check the subdomain, the e-mail address and the API key.', 'bridge-for-agile-crm' ),
		504 === $failure->getCode() => __( 'Agile CRM was too slow, or the way to it is blocked. Try again in a minute. If it stays like this, ask your host whether this server may open connections to *.agilecrm.com, port 443.', 'bridge-for-agile-crm' ),
		$by_proxy => __( 'The settings may be right all the same. This site reaches Agile CRM through the proxy of WP_PROXY_HOST in wp-config.php: check that it works.', 'bridge-for-agile-crm' ),
		default => __( 'The settings may be right all the same: Agile CRM could not be reached or is out of order. Try again in a minute. If it stays like this, ask your host whether this server may open connections to *.agilecrm.com, port 443, and has the package ca-certificates.', 'bridge-for-agile-crm' ),
	};
	return [ $happened, $advice ];
}
