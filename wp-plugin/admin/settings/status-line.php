<?php
/**
 * The line under the title, the same on every tab: whether all is well, when Agile CRM called last, what waits.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Activity\Address;
use AgileBridge\Plugin\Admin\Capability;
use AgileBridge\Plugin\Admin\Numbers;
use AgileBridge\Plugin\Admin\Overview;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Connection;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class StatusLine {

	private const ICONS = [
		'good' => 'yes-alt',
		'wait' => 'clock',
		'bad'  => 'warning',
	];

	public static function show(): void {
		$overview = Overview::read();
		if ( null === $overview ) {
			Fields::show_inline_notice( 'error', __( 'The database does not answer questions about stored webhooks. The error log of the site says more.', 'bridge-for-agile-crm' ) );
			return;
		}
		[ $kind, $text ] = self::state( $overview->connection() );
		$counts          = $overview->counts;
		$parts           = [
			null === $overview->last_webhook
				? esc_html__( 'no webhook yet', 'bridge-for-agile-crm' )
				/* translators: %s: how long ago, for instance "3 minutes". */
				: esc_html( sprintf( __( 'last webhook %s ago', 'bridge-for-agile-crm' ), human_time_diff( intdiv( $overview->last_webhook, 1000 ), intdiv( Clock::now(), 1000 ) ) ) ),
			/* translators: %s: a number. */
			self::events( 'waiting', $counts->open(), sprintf( __( '%s waiting', 'bridge-for-agile-crm' ), Numbers::of_events( $counts->open() ) ) ),
			/* translators: %s: a number. */
			self::events( 'dead', $counts->dead, sprintf( __( '%s given up', 'bridge-for-agile-crm' ), Numbers::of_events( $counts->dead ) ) ),
		];
		if ( Capability::is_given() ) {
			$parts[] = sprintf( '<a href="%s">%s</a>', esc_url( Address::url() ), esc_html__( 'Activity', 'bridge-for-agile-crm' ) );
		}
		printf(
			'<p id="agile-bridge-status" class="agile-bridge-status agile-bridge-is-%s"><span class="dashicons dashicons-%s" aria-hidden="true"></span> <strong>%s</strong> · %s</p>',
			esc_attr( $kind ),
			esc_attr( self::ICONS[ $kind ] ),
			esc_html( $text ),
			// phpcs:ignore WordPress.Security.EscapeOutput -- escaped above.
			implode( ' · ', $parts )
		);
	}

	/**
	 * HTML: a link to those events, where there are any, for who may see them.
	 *
	 * @param string $view See ActivityFilter::VIEWS.
	 */
	private static function events( string $view, int $count, string $text ): string {
		return $count > 0 && Capability::is_given() ? sprintf( '<a href="%s">%s</a>', esc_url( Address::url( [ 'view' => $view ] ) ), esc_html( $text ) ) : esc_html( $text );
	}

	/** @return array{'good'|'wait'|'bad', string} */
	private static function state( Connection $connection ): array {
		if ( Connection::Connected === $connection && Settings::is_paused() ) {
			return [ 'wait', __( 'Paused: webhooks are only stored', 'bridge-for-agile-crm' ) ];
		}
		return match ( $connection ) {
			Connection::NoExtension => [ 'bad', __( 'The PHP extension is missing', 'bridge-for-agile-crm' ) ],
			Connection::NotSetUp    => [ 'wait', __( 'Not connected yet', 'bridge-for-agile-crm' ) ],
			Connection::KeyLost     => [ 'bad', __( 'The API key has to be entered again', 'bridge-for-agile-crm' ) ],
			Connection::Blocked     => [ 'bad', __( 'wp-config.php forbids calls to Agile CRM', 'bridge-for-agile-crm' ) ],
			Connection::Refused     => [ 'bad', __( 'Agile CRM refuses this site', 'bridge-for-agile-crm' ) ],
			Connection::Silent      => [ 'wait', __( 'Agile CRM does not answer', 'bridge-for-agile-crm' ) ],
			Connection::Unconfirmed => [ 'wait', __( 'The connection is not confirmed yet', 'bridge-for-agile-crm' ) ],
			/* translators: 1: the account's subdomain, 2: an e-mail address. */
			Connection::Connected   => [ 'good', sprintf( __( 'Connected to "%1$s" as %2$s', 'bridge-for-agile-crm' ), Account::domain(), Account::email() ) ],
		};
	}
}
