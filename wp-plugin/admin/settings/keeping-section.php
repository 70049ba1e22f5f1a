<?php
/**
 * What is kept, for how long, and what goes with the plugin.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Inbox\Retention;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class KeepingSection {

	public static function show(): void {
		$settings = Settings::stored();
		?>
		<h2 id="agile-bridge-keeping"><?php esc_html_e( 'What is kept', 'bridge-for-agile-crm' ); ?></h2>
		<table class="form-table" role="presentation">
			<?php
			self::show_days( 'keep_done_days', __( 'Processed webhooks', 'bridge-for-agile-crm' ), $settings->keep_done_days, Retention::days_of_done(), __( 'The list under Tools → Agile CRM activity.', 'bridge-for-agile-crm' ) );
			self::show_days( 'keep_dead_days', __( 'Webhooks given up', 'bridge-for-agile-crm' ), $settings->keep_dead_days, Retention::days_of_dead(), __( 'So long they can be processed again; what waits is never removed.', 'bridge-for-agile-crm' ) );
			Fields::show_checkbox_row(
				'removes_user_data',
				__( 'When the plugin is deleted', 'bridge-for-agile-crm' ),
				$settings->removes_user_data,
				__( 'Remove also what it has stored with users: their links to contacts, their tags, and marks of its own', 'bridge-for-agile-crm' ),
				__( 'Settings, keys and events go in any case; users, their names, roles and mapped fields always stay.', 'bridge-for-agile-crm' )
			);
			?>
		</table>
		<?php
	}

	/** @param int $counts What counts, if code of the site has it otherwise. */
	private static function show_days( string $name, string $label, int $days, int $counts, string $help ): void {
		/* translators: %d: a number. */
		$by_code = $days === $counts ? '' : ' ' . sprintf( __( 'Code of this site sets it to %d.', 'bridge-for-agile-crm' ), $counts );
		Fields::show_text_row(
			$name,
			$label,
			(string) $days,
			null,
			$help . $by_code,
			[
				'type'  => 'number',
				'class' => 'small-text',
				'min'   => (string) Retention::SHORTEST,
				'max'   => (string) Retention::LONGEST,
			],
			__( 'days', 'bridge-for-agile-crm' )
		);
	}
}
