<?php
/**
 * How far those are who were queued by *Sync now*: a notice on the list of users, and on the profile that it was pressed on. It tells
 * what is true when the page is made; users.js asks again every few seconds.
 *
 * Hook: wp_ajax_agile_bridge_sync → answer.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Users;

use AgileBridge\Plugin\Admin\Activity\Address;
use AgileBridge\Plugin\Admin\Capability;
use AgileBridge\Plugin\Admin\Overview;
use AgileBridge\Plugin\Inbox\Batch;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Work\Drain;

defined( 'ABSPATH' ) || exit;

final class SyncNotice {

	/** So long it stays on the list after the last of them is done, in milliseconds. */
	private const SHOWN = 10 * Clock::MINUTE;

	/** So long one question of the script works on them, in milliseconds: where PHP cannot go on after its answer nobody else does until cron comes by. */
	private const PROCESSING = 2000;

	/** Of those who were left out, so many are named. */
	private const MOST_NAMED = 5;

	/**
	 * @param bool $lasts Whether it is shown without being led to.
	 */
	public static function show( bool $lasts ): void {
		// phpcs:ignore WordPress.Security.NonceVerification -- it only chooses what is shown.
		$was_pressed = isset( $_GET[ Sync::NAME ] );
		$record      = $was_pressed || $lasts ? SyncRecord::of_current_user() : null;
		if ( null === $record ) {
			return;
		}
		try {
			$batch = Batch::read( $record->events );
		} catch ( Failure $failure ) {
			return;
		}
		if ( ! $was_pressed && $batch->is_done() && $batch->latest_at < Clock::now() - self::SHOWN ) {
			return;
		}
		$progress = sprintf(
			'<span id="agile-bridge-progress" role="status" data-url="%s" data-nonce="%s" data-done="%s">%s</span>',
			esc_url( admin_url( 'admin-ajax.php' ) ),
			esc_attr( wp_create_nonce( Sync::NONCE ) ),
			$batch->is_done() ? '1' : '',
			esc_html( self::sentence( $batch ) )
		);
		$link = [] === $record->events ? '' : sprintf( ' <a href="%s">%s</a>', esc_url( Address::url( [ 'origin' => 'sync' ] ) ), esc_html__( 'Agile CRM activity', 'bridge-for-agile-crm' ) );
		wp_admin_notice(
			"<p>$progress " . esc_html( self::about_left_out( $record->left_out ) ) . "$link</p>",
			[
				'type'           => 'info',
				'id'             => 'agile-bridge-sync',
				'paragraph_wrap' => false,
				'dismissible'    => true,
			]
		);
	}

	/**
	 * To the script: how far they are now.
	 */
	public static function answer(): never {
		check_ajax_referer( Sync::NONCE );
		$record = Capability::is_given() ? SyncRecord::of_current_user() : null;
		if ( null === $record ) {
			wp_send_json_error( null, 403 );
		}
		try {
			Drain::run( self::PROCESSING );
			$batch = Batch::read( $record->events );
		} catch ( Failure $failure ) {
			wp_send_json_error( null, 503 );
		}
		wp_send_json_success(
			[
				'text' => self::sentence( $batch ),
				'done' => $batch->is_done(),
			]
		);
	}

	private static function sentence( Batch $batch ): string {
		$number = static fn( int $count ): string => number_format_i18n( $count );
		if ( 0 === $batch->events ) {
			return __( 'Nobody was queued.', 'bridge-for-agile-crm' );
		}
		if ( ! $batch->is_done() ) {
			/* translators: 1, 2: numbers. */
			$text = sprintf( _n( '%1$s user is queued: %2$s done.', '%1$s users are queued: %2$s done.', $batch->events, 'bridge-for-agile-crm' ), $number( $batch->events ), $number( $batch->done ) );
			return trim( $text . ' ' . self::why_they_wait() );
		}
		$current = $batch->events - $batch->failed;
		$parts   = [
			/* translators: 1: a number, 2: how many of them have changed. */
			$current > 0 ? sprintf( _n( '%1$s user is up to date: %2$s changed.', '%1$s users are up to date: %2$s changed.', $current, 'bridge-for-agile-crm' ), $number( $current ), $number( $batch->changed ) ) : '',
			/* translators: %s: a number. */
			$batch->failed > 0 ? sprintf( _n( '%s user could not be brought up to date; the activity says why.', '%s users could not be brought up to date; the activity says why.', $batch->failed, 'bridge-for-agile-crm' ), $number( $batch->failed ) ) : '',
		];
		return implode( ' ', array_filter( $parts ) );
	}

	private static function why_they_wait(): string {
		return match ( true ) {
			null !== Extension::problem()                => __( 'The others wait until this site has the PHP extension again.', 'bridge-for-agile-crm' ),
			Settings::is_paused()                        => __( 'The others wait: processing is paused in the settings.', 'bridge-for-agile-crm' ),
			true === Overview::read()?->breaker->is_open() => __( 'The others wait until Agile CRM answers.', 'bridge-for-agile-crm' ),
			default                                      => '',
		};
	}

	/** @param list<int> $users */
	private static function about_left_out( array $users ): string {
		if ( [] === $users ) {
			return '';
		}
		$shown = array_slice( $users, 0, self::MOST_NAMED );
		cache_users( $shown );
		/* translators: %d: the id of a user. */
		$name  = static fn( int $id ): string => get_userdata( $id )->user_login ?? sprintf( __( 'user %d', 'bridge-for-agile-crm' ), $id );
		$names = implode( ', ', array_map( $name, $shown ) ) . ( count( $users ) > self::MOST_NAMED ? ', …' : '' );
		/* translators: 1: a number, 2: their logins. */
		return sprintf( _n( '%1$s user is not linked to a contact and was left out: %2$s.', '%1$s users are not linked to a contact and were left out: %2$s.', count( $users ), 'bridge-for-agile-crm' ), number_format_i18n( count( $users ) ), $names );
	}
}
