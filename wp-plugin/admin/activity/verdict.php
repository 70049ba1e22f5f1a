<?php
/**
 * The first line of the list: whether all that came is done.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Inbox\Activity;

defined( 'ABSPATH' ) || exit;

final class Verdict {

	public static function show( int $given_up, int $waiting ): void {
		$parts = array_filter(
			[
				/* translators: %s: how many events. */
				self::link( 'dead', $given_up, __( '%s given up', 'bridge-for-agile-crm' ) ),
				/* translators: %s: how many events. */
				self::link( 'waiting', $waiting, __( '%s waiting', 'bridge-for-agile-crm' ) ),
			]
		);
		[ $kind, $icon ] = match ( true ) {
			$given_up > 0 => [ 'bad', 'warning' ],
			$waiting > 0  => [ 'wait', 'clock' ],
			default       => [ 'good', 'yes-alt' ],
		};
		printf(
			'<p class="agile-bridge-verdict agile-bridge-is-%s"><span class="dashicons dashicons-%s" aria-hidden="true"></span> %s</p>',
			esc_attr( $kind ),
			esc_attr( $icon ),
			// phpcs:ignore WordPress.Security.EscapeOutput -- escaped below.
			[] === $parts ? esc_html__( 'All that came is done.', 'bridge-for-agile-crm' ) : implode( ' · ', $parts )
		);
	}

	private static function link( string $view, int $count, string $text ): string {
		return $count > 0
			? sprintf( '<a href="%s">%s</a>', esc_url( Address::url( [ 'view' => $view ] ) ), esc_html( sprintf( $text, self::number( $count ) ) ) )
			: '';
	}

	/**
	 * Of as many as are counted.
	 */
	public static function number( int $count ): string {
		return number_format_i18n( min( $count, Activity::MOST_COUNTED ) ) . ( $count > Activity::MOST_COUNTED ? '+' : '' );
	}
}
