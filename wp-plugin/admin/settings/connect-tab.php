<?php
/**
 * The first tab: whether the site reaches the account.
 *
 * Its one button saves what was typed and asks Agile CRM with it. It posts to the screen itself, which needs the extension;
 * without it there is WordPress' own button.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Overview;
use AgileBridge\Plugin\Site\Extension;

defined( 'ABSPATH' ) || exit;

final class ConnectTab {

	public static function show(): void {
		$overview = Overview::read();
		if ( null !== $overview ) {
			Checklist::show( $overview );
		}
		$can_test = null === Extension::problem();
		Form::begin( $can_test ? Place::url() : admin_url( 'options.php' ) );
		AccountSection::show();
		Form::end( $can_test ? __( 'Save and test connection', 'bridge-for-agile-crm' ) : null );
	}
}
