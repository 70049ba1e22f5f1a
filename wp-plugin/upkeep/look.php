<?php
/**
 * The hourly look: what no webhook told is made good, and counted.
 *
 * The CRM is asked for the contacts that changed since the last look (change-list.php). Where it does not list them, or its
 * list cannot be trusted (witnesses.php), the linked users are walked instead (walk.php); and also where the admin wants to know
 * of deleted contacts, which no list of changes names. Never on a copy of the site under another address: a staging site would
 * work through the account of the live one.
 *
 * Where it is goes with the lease `reconcile` (look-record.php).
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\AgileCrm;
use AgileBridge\CrmUnauthorized;
use AgileBridge\Exception;
use AgileBridge\FilterRefused;
use AgileBridge\PageTooHeavy;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Crm\CrmError;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Site\Callbacks;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Home;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Primary;
use AgileBridge\Plugin\Site\Schedule;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\TablesVersion;
use AgileBridge\Plugin\Site\WpFusion;

defined( 'ABSPATH' ) || exit;

final class Look {

	/** Between two looks; WP-Cron comes by every hour. */
	private const EVERY = 55 * Clock::MINUTE;

	/** From the end of an update to a look: a webhook may be on its way for two minutes. */
	private const AFTER_UPDATE = 3 * Clock::MINUTE;

	/** Of a network; the others look when their hour has come. */
	private const MOST_SITES = 200;

	/** After so many looks at which the list did not come, linked users are walked. */
	private const MOST_FAILURES = 3;

	/**
	 * One look, if it is time for one.
	 *
	 * @return ?int How many events were stored; null if there was no look.
	 */
	public static function take(): ?int {
		Primary::is_wanted();
		Schema::bring_up_to_date();
		$settings  = Settings::stored();
		$is_wanted = ( $settings->reconcile || $settings->missed_creations_since > 0 ) && ! Settings::is_paused() && null === Extension::problem();
		Home::remember();
		$crm = $is_wanted && ! Home::is_elsewhere() ? Account::client() : null;
		if ( null === $crm || WpFusion::answers() ) {
			return null;
		}
		if ( ! Lease::take( 'reconcile', Lease::new_owner(), self::EVERY ) || ! Breaker::may_be_asked( $crm ) ) {
			return null;
		}
		LookRecord::be_of_this_account();
		return WpFusion::detached( static fn(): int => Callbacks::contained( static fn(): int => News::during( static fn(): int => self::look( $crm ) ) ) );
	}

	public static function by_cron(): void {
		if ( ! Schema::was_ever_there() ) {
			return;
		}
		try {
			LinkMending::take();
			self::take();
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
		// Others' jobs follow.
		Database::restore_lock_waits();
	}

	/**
	 * WordPress has updated something, and was in maintenance meanwhile: no webhook was stored. Looks soon.
	 *
	 * @param mixed $upgrader
	 * @param mixed $what     What was updated, by its `type`.
	 */
	public static function after_update( $upgrader = null, $what = null ): void {
		if ( ! is_array( $what ) || ! in_array( $what['type'] ?? '', [ 'core', 'plugin', 'theme' ], true ) ) {
			return;
		}
		// All sites of a network were in maintenance.
		$others = is_multisite() ? get_sites(
			[
				'fields'       => 'ids',
				'number'       => self::MOST_SITES,
				'site__not_in' => [ get_current_blog_id() ],
			]
		) : [];
		self::look_soon();
		foreach ( $others as $site ) {
			switch_to_blog( (int) $site );
			self::look_soon();
			restore_current_blog();
		}
	}

	private static function look_soon(): void {
		try {
			if ( Schema::is_there() ) {
				Lease::end_in( 'reconcile', self::AFTER_UPDATE );
				Schedule::look_after( self::AFTER_UPDATE, 'update' );
			}
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}

	private static function look( AgileCrm $crm ): int {
		LookRecord::forget_left_out();
		$created = self::at_creations( $crm );
		return $created + ( Settings::stored()->reconcile ? self::at_changes( $crm ) : 0 );
	}

	private static function at_creations( AgileCrm $crm ): int {
		try {
			return Creations::look( $crm );
		} catch ( CrmUnauthorized $refused ) {
			Breaker::note_error( Breaker::verified( CrmError::of_exception( $refused ), $crm ), $crm );
		} catch ( Exception $error ) {
			// The next look asks for all that this one did not get.
			Log::error( $error );
		}
		return 0;
	}

	private static function at_changes( AgileCrm $crm ): int {
		$list = new ChangeList( $crm );
		$why  = self::read( $list, $crm );
		if ( null === $why ) {
			// Here too.
			return $list->stored();
		}
		$walks  = '' !== $why || 'keep' !== Settings::stored()->gone_contacts;
		$walked = $walks ? ( new Walk( $crm, $list->witnesses ) )->take() : 0;
		self::judge( $list, $why );
		return $list->stored() + $walked;
	}

	/**
	 * @return 'refused'|'heavy'|'failed'|'not_trusted'|''|null Why the linked users have to be walked; null: this look is over.
	 */
	private static function read( ChangeList $list, AgileCrm $crm ): ?string {
		try {
			$list->read();
			if ( ! Account::is_current( $crm ) ) {
				return null;
			}
			return $list->witnesses->are_against_it() ? 'not_trusted' : '';
		} catch ( FilterRefused $refused ) {
			$why = 'refused';
		} catch ( PageTooHeavy $heavy ) {
			Log::error( $heavy );
			$why = 'heavy';
		} catch ( CrmUnauthorized $refused ) {
			$error = Breaker::verified( CrmError::of_exception( $refused ), $crm );
			if ( 'crm_unauthorized' === $error->code || $error->is_outage ) {
				Breaker::note_error( $error, $crm );
				return null;
			}
			// Who owns the API key may read contacts, and not list them.
			$why = 'refused';
		} catch ( Exception $error ) {
			Log::error( $error );
			$failed = 1 + (int) ( LookRecord::read()['failed'] ?? 0 );
			LookRecord::change( [ 'failed' => $failed ] );
			if ( $failed < self::MOST_FAILURES ) {
				return null;
			}
			$why = 'failed';
		}
		$list->give_up();
		return $why;
	}

	/**
	 * What the next look, and the admin, have to know of this one.
	 *
	 * @param string $why Why the linked users were walked; '' if not for the list's sake.
	 */
	private static function judge( ChangeList $list, string $why ): void {
		// Who was walked may have said so.
		$why  = '' === $why && $list->witnesses->are_against_it() ? 'not_trusted' : $why;
		$news = [
			'doubts' => $list->witnesses->doubts() ?: null,
			'walks'  => $why ?: null,
		];
		LookRecord::change( '' === $why && $list->is_through() ? $news + [ 'full' => Clock::now() ] : $news );
	}
}
