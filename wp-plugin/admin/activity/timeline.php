<?php
/**
 * An event's way through its states: when it came into each, to the second, and how long after the one before.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Inbox\ActivityRow;
use AgileBridge\Plugin\Site\Clock;

defined( 'ABSPATH' ) || exit;

final class Timeline {

	/** HTML. */
	public static function html( ActivityRow $event ): string {
		$html   = '';
		$before = null;
		foreach ( self::steps( $event ) as [ $time, $state ] ) {
			$html  .= sprintf(
				'<li><strong>%s</strong> <span>%s</span></li>',
				esc_html( Words::state( $state, null === $before ) ),
				esc_html( null === $before ? self::moment( $time, 0 ) : self::moment( $time, $before ) . self::later( $time - $before ) )
			);
			$before = $time;
		}
		return "<ol class=\"agile-bridge-timeline\">$html</ol>";
	}

	/** @return list<array{int, string}> */
	private static function steps( ActivityRow $event ): array {
		// What makes another event of it leaves its own steps alone.
		$last  = [ $event->updated_at, $event->was_replayed() ? 'replayed' : $event->state ];
		$steps = [] === $event->steps ? [ [ $event->created_at, 'waiting' ] ] : $event->steps;
		return self::without_repeats( [] === $event->steps || $event->was_replayed() ? [ ...$steps, $last ] : $steps );
	}

	/**
	 * Of tries that failed one after the other, when each failed is enough; when it began was a moment before.
	 *
	 * @param list<array{int, string}> $steps
	 * @return list<array{int, string}>
	 */
	private static function without_repeats( array $steps ): array {
		$states    = array_column( $steps, 1 );
		$is_repeat = static fn( int $at ): bool => $at > 1 && [ 'waiting', 'running', 'waiting' ] === array_slice( $states, $at - 1, 3 );
		return array_values( array_filter( $steps, static fn( int $at ): bool => ! $is_repeat( $at ), ARRAY_FILTER_USE_KEY ) );
	}

	/**
	 * The day only where it is another one than before.
	 */
	private static function moment( int $time, int $before ): string {
		[ $now, $then ] = [ intdiv( $time, Clock::SECOND ), intdiv( $before, Clock::SECOND ) ];
		return wp_date( 'Y-m-d', $now ) === wp_date( 'Y-m-d', $then ) ? Dates::time_to_the_second( $now ) : Dates::date_to_the_second( $now );
	}

	private static function later( int $milliseconds ): string {
		/* translators: %s: how long, for instance "38 ms" or "2 minutes"; it stands behind a time. */
		return $milliseconds > 0 ? sprintf( __( ', %s later', 'bridge-for-agile-crm' ), Cells::duration( $milliseconds ) ) : '';
	}
}
