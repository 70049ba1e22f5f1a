<?php
/**
 * The mail about what is wrong, if the admin wants one: at most one a day, of everything that is wrong then.
 *
 * Hook: agile_bridge_drain → by_cron, after the inbox was drained. By WordPress' cron and by PHP alone: that the extension is missing is one of the reasons.
 *
 * A lease keeps it to one a day, on any number of servers: whoever finds something wrong moves its end by a day before the mail is
 * sent, so that a process that is killed meanwhile sends too few and not too many.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Alerts;

use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Home;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class AlertMail {

	private const LEASE = 'alerts';

	/** Between two looks at whether something is wrong. */
	private const EVERY = 10 * Clock::MINUTE;

	/** After a mail that could not be sent. */
	private const AGAIN = Clock::HOUR;

	public static function by_cron(): void {
		if ( ! Settings::stored()->alert_mails || ! Schema::was_ever_there() || Home::is_elsewhere() ) {
			return;
		}
		try {
			Schema::ensure();
			if ( Lease::take( self::LEASE, Lease::new_owner(), self::EVERY ) ) {
				self::send_if_needed();
			}
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
		// Others' jobs follow.
		Database::restore_lock_waits();
	}

	/**
	 * An admin switches it on: tables that were made before it was there have no row for it.
	 *
	 * @throws \AgileBridge\Plugin\Site\Failure If the database fails.
	 */
	public static function prepare(): void {
		Schema::ensure();
		Lease::insert_all();
	}

	/**
	 * To whom: the address of the settings, the site's admin's where there is none.
	 */
	public static function address(): string {
		$address = Settings::stored()->alert_address;
		return '' === $address ? (string) get_option( 'admin_email' ) : $address;
	}

	private static function send_if_needed(): void {
		$now  = Clock::now();
		$last = (int) ( Lease::record( self::LEASE )->details['sent'] ?? 0 );
		// (Of the day before the first one, so that switching it on does not tell of what was long seen.)
		$troubles = Troubles::now( $last > 0 ? $last : $now - Clock::DAY );
		if ( [] === $troubles ) {
			return;
		}
		Lease::end_in( self::LEASE, Clock::DAY );
		Lease::keep( self::LEASE, [ 'sent' => $now ] );
		if ( ! self::send( $troubles ) ) {
			Log::note( 'the mail about what is wrong could not be sent. It will be tried again in an hour.' );
			Lease::keep( self::LEASE, [ 'sent' => $last ] );
			Lease::end_in( self::LEASE, self::AGAIN );
		}
	}

	/**
	 * @param list<Trouble> $troubles Not empty.
	 */
	private static function send( array $troubles ): bool {
		$site  = wp_specialchars_decode( (string) get_option( 'blogname' ), ENT_QUOTES );
		$parts = array_map( static fn( Trouble $trouble ): string => "$trouble->title\n$trouble->text\n$trouble->url", $troubles );
		/* translators: %s: address of the site. */
		$parts[] = sprintf( __( 'This mail comes from %s, at most once a day as long as something is wrong. It can be switched off there: Settings → Bridge for Agile CRM → Advanced.', 'bridge-for-agile-crm' ), home_url( '/' ) );
		return wp_mail( self::address(), "[$site] {$troubles[0]->title}", implode( "\n\n", $parts ) . "\n" );
	}
}
