<?php
/**
 * What to do about an event that came to nothing.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Admin\Settings\Place;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Inbox\ActivityRow;

defined( 'ABSPATH' ) || exit;

final class Advice {

	/**
	 * HTML, a sentence; '' where nothing is to be done, or what became of it says so already.
	 */
	public static function html( ActivityRow $event ): string {
		return match ( true ) {
			$event->is_given_up()     => self::of_given_up( $event->code ),
			'dead' === $event->state  => esc_html__( 'It is wiped; the user can ask for a new one on the login page.', 'bridge-for-agile-crm' ),
			'done' === $event->state  => self::of_refused( $event ),
			default                   => '',
		};
	}

	private static function of_given_up( string $code ): string {
		// Who may see this screen need not be who may change the settings.
		$connect = current_user_can( 'manage_options' ) ? Place::url() : null;
		return match ( $code ) {
			/* translators: 1, 2: the beginning and the end of a link. */
			'crm_unavailable'  => self::linked( __( 'When %1$sthe connection%2$s works again, process it again.', 'bridge-for-agile-crm' ), $connect ),
			/* translators: 1, 2: the beginning and the end of a link. */
			'crm_unauthorized' => self::linked( __( 'Enter an API key that works under %1$sConnect%2$s, then process it again.', 'bridge-for-agile-crm' ), $connect ),
			'site_unavailable' => esc_html__( 'Have the database mended (the error log of the site says what it failed at), then process it again.', 'bridge-for-agile-crm' ),
			'site_error'       => esc_html__( 'Update or switch off the code that failed (the message, or the error log of the site, names it), then process it again.', 'bridge-for-agile-crm' ),
			default            => esc_html__( 'Mend what the message names, then process it again.', 'bridge-for-agile-crm' ),
		};
	}

	private static function of_refused( ActivityRow $event ): string {
		$contact = Account::contact_url( $event->contact_id );
		return match ( $event->code ) {
			/* translators: 1, 2: the beginning and the end of a link. */
			'email_missing'    => self::linked( __( 'Give the contact an address %1$sin Agile CRM%2$s, then process it again.', 'bridge-for-agile-crm' ), $contact ),
			/* translators: 1, 2: the beginning and the end of a link. */
			'email_invalid'    => self::linked( __( 'Correct the address %1$sin Agile CRM%2$s, then process it again.', 'bridge-for-agile-crm' ), $contact ),
			'rejected_by_site' => esc_html__( 'If that was not meant, ask who looks after the plugins and the theme of this site.', 'bridge-for-agile-crm' ),
			default            => '',
		};
	}

	/**
	 * @param ?string $url Where there is none, there is no link.
	 */
	private static function linked( string $sentence, ?string $url ): string {
		return sprintf( esc_html( $sentence ), null === $url ? '' : '<a href="' . esc_url( $url ) . '">', null === $url ? '' : '</a>' );
	}
}
