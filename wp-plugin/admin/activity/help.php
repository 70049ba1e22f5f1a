<?php
/**
 * What 'Help' at the top of the activity screen tells.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Admin\Settings\Place;

defined( 'ABSPATH' ) || exit;

final class Help {

	public static function add(): void {
		$screen = get_current_screen();
		if ( null === $screen ) {
			return;
		}
		foreach ( self::tabs() as $id => [ $title, $text ] ) {
			$screen->add_help_tab(
				[
					'id'      => "agile-bridge-help-$id",
					'title'   => $title,
					'content' => '<p>' . esc_html( $text ) . '</p>',
				]
			);
		}
		$screen->set_help_sidebar(
			sprintf(
				'<p><strong>%s</strong></p>%s<p>%s</p>',
				esc_html__( 'For more information:', 'bridge-for-agile-crm' ),
				// Who may see this screen need not be who may change the settings.
				current_user_can( 'manage_options' ) ? sprintf( '<p><a href="%s">%s</a></p>', esc_url( Place::url() ), esc_html__( 'Settings of Bridge for Agile CRM', 'bridge-for-agile-crm' ) ) : '',
				/* translators: do not translate the name of the file. */
				esc_html__( 'How an event is processed: docs/processing.md, in the source code of this plugin.', 'bridge-for-agile-crm' )
			)
		);
	}

	/**
	 * @return array<string, array{string, string}> Title and plain text, by id.
	 */
	private static function tabs(): array {
		return [
			'events' => [
				__( 'Events', 'bridge-for-agile-crm' ),
				__( 'Each row is an event: a webhook that came, a change that the hourly look found, or one of these processed again. It tells whom it was about and what came of it; the name opens the whole story, with times and changed fields.', 'bridge-for-agile-crm' ),
			],
			'again'  => [
				__( 'Process again', 'bridge-for-agile-crm' ),
				__( 'An event is given up after Agile CRM, or this site, failed for too long. Mend what was wrong, then process it again: the contact is fetched anew, so that what is written is what Agile CRM says now. Doing it twice does no harm.', 'bridge-for-agile-crm' ),
			],
		];
	}
}
