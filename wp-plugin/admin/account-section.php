<?php
/**
 * The screen's first section: the Agile CRM account.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

use function AgileBridge\Plugin\account_domain;
use function AgileBridge\Plugin\account_email;
use function AgileBridge\Plugin\api_key;
use function AgileBridge\Plugin\constant_text;
use function AgileBridge\Plugin\extension_problem;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/fields.php';
require_once __DIR__ . '/connection-test.php';

function show_account_section(): void {
	$api_url = constant_text( 'AGILE_BRIDGE_API_URL' ) ?? '';
	?>
	<h2><?php esc_html_e( 'Agile CRM account', 'bridge-for-agile-crm' ); ?></h2>
	<?php
	if ( null === api_key() ) {
		show_inline_notice( 'error', unreadable_api_key() );
	}
	if ( '' !== $api_url ) {
		/* translators: %s: a URL. */
		show_inline_notice( 'warning', sprintf( __( 'For development: AGILE_BRIDGE_API_URL in wp-config.php sends all calls to %s instead of Agile CRM.', 'bridge-for-agile-crm' ), $api_url ) );
	}
	?>
	<table class="form-table" role="presentation">
		<?php
		show_text_row(
			'domain',
			__( 'Subdomain', 'bridge-for-agile-crm' ),
			account_domain(),
			'AGILE_BRIDGE_DOMAIN',
			__( 'The first part of your account\'s address. You may paste the whole address.', 'bridge-for-agile-crm' ),
			[ 'spellcheck' => 'false' ],
			'.agilecrm.com'
		);
		show_text_row(
			'email',
			__( 'E-mail address', 'bridge-for-agile-crm' ),
			account_email(),
			'AGILE_BRIDGE_EMAIL',
			__( 'The one with which the owner of the API key logs in to Agile CRM.', 'bridge-for-agile-crm' ),
			[ 'type' => 'email' ]
		);
		show_api_key_row();
		?>
		<tr>
			<th scope="row"><?php esc_html_e( 'Connection', 'bridge-for-agile-crm' ); ?></th>
			<td>
				<?php show_action_button( 'test', __( 'Test connection', 'bridge-for-agile-crm' ), null === extension_problem() ); ?>
				<p class="description">
					<?php
					null === extension_problem()
						? esc_html_e( 'Asks Agile CRM with the saved settings: save first.', 'bridge-for-agile-crm' )
						: esc_html_e( 'This needs the PHP extension; see the notice above.', 'bridge-for-agile-crm' );
					?>
				</p>
			</td>
		</tr>
	</table>
	<?php
}

/**
 * A key that is stored is never shown again.
 */
function show_api_key_row(): void {
	$key    = api_key();
	$stored = '' !== $key;
	$help   = match ( $key ) {
		null    => __( 'Enter it again: the stored key cannot be read any more.', 'bridge-for-agile-crm' ),
		''      => __( 'The REST API key from Admin Settings → API & Analytics in Agile CRM, not the one for JavaScript. It is stored encrypted.', 'bridge-for-agile-crm' ),
		default => __( 'A key is stored. Leave this empty to keep it; what you type here replaces it.', 'bridge-for-agile-crm' ),
	};
	show_text_row(
		'new_api_key',
		__( 'API key', 'bridge-for-agile-crm' ),
		'',
		'AGILE_BRIDGE_API_KEY',
		$help,
		[
			'type'         => 'password',
			// The browser must not offer, nor remember, somebody's WordPress password here.
			'autocomplete' => 'new-password',
			'placeholder'  => $stored && null !== $key ? '••••••••••••' : '',
		]
	);
	if ( $stored && null === constant_text( 'AGILE_BRIDGE_API_KEY' ) ) {
		?>
		<tr>
			<td></td>
			<td class="agile-bridge-tight">
				<label><input type="checkbox" name="<?php echo esc_attr( field_name( 'forget_api_key' ) ); ?>" value="1">
				<?php esc_html_e( 'Forget the stored key', 'bridge-for-agile-crm' ); ?></label>
			</td>
		</tr>
		<?php
	}
}
