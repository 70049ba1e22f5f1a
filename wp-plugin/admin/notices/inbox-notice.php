<?php
/**
 * Says, to who can do something about it, that webhooks wait or were given up, and why.
 *
 * Hook: admin_notices → show. On the dashboard and our own screen; two queries there, none anywhere else.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Notices;

use AgileBridge\Plugin\Admin\Activity\Address;
use AgileBridge\Plugin\Admin\Alerts\Troubles;
use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Admin\Numbers;
use AgileBridge\Plugin\Admin\Overview;
use AgileBridge\Plugin\Admin\Settings\ConnectionTest;
use AgileBridge\Plugin\Admin\Settings\Place;
use AgileBridge\Plugin\Admin\Settings\Tab;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Inbox\Retention;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\WpFusion;

defined( 'ABSPATH' ) || exit;

final class InboxNotice {

	public static function show(): void {
		$screen = get_current_screen();
		if ( null === $screen || ! in_array( $screen->id, [ 'dashboard', Place::SCREEN_ID ], true ) || ! current_user_can( 'manage_options' ) ) {
			return;
		}
		if ( ! Schema::is_there() ) {
			// No webhook came yet.
			return;
		}
		$overview = Overview::read();
		if ( null === $overview ) {
			return;
		}
		[ $counts, $breaker ] = [ $overview->counts, $overview->breaker ];
		$waiting              = $counts->open();
		/* translators: %s: a number. */
		$wait = sprintf( _n( '%s webhook waits; none is lost.', '%s webhooks wait; none is lost.', $waiting, 'bridge-for-agile-crm' ), Numbers::of_events( $waiting ) );
		$blocked = Account::blocked_host();
		if ( $waiting > 0 && WpFusion::answers() ) {
			self::show_inbox_line( 'warning', 'agile-bridge-wp-fusion', __( 'Bridge for Agile CRM processes nothing: WP Fusion answers the webhooks of this site.', 'bridge-for-agile-crm' ), $wait . ' ' . __( 'To have them processed choose who answers:', 'bridge-for-agile-crm' ), Place::url( Tab::Webhooks ), __( 'Settings → Webhooks', 'bridge-for-agile-crm' ) );
		} elseif ( null !== $blocked ) {
			self::show_inbox_line( 'error', 'agile-bridge-blocked', __( 'Bridge for Agile CRM: wp-config.php forbids this site to call Agile CRM.', 'bridge-for-agile-crm' ), $wait . ' ' . ConnectionTest::how_to_unblock( $blocked ) );
		} elseif ( $breaker->is_open() ) {
			$title = 'refusal' === $breaker->reason
				? __( 'Bridge for Agile CRM: Agile CRM refuses the credentials of this site.', 'bridge-for-agile-crm' )
				: __( 'Bridge for Agile CRM: Agile CRM does not answer.', 'bridge-for-agile-crm' );
			$what  = 'refusal' === $breaker->reason
				? __( 'Check subdomain, e-mail address and API key, save them, and press Save and test connection; webhooks are then processed again.', 'bridge-for-agile-crm' )
				: __( 'It is asked again every 30 seconds; there is nothing that you have to do.', 'bridge-for-agile-crm' );
			/* translators: %s: date and time. */
			$since = sprintf( __( 'Since %s.', 'bridge-for-agile-crm' ), Dates::date_and_time( intdiv( $breaker->since, 1000 ) ) );
			self::show_inbox_line( 'refusal' === $breaker->reason ? 'error' : 'warning', 'agile-bridge-crm', $title, "$since $wait $what", Place::url(), __( 'Settings → Connect', 'bridge-for-agile-crm' ), "$breaker->message." );
		} elseif ( Settings::is_paused() ) {
			self::show_inbox_line( 'warning', 'agile-bridge-pause-notice', __( 'Bridge for Agile CRM is paused.', 'bridge-for-agile-crm' ), $wait );
		} elseif ( $waiting > 0 && null !== Account::connection() && null === Extension::problem() ) {
			$trouble = Troubles::of_standstill();
			null === $trouble || self::show_inbox_line( 'error', 'agile-bridge-standstill', $trouble->title, $trouble->text, $trouble->url, __( 'Tools → Agile CRM activity', 'bridge-for-agile-crm' ) );
		}
		if ( $counts->dead > 0 ) {
			$days = Retention::days_of_dead();
			/* translators: %d: a number. */
			$kept = sprintf( _n( 'What was given up is kept for %d day and can be processed again:', 'What was given up is kept for %d days and can be processed again:', $days, 'bridge-for-agile-crm' ), $days );
			/* translators: %s: a number. */
			$title = sprintf( _n( 'Bridge for Agile CRM: %s webhook was given up.', 'Bridge for Agile CRM: %s webhooks were given up.', $counts->dead, 'bridge-for-agile-crm' ), Numbers::of_events( $counts->dead ) );
			self::show_inbox_line( 'error', 'agile-bridge-dead', $title, $kept, Address::url( [ 'view' => 'dead' ] ), __( 'Tools → Agile CRM activity', 'bridge-for-agile-crm' ) );
		}
	}

	/**
	 * @param string $url     Where something can be done about it; '' for nowhere.
	 * @param string $message What Agile CRM said, in English.
	 */
	private static function show_inbox_line( string $type, string $id, string $title, string $text, string $url = '', string $label = '', string $message = '' ): void {
		$link    = '' === $url ? '' : sprintf( ' <a href="%s">%s</a>', esc_url( $url ), esc_html( $label ) );
		$message = '' === $message ? '' : sprintf( ' <span lang="en">%s</span>', esc_html( $message ) );
		wp_admin_notice(
			'<p><strong>' . esc_html( $title ) . '</strong> ' . esc_html( $text ) . $message . $link . '</p>',
			[
				'type'           => $type,
				'id'             => $id,
				'paragraph_wrap' => false,
			]
		);
	}
}
