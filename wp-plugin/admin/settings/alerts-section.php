<?php
/**
 * Whether somebody is mailed about what is wrong.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class AlertsSection {

	public static function show(): void {
		?>
		<h2 id="agile-bridge-alerts"><?php esc_html_e( 'Alerts', 'bridge-for-agile-crm' ); ?></h2>
		<table class="form-table" role="presentation">
			<?php
			Fields::show_checkbox_row(
				'alert_mails',
				__( 'Mail alerts', 'bridge-for-agile-crm' ),
				Settings::stored()->alert_mails,
				__( 'Send a mail when something is wrong, at most one a day', 'bridge-for-agile-crm' ),
				__( 'When webhooks were given up or have waited for an hour, Agile CRM refuses this site, or the PHP extension is missing.', 'bridge-for-agile-crm' )
			);
			Fields::show_text_row(
				'alert_address',
				__( 'Send alerts to', 'bridge-for-agile-crm' ),
				Settings::stored()->alert_address,
				null,
				__( 'Empty: the administration address of the site.', 'bridge-for-agile-crm' ),
				[
					'type'        => 'email',
					'placeholder' => (string) get_option( 'admin_email' ),
				]
			);
			?>
		</table>
		<?php
	}
}
