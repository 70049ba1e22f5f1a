<?php
/**
 * The self-test on the tab Webhooks: what it found, and its button. settings.js goes on by itself where there is a next step.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Admin\SelfTestWords;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\SelfTest\Meaning;
use AgileBridge\Plugin\SelfTest\Run;
use AgileBridge\Plugin\SelfTest\Turns;
use AgileBridge\Plugin\SelfTest\Verdict;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\WpFusion;

defined( 'ABSPATH' ) || exit;

final class SelfTestSection {

	public const ID = 'agile-bridge-self-test';

	private const ACTION = 'self_test';

	/** Icon, and the kind of settings.css. */
	private const LOOKS = [
		'good'        => [ 'yes-alt', 'good' ],
		'recommended' => [ 'warning', 'wait' ],
		'critical'    => [ 'dismiss', 'bad' ],
	];

	/**
	 * It has the server call out, so on a network it is for who answers for the server.
	 */
	public static function is_allowed(): bool {
		return current_user_can( 'manage_options' ) && ( ! is_multisite() || is_super_admin() );
	}

	/**
	 * Begins it, or goes on with it.
	 *
	 * @return ?string Null, or why not.
	 */
	public static function act(): ?string {
		$reason = self::is_allowed() ? self::why_not() : __( 'On a network only a super admin may have the server call itself.', 'bridge-for-agile-crm' );
		if ( null !== $reason ) {
			return $reason;
		}
		// phpcs:ignore WordPress.Security.NonceVerification -- Actions has verified it.
		$turn = sanitize_key( wp_unslash( $_POST['agile_bridge_turn'] ?? '' ) );
		try {
			Schema::ensure();
			$is_done = '' === $turn ? Turns::begin( get_current_user_id() ) : Turns::go_on( $turn );
		} catch ( Failure $failure ) {
			return $failure->getMessage();
		}
		return $is_done ? null : __( 'Another self-test is under way, in another window or by somebody else. Two at once would spoil each other; one that nobody goes on with ends after two minutes.', 'bridge-for-agile-crm' );
	}

	public static function show(): void {
		if ( ! self::is_allowed() ) {
			return;
		}
		try {
			$turns = Schema::is_there() ? Turns::read() : null;
		} catch ( Failure $failure ) {
			// The line under the title tells that the database does not answer.
			return;
		}
		$run    = $turns?->run;
		$reason = self::why_not();
		printf( '<div id="%s"><h2 tabindex="-1">%s</h2>', esc_attr( self::ID ), esc_html__( 'Self-test', 'bridge-for-agile-crm' ) );
		printf( '<p class="description">%s</p>', esc_html__( 'This server calls the address of this site as Agile CRM would, and tells what on the way swallows webhooks; no user is touched.', 'bridge-for-agile-crm' ) );
		printf( '<p role="status"><strong>%s</strong></p>', esc_html( self::state( $turns ) ) );
		if ( null !== $run && [] !== $run->verdicts ) {
			echo '<ul class="agile-bridge-verdicts">';
			array_map( self::show_verdict( ... ), $run->verdicts );
			echo '</ul>';
		}
		if ( null !== $reason ) {
			Fields::show_inline_notice( 'info', $reason );
		} else {
			self::show_button( $turns );
		}
		echo '</div>';
	}

	/**
	 * Why it cannot be run at all.
	 */
	private static function why_not(): ?string {
		return match ( true ) {
			null !== Extension::problem() => __( 'The self-test needs the PHP extension.', 'bridge-for-agile-crm' ),
			WpFusion::answers() => __( 'WP Fusion answers webhooks now, so there is nothing to test.', 'bridge-for-agile-crm' ),
			default => null,
		};
	}

	private static function state( ?Turns $turns ): string {
		$run = $turns?->run;
		if ( null === $run ) {
			return __( 'Not run yet.', 'bridge-for-agile-crm' );
		}
		if ( $run->is_finished() ) {
			/* translators: 1: a sentence, 2: date and time. */
			$summary = sprintf( __( '%1$s Tested on %2$s.', 'bridge-for-agile-crm' ), SelfTestWords::summary( $run ), Dates::date_and_time( intdiv( $run->finished_at, 1000 ) ) );
			return home_url( '/' ) === $run->home() ? $summary : $summary . ' ' . __( 'The site had another address then: test again.', 'bridge-for-agile-crm' );
		}
		if ( ! $turns->is_under_way ) {
			return __( 'The last self-test was not finished.', 'bridge-for-agile-crm' );
		}
		$user = get_userdata( $run->user_id );
		$done = count( $run->verdicts );
		return get_current_user_id() === $run->user_id
			/* translators: 1, 2: numbers. */
			? sprintf( __( 'Step %1$d of %2$d is done.', 'bridge-for-agile-crm' ), $done, $done + count( $run->steps ) )
			/* translators: %s: name of a user. */
			: sprintf( __( 'A self-test is under way, begun by %s.', 'bridge-for-agile-crm' ), false === $user ? '?' : $user->display_name );
	}

	private static function show_verdict( Verdict $verdict ): void {
		[ $icon, $kind ] = Meaning::Arrived !== $verdict->meaning && 'good' === $verdict->level() ? [ 'info', 'info' ] : self::LOOKS[ $verdict->level() ];
		$label           = match ( $kind ) {
			'good'  => __( 'Arrives.', 'bridge-for-agile-crm' ),
			'info'  => __( 'To know.', 'bridge-for-agile-crm' ),
			'wait'  => __( 'Not known.', 'bridge-for-agile-crm' ),
			default => __( 'Swallowed.', 'bridge-for-agile-crm' ),
		};
		printf(
			'<li class="agile-bridge-is-%s"><span class="dashicons dashicons-%s" aria-hidden="true"></span> <span><strong>%s</strong> %s %s</span></li>',
			esc_attr( $kind ),
			esc_attr( $icon ),
			esc_html( $label ),
			esc_html( SelfTestWords::sentence( $verdict ) ),
			esc_html( SelfTestWords::advice( $verdict ) )
		);
	}

	private static function show_button( ?Turns $turns ): void {
		$run = $turns?->run;
		if ( true === $turns?->is_under_way && get_current_user_id() !== $run?->user_id ) {
			return;
		}
		$goes_on = true === $turns?->is_under_way;
		$label   = match ( true ) {
			$goes_on => __( 'Next step', 'bridge-for-agile-crm' ),
			null === $run => __( 'Start the self-test', 'bridge-for-agile-crm' ),
			default => __( 'Test again', 'bridge-for-agile-crm' ),
		};
		printf(
			'<p><input type="hidden" name="agile_bridge_turn" value="%1$s" form="%2$s"><button type="submit" class="button" form="%2$s" data-agile-bridge-steps="%3$s"%4$s>%5$s</button></p>',
			esc_attr( $goes_on ? $turns->turn : '' ),
			esc_attr( Buttons::form_id( self::ACTION ) ),
			esc_attr( self::ID ),
			$goes_on ? ' data-agile-bridge-goes-on' : '',
			esc_html( $label )
		);
	}
}
