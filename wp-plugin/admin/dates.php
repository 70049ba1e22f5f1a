<?php
/**
 * How the screens show a moment.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

defined( 'ABSPATH' ) || exit;

final class Dates {

	/**
	 * @param int $time Seconds since 1970.
	 */
	public static function date_and_time( int $time ): string {
		return (string) wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $time );
	}
}
