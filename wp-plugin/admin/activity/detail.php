<?php
/**
 * One event: what happened and what to do, its way through the states, what changed.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Inbox\ActivityRow;
use AgileBridge\Plugin\Site\Clock;

defined( 'ABSPATH' ) || exit;

final class Detail {

	public static function show( ActivityRow $event ): void {
		$people = People::of( [ $event ] );
		printf(
			'<h1 class="wp-heading-inline">%s</h1> <a class="page-title-action" href="%s">%s</a><hr class="wp-header-end">',
			esc_html( self::title( $event, $people->name( $event ) ) ),
			esc_url( Address::url() ),
			esc_html__( 'All events', 'bridge-for-agile-crm' )
		);
		echo '<div class="agile-bridge-detail">';
		self::show_outcome( $event );
		echo '<table class="form-table" role="presentation"><tbody>';
		self::show_row( __( 'Contact', 'bridge-for-agile-crm' ), self::contact( $event ) );
		self::show_row( __( 'User', 'bridge-for-agile-crm' ), self::user( $event, $people->user( $event ) ) );
		self::show_row( __( 'What came', 'bridge-for-agile-crm' ), esc_html( Words::action( $event->action ) . ', ' . Words::origin( $event->origin ) . self::merged( $event->webhooks ) ) );
		self::show_row( __( 'Timeline', 'bridge-for-agile-crm' ), Timeline::html( $event ) );
		self::show_row( __( 'Attempts', 'bridge-for-agile-crm' ), $event->attempts > 1 ? esc_html( number_format_i18n( $event->attempts ) ) : '' );
		self::show_row( __( 'Changed', 'bridge-for-agile-crm' ), self::changed( $event->changed ) );
		self::show_row( __( 'Notes', 'bridge-for-agile-crm' ), self::notes( $event->notes ) );
		self::show_row( __( 'Message', 'bridge-for-agile-crm' ), '' === $event->message ? '' : '<span lang="en">' . esc_html( $event->message ) . '</span>' );
		self::show_row( __( 'Answer', 'bridge-for-agile-crm' ), '' === $event->status ? '' : '<code>' . esc_html( trim( "$event->status $event->code" ) ) . '</code>' );
		echo '</tbody></table>';
		if ( ! $event->is_given_up() ) {
			self::show_button( $event, 'button' );
		}
		echo '</div>';
	}

	private static function title( ActivityRow $event, string $name ): string {
		$when = Dates::date_and_time( intdiv( $event->created_at, Clock::SECOND ) );
		return sprintf(
			'webhook' === $event->origin
				/* translators: 1: a name, 2: date and time. */
				? __( 'Webhook of %1$s, %2$s', 'bridge-for-agile-crm' )
				/* translators: 1: a name, 2: date and time. */
				: __( 'Event of %1$s, %2$s', 'bridge-for-agile-crm' ),
			$name,
			$when
		);
	}

	/**
	 * What was given up asks for something: that stands first, and is the page's one primary button.
	 */
	private static function show_outcome( ActivityRow $event ): void {
		$advice = Advice::html( $event );
		echo $event->is_given_up() ? '<div class="notice notice-error inline">' : '<div>';
		// phpcs:ignore WordPress.Security.EscapeOutput -- escaped where it is made.
		printf( '<p class="agile-bridge-sentence">%s</p>', Cells::outcome( $event ) );
		if ( '' !== $advice ) {
			// phpcs:ignore WordPress.Security.EscapeOutput -- the same.
			printf( '<p>%s</p>', $advice );
		}
		if ( $event->is_given_up() ) {
			self::show_button( $event, 'button button-primary' );
		}
		echo '</div>';
	}

	private static function show_button( ActivityRow $event, string $look ): void {
		if ( ! $event->can_be_replayed() ) {
			return;
		}
		printf( '<form method="post" action="%s">', esc_url( Address::url( [ 'event' => $event->id ] ) ) );
		wp_nonce_field( Actions::NONCE );
		printf( '<p><button type="submit" class="%s" name="replay" value="%d">%s</button></p></form>', esc_attr( $look ), (int) $event->id, esc_html__( 'Process again', 'bridge-for-agile-crm' ) );
	}

	/** @param string $html What is not there is not shown. */
	private static function show_row( string $label, string $html ): void {
		if ( '' !== $html ) {
			// phpcs:ignore WordPress.Security.EscapeOutput -- escaped where it is made, below.
			printf( '<tr><th scope="row">%s</th><td>%s</td></tr>', esc_html( $label ), $html );
		}
	}

	private static function contact( ActivityRow $event ): string {
		$url  = Account::contact_url( $event->contact_id );
		$link = null === $url ? '' : sprintf( '<a href="%s">%s</a>', esc_url( $url ), esc_html__( 'Open in Agile CRM', 'bridge-for-agile-crm' ) );
		return implode( ' · ', array_filter( [ esc_html( $event->email ), esc_html( $event->contact_id ), $link ] ) );
	}

	private static function user( ActivityRow $event, ?\WP_User $user ): string {
		if ( null === $user ) {
			/* translators: %d: the id of a user. */
			return 0 === $event->user_id ? '' : esc_html( sprintf( __( 'User %d, who was deleted since', 'bridge-for-agile-crm' ), $event->user_id ) );
		}
		$link = get_edit_user_link( $user->ID );
		return '' === $link ? esc_html( $user->display_name ) : sprintf( '<a href="%s">%s</a>', esc_url( $link ), esc_html( $user->display_name ) );
	}

	private static function merged( int $webhooks ): string {
		/* translators: %s: a number. */
		return $webhooks > 1 ? ' ' . sprintf( __( '(%s in one: they came while it waited)', 'bridge-for-agile-crm' ), number_format_i18n( $webhooks ) ) : '';
	}

	/** @param array<string, ?string> $changed */
	private static function changed( array $changed ): string {
		$items = '';
		foreach ( $changed as $name => $value ) {
			$items .= '<li><code>' . esc_html( (string) $name ) . '</code>' . ( is_string( $value ) ? ' ' . esc_html( $value ) : '' ) . '</li>';
		}
		return '' === $items ? '' : "<ul class=\"agile-bridge-changed\">$items</ul>";
	}

	/** @param list<string> $notes */
	private static function notes( array $notes ): string {
		return implode( '<br>', array_map( static fn( string $note ): string => esc_html( Words::note( $note ) ) . ' <code>' . esc_html( $note ) . '</code>', $notes ) );
	}
}
