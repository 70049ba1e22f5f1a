<?php
/**
 * What to do about an event that came to nothing.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Inbox\ActivityRow;

defined( 'ABSPATH' ) || exit;

final class Advice {

	/**
	 * Plain text, a sentence; '' where nothing is to be done, or what became of it says so already.
	 */
	public static function of( ActivityRow $event ): string {
		return match ( true ) {
			$event->is_given_up()     => self::of_given_up( $event->code ),
			'dead' === $event->state  => __( 'It is wiped; the user can ask for a new one on the login page.', 'bridge-for-agile-crm' ),
			'done' === $event->state  => self::of_refused( $event->code ),
			default                   => '',
		};
	}

	private static function of_given_up( string $code ): string {
		return match ( $code ) {
			'crm_unavailable', 'crm_unauthorized' => __( 'When Agile CRM answers again (Settings → Bridge for Agile CRM → Connect tells), process it again.', 'bridge-for-agile-crm' ),
			'site_unavailable'                    => __( 'Have the database mended (the error log of the site says what it failed at), then process it again.', 'bridge-for-agile-crm' ),
			'site_error'                          => __( 'Update or switch off the code that failed (the message, or the error log of the site, names it), then process it again.', 'bridge-for-agile-crm' ),
			default                               => __( 'Mend what the message names, then process it again.', 'bridge-for-agile-crm' ),
		};
	}

	private static function of_refused( string $code ): string {
		return match ( $code ) {
			'email_missing'    => __( 'Give the contact an address in Agile CRM, then process it again.', 'bridge-for-agile-crm' ),
			'email_invalid'    => __( 'Correct the address in Agile CRM, then process it again.', 'bridge-for-agile-crm' ),
			'rejected_by_site' => __( 'If that was not meant, ask who looks after the plugins and the theme of this site.', 'bridge-for-agile-crm' ),
			default            => '',
		};
	}
}
