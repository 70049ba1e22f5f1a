<?php
/**
 * Tools → Agile CRM activity: what became of every webhook.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Admin\Capability;
use AgileBridge\Plugin\Admin\Settings\Place;
use AgileBridge\Plugin\Admin\Settings\Tab;
use AgileBridge\Plugin\Inbox\Activity;
use AgileBridge\Plugin\Inbox\Retention;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Screen {

	private const MOST_IN_MENU = 100;

	public static function add_page(): void {
		if ( Capability::is_given() ) {
			add_management_page(
				__( 'Agile CRM activity', 'bridge-for-agile-crm' ),
				esc_html__( 'Agile CRM activity', 'bridge-for-agile-crm' ) . self::bubble(),
				Capability::needed(),
				Address::SLUG,
				self::show( ... )
			);
		}
	}

	/**
	 * HTML: how many were given up, and how many wait.
	 */
	private static function bubble(): string {
		try {
			[ $dead, $waiting ] = Schema::is_there() ? Activity::backlog( self::MOST_IN_MENU ) : [ 0, 0 ];
		} catch ( Failure $failure ) {
			return '';
		}
		if ( 0 === $dead + $waiting ) {
			return '';
		}
		$number = static fn( int $count ): string => number_format_i18n( min( $count, self::MOST_IN_MENU - 1 ) ) . ( $count < self::MOST_IN_MENU ? '' : '+' );
		/* translators: 1, 2: numbers. */
		$said = sprintf( __( '%1$s given up, %2$s waiting', 'bridge-for-agile-crm' ), $number( $dead ), $number( $waiting ) );
		return sprintf(
			' <span class="awaiting-mod" title="%2$s"><span aria-hidden="true">%1$s</span><span class="screen-reader-text">%2$s</span></span>',
			esc_html( $number( $dead > 0 ? $dead : $waiting ) ),
			esc_attr( $said )
		);
	}

	/** @param mixed $screen */
	public static function enqueue_assets( $screen = '' ): void {
		if ( Address::SCREEN_ID === $screen ) {
			wp_enqueue_style( 'agile-bridge-activity', plugins_url( 'activity.css', __FILE__ ), [], (string) filemtime( __DIR__ . '/activity.css' ) );
		}
	}

	private static function show(): void {
		// phpcs:ignore WordPress.Security.NonceVerification -- it only chooses what is shown.
		$id    = absint( $_GET['event'] ?? 0 );
		$event = $id > 0 && Schema::is_there() ? Activity::event( $id ) : null;
		echo '<div class="wrap agile-bridge-activity">';
		if ( null !== $event ) {
			Detail::show( $event );
		} else {
			printf( '<h1 class="wp-heading-inline">%s</h1>', esc_html( get_admin_page_title() ) );
			if ( $id > 0 && Schema::is_there() ) {
				/* translators: 1, 2: numbers of days. */
				wp_admin_notice( esc_html( sprintf( __( 'There is no such event any more. Days that finished ones are kept: %1$d; those given up: %2$d.', 'bridge-for-agile-crm' ), Retention::days_of_done(), Retention::days_of_dead() ) ), [ 'type' => 'warning' ] );
			}
			Schema::is_there() ? self::show_list() : self::show_nothing_yet();
		}
		echo '</div>';
	}

	private static function show_list(): void {
		$query = Query::of_request();
		$table = new EventsTable( $query );
		$table->prepare_items();
		if ( [] === $table->items && ! $query->is_search() && '' === $query->get( 'view' ) && 0 === $query->before() ) {
			self::show_nothing_yet();
			return;
		}
		echo '<hr class="wp-header-end">';
		$table->show_verdict();
		$table->views();
		Filters::show( $query );
		printf( '<form method="post" action="%s">', esc_url( Address::url( $query->choice() ) ) );
		$table->display();
		echo '</form>';
	}

	private static function show_nothing_yet(): void {
		printf(
			'<hr class="wp-header-end"><p id="agile-bridge-nothing">%s <a href="%s">%s</a></p>',
			esc_html__( 'No webhook has come yet. When Agile CRM calls this site, it shows here.', 'bridge-for-agile-crm' ),
			esc_url( Place::url( Tab::Webhooks ) ),
			esc_html__( 'Put a webhook into Agile CRM', 'bridge-for-agile-crm' )
		);
	}
}
