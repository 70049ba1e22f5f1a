<?php
/**
 * Which new users get WordPress' welcome mail: what can be chosen.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class WelcomeChoices {

	/** @return array<string, string> Value => label. */
	public static function all(): array {
		return [
			'asked'  => __( 'Only if the webhook asks for it', 'bridge-for-agile-crm' ),
			'always' => __( 'Always', 'bridge-for-agile-crm' ),
			'never'  => __( 'Never, whatever the webhook asks for', 'bridge-for-agile-crm' ),
		];
	}

	/**
	 * For who chooses it for a webhook: '' where that decides.
	 */
	public static function hint(): string {
		return match ( Settings::stored()->welcome_mails ) {
			'always' => __( 'All of them get it, whatever is chosen here: so says the tab Users.', 'bridge-for-agile-crm' ),
			'never'  => __( 'None of them gets it, whatever is chosen here: so says the tab Users.', 'bridge-for-agile-crm' ),
			default  => '',
		};
	}

	public static function show_row(): void {
		Fields::show_select_row(
			'welcome_mails',
			__( 'Welcome mail', 'bridge-for-agile-crm' ),
			self::all(),
			Settings::stored()->welcome_mails,
			__( 'WordPress\' own, with a link to set a password.', 'bridge-for-agile-crm' )
		);
	}
}
