<?php
/**
 * The account of Agile CRM: three of the four fields that an admin fills in.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class AccountSection {

	public static function show(): void {
		$api_url = Settings::constant_text( 'AGILE_BRIDGE_API_URL' ) ?? '';
		?>
		<h2><?php esc_html_e( 'Agile CRM account', 'bridge-for-agile-crm' ); ?></h2>
		<?php
		if ( null === Account::api_key() ) {
			Fields::show_inline_notice( 'error', ConnectionTest::unreadable_api_key() );
		}
		if ( '' !== $api_url ) {
			/* translators: %s: a URL. */
			Fields::show_inline_notice( 'warning', sprintf( __( 'For development: AGILE_BRIDGE_API_URL in wp-config.php sends all calls to %s instead of Agile CRM.', 'bridge-for-agile-crm' ), $api_url ) );
		}
		?>
		<table class="form-table" role="presentation">
			<?php
			Fields::show_text_row(
				'domain',
				__( 'Subdomain', 'bridge-for-agile-crm' ),
				Account::domain(),
				'AGILE_BRIDGE_DOMAIN',
				__( 'The first part of your account\'s address. You may paste the whole address.', 'bridge-for-agile-crm' ),
				[
					'spellcheck' => 'false',
					// An address reads in one direction only.
					'dir'        => 'ltr',
				],
				'.agilecrm.com'
			);
			Fields::show_text_row(
				'email',
				__( 'E-mail address', 'bridge-for-agile-crm' ),
				Account::email(),
				'AGILE_BRIDGE_EMAIL',
				__( 'The one with which the owner of the API key logs in to Agile CRM.', 'bridge-for-agile-crm' ),
				[ 'type' => 'email' ]
			);
			self::show_api_key_row();
			?>
		</table>
		<?php
	}

	/**
	 * A key that is stored is never shown again.
	 */
	private static function show_api_key_row(): void {
		$key    = Account::api_key();
		$stored = '' !== $key;
		$help   = match ( $key ) {
			null    => __( 'Enter it again: the stored key cannot be read any more.', 'bridge-for-agile-crm' ),
			''      => __( 'The REST API key from Admin Settings → API & Analytics in Agile CRM, not the one for JavaScript. It is stored encrypted.', 'bridge-for-agile-crm' ),
			default => __( 'A key is stored. Leave this empty to keep it; what you type here replaces it.', 'bridge-for-agile-crm' ),
		};
		Fields::show_text_row(
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
		if ( $stored && null === Settings::constant_text( 'AGILE_BRIDGE_API_KEY' ) ) {
			?>
			<tr>
				<td></td>
				<td class="agile-bridge-tight">
					<label><input type="checkbox" name="<?php echo esc_attr( Fields::field_name( 'forget_api_key' ) ); ?>" value="1">
					<?php esc_html_e( 'Forget the stored key', 'bridge-for-agile-crm' ); ?></label>
				</td>
			</tr>
			<?php
		}
	}
}
