<?php
/**
 * Where the settings screen is.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

defined( 'ABSPATH' ) || exit;

final class Place {

	public const SLUG = 'bridge-for-agile-crm';

	/** WordPress makes it of the menu it is under and the slug. */
	public const SCREEN_ID = 'settings_page_' . self::SLUG;

	public static function url(): string {
		return admin_url( 'options-general.php?page=' . self::SLUG );
	}
}
