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

	/**
	 * @param int $time Seconds since 1970.
	 */
	public static function date_to_the_second( int $time ): string {
		return wp_date( get_option( 'date_format' ), $time ) . ' ' . self::time_to_the_second( $time );
	}

	/**
	 * As the site writes times, with the seconds that few sites write.
	 *
	 * @param int $time Seconds since 1970.
	 */
	public static function time_to_the_second( int $time ): string {
		$format = (string) get_option( 'time_format' );
		return (string) wp_date( str_contains( $format, 's' ) ? $format : (string) preg_replace( '/(?<!\\\\)i/', 'i:s', $format ), $time );
	}
}
