<?php
/**
 * 'Try it': whom a contact would become, and what would be stored of them, before it happens. The button does it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Activity\Words;
use AgileBridge\Plugin\Admin\ExtensionWords;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\User\LinkIndex;
use AgileBridge\Plugin\Work\Preview;

defined( 'ABSPATH' ) || exit;

final class TryTab {

	public static function show(): void {
		// phpcs:ignore WordPress.Security.NonceVerification -- it only chooses what is shown.
		$who = trim( sanitize_text_field( wp_unslash( $_GET['who'] ?? '' ) ) );
		?>
		<form method="get" action="<?php echo esc_url( admin_url( 'options-general.php' ) ); ?>" class="agile-bridge-try">
			<input type="hidden" name="page" value="<?php echo esc_attr( Place::SLUG ); ?>">
			<input type="hidden" name="tab" value="<?php echo esc_attr( Tab::TryIt->value ); ?>">
			<p class="agile-bridge-line">
				<label for="agile-bridge-who"><?php esc_html_e( 'E-mail address or contact id', 'bridge-for-agile-crm' ); ?></label>
				<input type="text" id="agile-bridge-who" name="who" class="regular-text" dir="ltr" value="<?php echo esc_attr( $who ); ?>" autocomplete="off" spellcheck="false" required>
				<button type="submit" class="button button-primary"><?php esc_html_e( 'Try it', 'bridge-for-agile-crm' ); ?></button>
			</p>
			<p class="description"><?php esc_html_e( 'Shows what a webhook with "Create users and keep them current" would do with this contact. Nothing is changed.', 'bridge-for-agile-crm' ); ?></p>
		</form>
		<?php
		if ( '' !== $who ) {
			self::show_result( $who );
		}
	}

	private static function show_result( string $who ): void {
		$email   = is_email( $who ) ? strtolower( $who ) : '';
		$problem = ExtensionWords::problem();
		$crm     = null === $problem ? Account::client() : null;
		$error   = match ( true ) {
			null !== $problem => $problem,
			'' === $email && ! LinkIndex::is_contact_id( $who ) => self::neither_address_nor_id(),
			null === $crm     => self::not_connected(),
			default => null,
		};
		if ( null !== $error ) {
			Fields::show_inline_notice( 'error', $error );
			return;
		}
		$preview = Preview::of( $crm, '' === $email ? $who : '', $email );
		if ( null !== $preview->decision ) {
			PreviewSection::show( $preview );
			return;
		}
		$reason = Words::reason( $preview->code, $preview->message );
		Fields::show_inline_notice( 'warning', '' === $reason ? __( 'Nothing would happen: somebody has deleted the user of this contact here, and deleted users do not come back.', 'bridge-for-agile-crm' ) : $reason );
	}

	public static function neither_address_nor_id(): string {
		return __( 'This is neither an e-mail address nor the id of a contact, which is a number: the last part of the contact\'s address in Agile CRM.', 'bridge-for-agile-crm' );
	}

	public static function not_connected(): string {
		return __( 'The account is not connected yet: see the tab Connect.', 'bridge-for-agile-crm' );
	}
}
