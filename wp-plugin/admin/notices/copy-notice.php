<?php
/**
 * Says that this looks like a copy of the site, what it does not do therefore, and asks which it is. Of a copy that somebody has
 * called one it says so on our own screens, and asks nothing.
 *
 * Hook: admin_notices → show. On the dashboard and our own screens.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Notices;

use AgileBridge\Plugin\Admin\Activity\Address;
use AgileBridge\Plugin\Admin\Settings\Buttons;
use AgileBridge\Plugin\Admin\Settings\Place;
use AgileBridge\Plugin\Admin\Settings\SiteSection;
use AgileBridge\Plugin\Admin\Settings\Tab;
use AgileBridge\Plugin\Site\Home;
use AgileBridge\Plugin\Site\Whereabouts;

defined( 'ABSPATH' ) || exit;

final class CopyNotice {

	public static function show(): void {
		$screen = get_current_screen()->id ?? '';
		if ( ! in_array( $screen, [ 'dashboard', Place::SCREEN_ID, Address::SCREEN_ID ], true ) || ! current_user_can( 'manage_options' ) ) {
			return;
		}
		$where = Home::whereabouts();
		if ( Whereabouts::Live === $where || ( Whereabouts::Copy === $where && 'dashboard' === $screen ) ) {
			return;
		}
		printf(
			'<div id="agile-bridge-copy" class="notice notice-%s"><p><strong>%s</strong> %s %s</p>',
			Whereabouts::Copy === $where ? 'info' : 'warning',
			esc_html( Whereabouts::Copy === $where ? __( 'Bridge for Agile CRM treats this site as a copy.', 'bridge-for-agile-crm' ) : __( 'Bridge for Agile CRM: is this a copy of the site?', 'bridge-for-agile-crm' ) ),
			esc_html( SiteSection::sentence( $where ) ),
			esc_html__( 'Webhooks that reach it are processed, but nothing is written to Agile CRM, no mail is sent for them, and nothing is looked for every hour.', 'bridge-for-agile-crm' )
		);
		if ( Whereabouts::Copy === $where ) {
			printf( '<p><a href="%s">%s</a></p>', esc_url( Place::url( Tab::Advanced ) . '#agile-bridge-site' ), esc_html__( 'Change this', 'bridge-for-agile-crm' ) );
		} else {
			Buttons::show_with_forms(
				[
					'live_site'    => SiteSection::live_label( $where ),
					'copy_of_site' => SiteSection::copy_label(),
				]
			);
		}
		echo '</div>';
	}
}
