<?php
/**
 * The screen's third section: what happens with users, beyond their fields.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\WpFusion;
use AgileBridge\Plugin\User\SetPasswordLink;

defined( 'ABSPATH' ) || exit;

final class UsersSection {

	public static function show(): void {
		?>
		<h2 id="agile-bridge-users"><?php esc_html_e( 'Users', 'bridge-for-agile-crm' ); ?></h2>
		<table class="form-table" role="presentation">
			<?php
			Fields::show_text_row(
				'return_password_field',
				__( 'Return password', 'bridge-for-agile-crm' ),
				Settings::return_password_field(),
				'AGILE_BRIDGE_RETURN_PASSWORD_FIELD',
				__( 'The custom field of Agile CRM, named exactly as there, that takes the generated password of each new user, so that a campaign can mail it. Empty: passwords are told to nobody.', 'bridge-for-agile-crm' ),
				[
					'spellcheck' => 'false',
					'maxlength'  => (string) Saving::MAX_FIELD_NAME,
				]
			);
			Fields::show_checkbox_row(
				'returns_link',
				__( 'Link instead', 'bridge-for-agile-crm' ),
				Settings::stored()->returns_link,
				__( 'Return a link to set a password, not the password', 'bridge-for-agile-crm' ),
				/* translators: %s: how long, for instance "1 day". */
				sprintf( __( 'WordPress\' own link works once and for %s from when it is written, so the campaign should mail it soon. The welcome mail has the same link.', 'bridge-for-agile-crm' ), human_time_diff( 0, SetPasswordLink::lifetime() ) )
			);
			if ( ! is_multisite() ) {
				Fields::show_checkbox_row(
					'follow_emails',
					__( 'E-mail addresses', 'bridge-for-agile-crm' ),
					Settings::stored()->follow_emails,
					__( 'Follow e-mail changes of users who existed before', 'bridge-for-agile-crm' ),
					__( 'Users whom a webhook made follow their contact\'s address in any case. The others were only matched by it, which proves nothing: with this, whoever can change a contact can move such a user\'s address to their own, and ask for a new password there. Users with special rights never follow.', 'bridge-for-agile-crm' )
				);
			}
			Fields::show_select_row(
				'login_format',
				__( 'Login of new users', 'bridge-for-agile-crm' ),
				LoginChoices::all(),
				Settings::stored()->login_format,
				__( 'A login that is taken, not allowed or not there becomes one that is made from it, or from the address without its domain. A mapped user_login comes before. Existing users keep theirs.', 'bridge-for-agile-crm' )
			);
			Fields::show_checkbox_row(
				'keeps_deleted_away',
				__( 'Deleted users', 'bridge-for-agile-crm' ),
				Settings::stored()->keeps_deleted_away,
				__( 'Users whom somebody deletes here do not come back', 'bridge-for-agile-crm' ),
				__( 'Otherwise the next webhook of the same contact makes them anew. It counts for deletions from now on; switch it off to let all of them come back.', 'bridge-for-agile-crm' )
			);
			if ( WpFusion::has_agile_crm() ) {
				self::show_who_answers();
			}
			?>
		</table>
		<?php
	}

	private static function show_who_answers(): void {
		$choices = [
			'wp_fusion' => __( 'WP Fusion, as until now', 'bridge-for-agile-crm' ),
			'bridge'    => __( 'Bridge for Agile CRM', 'bridge-for-agile-crm' ),
		];
		$chosen  = Settings::answer_beside_wp_fusion() ? 'bridge' : 'wp_fusion';
		$legend  = __( 'Who answers webhooks', 'bridge-for-agile-crm' );
		?>
		<tr>
			<th scope="row"><?php echo esc_html( $legend ); ?></th>
			<td>
				<fieldset>
					<legend class="screen-reader-text"><span><?php echo esc_html( $legend ); ?></span></legend>
					<?php foreach ( $choices as $choice => $label ) : ?>
						<label><input type="radio" name="<?php echo esc_attr( Fields::field_name( 'who_answers' ) ); ?>" value="<?php echo esc_attr( $choice ); ?>" <?php checked( $choice, $chosen ); ?>> <?php echo esc_html( $label ); ?></label><br>
					<?php endforeach; ?>
					<p class="description"><?php esc_html_e( 'WP Fusion is active with Agile CRM, and both understand the same URLs. Only one of them answers, with its own access key.', 'bridge-for-agile-crm' ); ?></p>
				</fieldset>
			</td>
		</tr>
		<?php
	}
}
