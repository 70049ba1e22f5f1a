<?php
/**
 * What happens with users, beyond their fields and roles.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\User\SetPasswordLink;

defined( 'ABSPATH' ) || exit;

final class UsersSection {

	public static function show(): void {
		?>
		<h2 id="agile-bridge-users"><?php esc_html_e( 'Users', 'bridge-for-agile-crm' ); ?></h2>
		<?php FieldChoices::show_custom_list(); ?>
		<table class="form-table" role="presentation">
			<?php
			self::show_return_password();
			Fields::show_checkbox_row(
				'returns_link',
				__( 'Link instead', 'bridge-for-agile-crm' ),
				Settings::stored()->returns_link,
				__( 'Return a link to set a password, not the password', 'bridge-for-agile-crm' ),
				/* translators: %s: how long, for instance "1 day". */
				sprintf( __( 'WordPress\' own link works once and for %s from when it is written, so the campaign should mail it soon. The welcome mail has the same link.', 'bridge-for-agile-crm' ), human_time_diff( 0, SetPasswordLink::lifetime() ) )
			);
			WelcomeChoices::show_row();
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
			Fields::show_checkbox_row(
				'missed_creations',
				__( 'Missed creations', 'bridge-for-agile-crm' ),
				Settings::stored()->missed_creations_since > 0,
				__( 'Create users for contacts whose webhook never arrived', 'bridge-for-agile-crm' ),
				__( 'Every hour, for all contacts that are created after this is switched on: with the default role and without a mail. Older contacts are left alone.', 'bridge-for-agile-crm' )
			);
			self::show_gone_contacts( Settings::stored()->gone_contacts );
			?>
		</table>
		<?php
	}

	private static function show_gone_contacts( string $chosen ): void {
		$choices = [
			'keep'   => __( 'Change nothing', 'bridge-for-agile-crm' ),
			'unlink' => __( 'Remove the link to the contact', 'bridge-for-agile-crm' ),
		];
		foreach ( RoleChoices::all( str_starts_with( $chosen, 'role:' ) ? [ substr( $chosen, strlen( 'role:' ) ) ] : [] ) as $role => $name ) {
			/* translators: %s: name of a role. */
			$choices[ "role:$role" ] = sprintf( __( 'Set the role %s', 'bridge-for-agile-crm' ), $name );
		}
		Fields::show_select_row(
			'gone_contacts',
			__( 'Deleted contacts', 'bridge-for-agile-crm' ),
			$choices,
			$chosen,
			__( 'What happens with a user when Agile CRM says that the contact no longer exists. Users are never deleted.', 'bridge-for-agile-crm' )
		);
	}

	private static function show_return_password(): void {
		Fields::show_text_row(
			'return_password_field',
			__( 'Return password', 'bridge-for-agile-crm' ),
			Settings::return_password_field(),
			'AGILE_BRIDGE_RETURN_PASSWORD_FIELD',
			__( 'The custom field of Agile CRM, named exactly as there, that takes the generated password of each new user, so that a campaign can mail it. Empty: passwords are told to nobody.', 'bridge-for-agile-crm' ),
			[
				'spellcheck' => 'false',
				'maxlength'  => (string) Saving::MAX_FIELD_NAME,
				'list'       => FieldChoices::CUSTOM_LIST,
			]
		);
	}
}
