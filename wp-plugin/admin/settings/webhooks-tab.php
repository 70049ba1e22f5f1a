<?php
/**
 * The second tab: what to paste where. There is something to save only where WP Fusion could answer too.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\WpFusion;

defined( 'ABSPATH' ) || exit;

final class WebhooksTab {

	public static function show(): void {
		if ( WpFusion::has_agile_crm() ) {
			Form::begin( admin_url( 'options.php' ) );
			WhoAnswers::show();
			Form::end();
		}
		WebhooksSection::show();
		SelfTestSection::show();
	}
}
