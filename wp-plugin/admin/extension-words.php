<?php
/**
 * What screens say where the PHP extension is missing or does not fit. (Answers to callers say it in plain English: extension.php.)
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

use AgileBridge\Plugin\Site\Extension;

defined( 'ABSPATH' ) || exit;

final class ExtensionWords {

	/**
	 * Plain text; null if it fits.
	 */
	public static function problem(): ?string {
		return match ( Extension::state() ) {
			'fits'    => null,
			'missing' => __( 'The PHP extension agile_bridge is not loaded. The notice at the top says how to install it.', 'bridge-for-agile-crm' ),
			'old'     => __( 'The PHP extension agile_bridge is too old for this plugin. The notice at the top says how to update it.', 'bridge-for-agile-crm' ),
			'new'     => __( 'The PHP extension agile_bridge is so much newer than this plugin that it no longer serves it. Update the plugin.', 'bridge-for-agile-crm' ),
		};
	}
}
