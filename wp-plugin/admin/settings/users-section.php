<?php
/**
 * What new users get, and what becomes of those who are there.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class UsersSection {

	public static function show(): void {
		$settings = Settings::stored();
		?>
		<h2 id="agile-bridge-users"><?php esc_html_e( 'New users', 'bridge-for-agile-crm' ); ?></h2>
		<table class="form-table" role="presentation">
			<?php
			Fields::show_select_row(
				'login_format',
				__( 'Login name', 'bridge-for-agile-crm' ),
				LoginChoices::all(),
				$settings->login_format,
				__( 'If it is taken or not allowed, one is made from it.', 'bridge-for-agile-crm' )
			);
			WelcomeChoices::show_row();
			ReturnedChoice::show_rows();
			Fields::show_checkbox_row(
				'missed_creations',
				__( 'Missed creations', 'bridge-for-agile-crm' ),
				$settings->missed_creations_since > 0,
				__( 'Create users for contacts whose webhook never arrived', 'bridge-for-agile-crm' ),
				__( 'Looks every hour for contacts created from now on, and sends them no mail.', 'bridge-for-agile-crm' )
			);
			?>
		</table>
		<h2 id="agile-bridge-existing"><?php esc_html_e( 'Existing users', 'bridge-for-agile-crm' ); ?></h2>
		<table class="form-table" role="presentation">
			<?php
			Fields::show_checkbox_row(
				'role_changes',
				__( 'Role', 'bridge-for-agile-crm' ),
				$settings->role_changes,
				__( 'A webhook may change their role', 'bridge-for-agile-crm' ),
				__( 'Otherwise the role that a webhook names is for new users alone.', 'bridge-for-agile-crm' )
			);
			if ( ! is_multisite() ) {
				Fields::show_checkbox_row(
					'follow_emails',
					__( 'E-mail address', 'bridge-for-agile-crm' ),
					$settings->follow_emails,
					__( 'Follow e-mail changes of users who existed before', 'bridge-for-agile-crm' ),
					__( 'Warning: whoever can change the contact could then take the account over by a new address.', 'bridge-for-agile-crm' )
				);
			}
			self::show_gone_contacts( $settings->gone_contacts );
			Fields::show_checkbox_row(
				'keeps_deleted_away',
				__( 'Deleted users', 'bridge-for-agile-crm' ),
				$settings->keeps_deleted_away,
				__( 'Users whom somebody deletes here do not come back', 'bridge-for-agile-crm' ),
				__( 'Otherwise the next webhook of the same contact makes them anew.', 'bridge-for-agile-crm' )
			);
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
			__( 'What happens to the user when Agile CRM no longer has the contact.', 'bridge-for-agile-crm' )
		);
	}
}
