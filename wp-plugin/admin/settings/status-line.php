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
		'next' => 'info-outline',
		'wait' => 'clock',
		'look' => 'warning',
		'bad'  => 'warning',
	];

	public static function show(): void {
		$overview = Overview::read();
		if ( null === $overview ) {
			Fields::show_inline_notice( 'error', __( 'The database does not answer questions about stored webhooks. The error log of the site says more.', 'bridge-for-agile-crm' ) );
			return;
		}
		[ $kind, $text ] = self::state( $overview->connection() );
		$parts           = $overview->has_webhooks() ? self::what_came( $overview ) : [ self::what_is_next( $overview->connection() ), ...self::what_is_there( $overview ) ];
		// Before the first webhook nobody knows whether all is well.
		$kind = ! $overview->has_webhooks() && ( 'good' === $kind || Connection::Unconfirmed === $overview->connection() ) ? 'next' : $kind;
		// What was given up waits for somebody, however well Agile CRM answers now.
		$kind = in_array( $kind, [ 'good', 'next' ], true ) && $overview->counts->dead > 0 ? 'look' : $kind;
		printf(
			'<p id="agile-bridge-status" class="agile-bridge-status agile-bridge-is-%s"><span class="dashicons dashicons-%s" aria-hidden="true"></span> <span><strong>%s</strong> · %s</span></p>',
			esc_attr( $kind ),
			esc_attr( self::ICONS[ $kind ] ),
			esc_html( $text ),
			// phpcs:ignore WordPress.Security.EscapeOutput -- escaped where they are made.
			implode( ' · ', $parts )
		);
	}

	/** @return list<string> HTML. */
	private static function what_came( Overview $overview ): array {
		$last   = $overview->last_webhook;
		$counts = $overview->counts;
		$parts  = [
			null === $last
				? esc_html__( 'no webhook lately', 'bridge-for-agile-crm' )
				/* translators: %s: how long ago, for instance "3 minutes". */
				: esc_html( sprintf( __( 'last webhook %s ago', 'bridge-for-agile-crm' ), human_time_diff( intdiv( $last, 1000 ), intdiv( Clock::now(), 1000 ) ) ) ),
			self::waiting( $counts->open() ),
			self::given_up( $counts->dead ),
		];
		return [ ...$parts, ...self::activity() ];
	}

	/**
	 * Events of an admin's, before a webhook came.
	 *
	 * @return list<string> HTML.
	 */
	private static function what_is_there( Overview $overview ): array {
		$counts = $overview->counts;
		$parts  = [
			...( $counts->open() > 0 ? [ self::waiting( $counts->open() ) ] : [] ),
			...( $counts->dead > 0 ? [ self::given_up( $counts->dead ) ] : [] ),
		];
		return $counts->open() + $counts->dead + $counts->done > 0 ? [ ...$parts, ...self::activity() ] : [];
	}

	private static function what_is_next( Connection $connection ): string {
		$tab = Tab::current();
		if ( Connection::NotSetUp === $connection ) {
			return Tab::Connect === $tab
				? esc_html__( 'next: enter your account below', 'bridge-for-agile-crm' )
				/* translators: %s: a link, 'enter your account'. */
				: sprintf( esc_html__( 'next: %s', 'bridge-for-agile-crm' ), self::link( Tab::Connect, __( 'enter your account', 'bridge-for-agile-crm' ) ) );
		}
		if ( Connection::Unconfirmed === $connection ) {
			return Tab::Connect === $tab
				? esc_html__( 'next: test it below', 'bridge-for-agile-crm' )
				/* translators: %s: a link, 'test it'. */
				: sprintf( esc_html__( 'next: %s', 'bridge-for-agile-crm' ), self::link( Tab::Connect, __( 'test it', 'bridge-for-agile-crm' ) ) );
		}
		if ( Connection::Connected !== $connection ) {
			return esc_html__( 'no webhook yet', 'bridge-for-agile-crm' );
		}
		return Tab::Webhooks === $tab
			? esc_html__( 'no webhook yet: copy what stands below into Agile CRM', 'bridge-for-agile-crm' )
			/* translators: %s: a link, 'put one into Agile CRM'. */
			: sprintf( esc_html__( 'no webhook yet: %s', 'bridge-for-agile-crm' ), self::link( Tab::Webhooks, __( 'put one into Agile CRM', 'bridge-for-agile-crm' ) ) );
	}

	/** HTML. */
	private static function link( Tab $tab, string $text ): string {
		return sprintf( '<a href="%s">%s</a>', esc_url( Place::url( $tab ) ), esc_html( $text ) );
	}

	private static function waiting( int $count ): string {
		/* translators: %s: a number. */
		return self::events( 'waiting', $count, sprintf( __( '%s waiting', 'bridge-for-agile-crm' ), Numbers::of_events( $count ) ) );
	}

	private static function given_up( int $count ): string {
		/* translators: %s: a number. */
		return self::events( 'dead', $count, sprintf( __( '%s given up', 'bridge-for-agile-crm' ), Numbers::of_events( $count ) ) );
	}

	/** @return list<string> HTML. */
	private static function activity(): array {
		return Capability::is_given() ? [ sprintf( '<a href="%s">%s</a>', esc_url( Address::url() ), esc_html__( 'Activity', 'bridge-for-agile-crm' ) ) ] : [];
	}

	/**
	 * HTML: a link to those events, where there are any, for who may see them.
	 *
	 * @param string $view See ActivityFilter::VIEWS.
	 */
	private static function events( string $view, int $count, string $text ): string {
		return $count > 0 && Capability::is_given() ? sprintf( '<a href="%s">%s</a>', esc_url( Address::url( [ 'view' => $view ] ) ), esc_html( $text ) ) : esc_html( $text );
	}

	/** @return array{'good'|'next'|'wait'|'bad', string} */
	private static function state( Connection $connection ): array {
		if ( Connection::Connected === $connection && Settings::is_paused() ) {
			return [ 'wait', __( 'Paused: webhooks are only stored', 'bridge-for-agile-crm' ) ];
		}
		return match ( $connection ) {
			Connection::NoExtension => [ 'bad', __( 'The PHP extension is missing', 'bridge-for-agile-crm' ) ],
			Connection::NotSetUp    => [ 'next', __( 'Not connected yet', 'bridge-for-agile-crm' ) ],
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
