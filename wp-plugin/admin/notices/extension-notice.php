<?php
/**
 * Says, to who can do something about it, that the PHP extension is missing or does not fit, what to type on this server, and how
 * many webhooks wait for that.
 *
 * Hooks: admin_notices, network_admin_notices → show. Only where it is looked for: the dashboard, the
 * plugins and our own screen.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Notices;

use AgileBridge\Plugin\Admin\Settings\Place;
use AgileBridge\Plugin\Site\Advice;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Stats;

defined( 'ABSPATH' ) || exit;

final class ExtensionNotice {

	private const NOTICE_SCREENS = [ 'dashboard', 'plugins', 'dashboard-network', 'plugins-network', Place::SCREEN_ID ];

	public static function show(): void {
		$screen = get_current_screen();
		if ( null === $screen || ! in_array( $screen->id, self::NOTICE_SCREENS, true ) ) {
			return;
		}
		if ( ! current_user_can( 'manage_options' ) && ! current_user_can( 'activate_plugins' ) ) {
			return;
		}
		Stats::note_php();
		$advice = Advice::current();
		$kept   = '';
		if ( null === Extension::problem() ) {
			KeptRequestsNotice::show();
		} else {
			$kept = KeptRequestsNotice::sentence();
		}
		if ( null === $advice ) {
			return;
		}
		wp_admin_notice(
			'<p><strong>' . esc_html( $advice->title ) . '</strong></p>' . ( '' === $kept ? '' : '<p id="agile-bridge-kept">' . esc_html( $kept ) . '</p>' ) . self::html( $advice ),
			[
				'type'           => $advice->is_urgent ? 'error' : 'warning',
				'id'             => 'agile-bridge-extension',
				'paragraph_wrap' => false,
			]
		);
	}

	/**
	 * All but the title, escaped.
	 */
	public static function html( Advice $advice ): string {
		$commands = array_map( static fn( string $command ): string => '<code>' . esc_html( $command ) . '</code>', $advice->commands );
		$parts    = [ esc_html( $advice->text ), implode( '<br>', $commands ), esc_html( $advice->after ) ];
		return implode( '', array_map( static fn( string $part ): string => "<p>$part</p>", array_filter( $parts ) ) );
	}
}
