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

	public static function url( Tab $tab = Tab::Connect ): string {
		return admin_url( 'options-general.php?page=' . self::SLUG . ( Tab::Connect === $tab ? '' : '&tab=' . $tab->value ) );
	}
}
