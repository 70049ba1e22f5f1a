<?php
/**
 * The connection test: asks Agile CRM who we are, with the settings that webhooks use, and says what the answer means.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\AgileCrm;
use AgileBridge\CrmUnauthorized;
use AgileBridge\Exception;
use AgileBridge\NotConfigured;
use AgileBridge\Plugin\Admin\ExtensionWords;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Crm\Connection;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class ConnectionTest {

	/**
	 * What to show, as plain text: what happened, what it means, what to do.
	 *
	 * @return array{'success'|'error', list<string>}
	 */
	public static function run(): array {
		$problem = ExtensionWords::problem();
		if ( null !== $problem ) {
			return [ 'error', [ $problem ] ];
		}
		$blocked = Account::blocked_host();
		if ( null !== $blocked ) {
			return [ 'error', [ __( 'Not tested: wp-config.php forbids this site to call Agile CRM.', 'bridge-for-agile-crm' ), self::how_to_unblock( $blocked ) ] ];
		}
		$crm = Account::client();
		if ( null === $crm ) {
			return [ 'error', [ __( 'Not tested: the connection is not configured.', 'bridge-for-agile-crm' ), self::what_is_missing() ] ];
		}
		try {
			$user = $crm->currentUser();
		} catch ( Exception $failure ) {
			return [ 'error', self::explain( $failure ) ];
		}
		Connection::note_proof();
		self::end_stop( $crm );
		return [
			'success',
			[
				sprintf(
					/* translators: 1: the account user's e-mail address, 2: the account's subdomain. */
					__( 'Tested: Agile CRM accepts the API key of %1$s in the account %2$s.agilecrm.com.', 'bridge-for-agile-crm' ),
					$user['email'] ?? Account::email(),
					$user['domain'] ?? Account::domain()
				),
			],
		];
	}

	/**
	 * Where webhooks wait because Agile CRM did not answer or refused us: it does now, so they need not wait for the next probe.
	 */
	private static function end_stop( AgileCrm $crm ): void {
		if ( ! Schema::is_there() ) {
			// No webhook came yet.
			return;
		}
		try {
			Breaker::read()->note_well( $crm );
		} catch ( Failure $failure ) {
			// The next probe does it.
			unset( $failure );
		}
	}

	private static function what_is_missing(): string {
		if ( null === Account::api_key() ) {
			return self::unreadable_api_key();
		}
		$missing = array_filter(
			[
				'' === Account::domain() ? __( 'Subdomain', 'bridge-for-agile-crm' ) : null,
				'' === Account::email() ? __( 'E-mail address', 'bridge-for-agile-crm' ) : null,
				'' === Account::api_key() ? __( 'API key', 'bridge-for-agile-crm' ) : null,
			]
		);
		/* translators: %s: names of settings. */
		return sprintf( __( 'Missing or malformed: %s.', 'bridge-for-agile-crm' ), implode( ', ', $missing ) );
	}

	public static function how_to_unblock( string $host ): string {
		/* translators: 1: the name of a server, 2: the same as it stands in the constant. */
		return sprintf( __( 'Its WP_HTTP_BLOCK_EXTERNAL blocks calls to other servers, %1$s among them. Add it to WP_ACCESSIBLE_HOSTS there: %2$s.', 'bridge-for-agile-crm' ), $host, "define( 'WP_ACCESSIBLE_HOSTS', '$host' );" );
	}

	public static function unreadable_api_key(): string {
		return __( 'The stored API key cannot be read any more, because the secret keys (salts) in wp-config.php were changed. Enter the API key again.', 'bridge-for-agile-crm' );
	}

	/**
	 * @return list<string>
	 */
	private static function explain( Exception $failure ): array {
		// The extension's sentence carries Agile CRM's status, without which a wrong subdomain and a wrong key look alike.
		$happened = ucfirst( $failure->getMessage() ) . '.';
		$redirect = 1 === preg_match( '/\(status 3\d\d\)/', $failure->getMessage() );
		$advice   = match ( true ) {
			$failure instanceof CrmUnauthorized && $redirect => sprintf(
				/* translators: %s: the subdomain. */
				__( 'The subdomain "%s" is wrong: Agile CRM has no such account. Look at the address of your account in the browser and take the part before .agilecrm.com.', 'bridge-for-agile-crm' ),
				Account::domain()
			),
			$failure instanceof CrmUnauthorized => __( 'The e-mail address and the API key do not fit together, or belong to another account. The address is the one you log in to Agile CRM with; the key is the REST API key under Admin Settings → API & Analytics (not the one for JavaScript).', 'bridge-for-agile-crm' ),
			$failure instanceof NotConfigured => __( 'One of the settings has a form that cannot be right. Check the subdomain, the e-mail address and the API key.', 'bridge-for-agile-crm' ),
			504 === $failure->getCode() => __( 'Agile CRM was too slow, or the way to it is blocked. Try again in a minute. If it stays like this, ask your host whether this server may open connections to *.agilecrm.com, port 443.', 'bridge-for-agile-crm' ),
			Account::has_proxy() => __( 'The settings may be right all the same. This site reaches Agile CRM through the proxy of WP_PROXY_HOST in wp-config.php: check that it works.', 'bridge-for-agile-crm' ),
			default => __( 'The settings may be right all the same: Agile CRM could not be reached or is out of order. Try again in a minute. If it stays like this, ask your host whether this server may open connections to *.agilecrm.com, port 443, and has the package ca-certificates.', 'bridge-for-agile-crm' ),
		};
		return [ $happened, $advice ];
	}
}
