<?php
/**
 * How the screens show how many events there are.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

use AgileBridge\Plugin\Inbox\Counts;

defined( 'ABSPATH' ) || exit;

final class Numbers {

	public static function of_events( int $count ): string {
		return $count <= Counts::MOST
			? number_format_i18n( $count )
			/* translators: %s: a number. */
			: sprintf( __( 'more than %s', 'bridge-for-agile-crm' ), number_format_i18n( Counts::MOST ) );
	}
}
