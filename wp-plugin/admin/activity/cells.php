<?php
/**
 * What the columns of a list of events show: that under Tools, and that of one user on their profile.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Inbox\ActivityRow;
use AgileBridge\Plugin\Site\Clock;

defined( 'ABSPATH' ) || exit;

final class Cells {

	/** HTML. */
	public static function cell( ActivityRow $event, string $column ): string {
		return match ( $column ) {
			'when'     => self::when( $event ),
			'came'     => sprintf( '%s <small>%s</small>', esc_html( Words::action( $event->action ) ), esc_html( Words::origin( $event->origin ) ) ),
			'happened' => self::happened( $event ) . self::code( $event ),
			'took'     => self::took( $event->took ),
			default    => '',
		};
	}

	private static function when( ActivityRow $event ): string {
		/* translators: %s: how long ago, for instance "3 minutes". */
		$ago = sprintf( __( '%s ago', 'bridge-for-agile-crm' ), human_time_diff( intdiv( $event->created_at, Clock::SECOND ), intdiv( Clock::now(), Clock::SECOND ) ) );
		return sprintf( '<span title="%s">%s</span>', esc_attr( Dates::date_and_time( intdiv( $event->created_at, Clock::SECOND ) ) ), esc_html( $ago ) );
	}

	/**
	 * HTML: the contact, and on a phone, where the other columns are folded, what they answer.
	 *
	 * @param string $name Plain text.
	 */
	public static function contact( ActivityRow $event, string $name ): string {
		return sprintf(
			'<strong><a href="%s">%s</a></strong> <small class="agile-bridge-id">%s</small><span class="agile-bridge-on-phone">%s <small>%s · %s</small></span>',
			esc_url( Address::url( [ 'event' => $event->id ] ) ),
			esc_html( $name ),
			esc_html( $name === $event->contact_id ? '' : $event->contact_id ),
			self::happened( $event ),
			self::when( $event ),
			esc_html( trim( Words::action( $event->action ) . ' ' . Words::origin( $event->origin ) ) )
		);
	}

	/**
	 * HTML: what one tells whoever is asked for help.
	 */
	private static function code( ActivityRow $event ): string {
		return '' !== $event->code && ( 'dead' === $event->state || $event->was_refused() )
			? sprintf( ' <small><code>%s</code></small>', esc_html( $event->code ) )
			: '';
	}

	/**
	 * HTML: of all in one unit, so that they can be compared down the column.
	 */
	private static function took( ?int $milliseconds ): string {
		return null === $milliseconds
			? '<span aria-hidden="true">—</span>'
			/* translators: %s: a number of milliseconds. */
			: esc_html( sprintf( __( '%s ms', 'bridge-for-agile-crm' ), number_format_i18n( $milliseconds ) ) );
	}

	/**
	 * HTML: a sentence or two, and what to do. What was given up is told by a mark, a word and the row's edge.
	 */
	private static function happened( ActivityRow $event ): string {
		// What is tried again has no code yet, only the error itself, which is English.
		$why    = $event->is_open() && '' !== $event->message ? ' <small lang="en">' . esc_html( $event->message ) . '</small>' : '';
		$advice = Advice::html( $event );
		return self::outcome( $event ) . $why . ( '' === $advice ? '' : "<span class=\"agile-bridge-advice\">$advice</span>" );
	}

	/**
	 * HTML: the sentences without the advice.
	 */
	public static function outcome( ActivityRow $event ): string {
		return $event->is_given_up()
			? sprintf( '<span class="agile-bridge-given-up"><span class="dashicons dashicons-warning" aria-hidden="true"></span> <strong>%s</strong></span> %s', esc_html( Words::given_up() ), esc_html( Words::why( $event ) ) )
			: esc_html( Words::of( $event ) );
	}

	/**
	 * For the row of an event.
	 */
	public static function row_class( ActivityRow $event ): string {
		return match ( true ) {
			$event->is_given_up()  => 'agile-bridge-row-given-up',
			$event->was_refused() => 'agile-bridge-row-refused',
			default                => '',
		};
	}

	public static function duration( int $milliseconds ): string {
		return match ( true ) {
			/* translators: %s: a number of milliseconds. */
			$milliseconds < 1000  => sprintf( __( '%s ms', 'bridge-for-agile-crm' ), number_format_i18n( $milliseconds ) ),
			/* translators: %s: a number of seconds, with a decimal. */
			$milliseconds < 60000 => sprintf( __( '%s s', 'bridge-for-agile-crm' ), number_format_i18n( $milliseconds / 1000, 1 ) ),
			default               => human_time_diff( 0, intdiv( $milliseconds, 1000 ) ),
		};
	}
}
