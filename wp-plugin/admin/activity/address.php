<?php
/**
 * Where the activity screen is.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

defined( 'ABSPATH' ) || exit;

final class Address {

	public const SLUG = 'agile-bridge-activity';

	/** WordPress makes it of the menu it is under and the slug. */
	public const SCREEN_ID = 'tools_page_' . self::SLUG;

	/** The user meta that holds how many rows somebody wants to see. */
	public const PER_PAGE = 'agile_bridge_activity_per_page';

	/** @param array<string, string|int> $arguments Not encoded yet. */
	public static function url( array $arguments = [] ): string {
		return add_query_arg( array_map( 'rawurlencode', array_map( 'strval', $arguments ) ), admin_url( 'tools.php?page=' . self::SLUG ) );
	}
}
