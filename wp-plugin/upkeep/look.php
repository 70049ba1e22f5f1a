<?php
/**
 * The hourly look: what no webhook told is made good, and counted.
 *
 * The CRM is asked for the contacts that changed since the last look. Where the account refuses that filter, the linked users
 * are walked instead (walk.php); and also where the admin wants to know of deleted contacts, which no list of changes names.
 * Never on a copy of the site under another address: a staging site would work through the account of the live one.
 *
 * Where it is goes with the lease `reconcile`: the moment up to which changes are known, and of a look that was cut off when it
 * began and the CRM's cursor.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\AgileCrm;
use AgileBridge\CrmUnauthorized;
use AgileBridge\Exception;
use AgileBridge\FilterRefused;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Crm\CrmError;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\WpFusion;
use AgileBridge\Plugin\User\Contact;

defined( 'ABSPATH' ) || exit;

final class Look {

	/** Between two looks; WP-Cron comes by every hour. */
	private const EVERY = 55 * Clock::MINUTE;

	/** Searches trail behind writes by seconds, and clocks differ: each look begins this much before the last one. */
	private const OVERLAP = 10 * Clock::MINUTE;

	/** Of 200 contacts each; what is left is for the next look. */
	private const PAGES = 50;

	/**
	 * One look, if it is time for one.
	 *
	 * @return ?int How many events were stored; null if there was no look.
	 */
	public static function take(): ?int {
		Schema::ensure();
		$is_wanted = Settings::stored()->reconcile && ! Settings::is_paused() && null === Extension::problem();
		$crm       = $is_wanted ? Account::client() : null;
		if ( null === $crm || WpFusion::answers() || Home::is_elsewhere() ) {
			return null;
		}
		if ( ! Lease::take( 'reconcile', Lease::new_owner(), self::EVERY ) || ! Breaker::may_be_asked( $crm ) ) {
			return null;
		}
		Course::of_this_account();
		return WpFusion::detached( static fn(): int => self::look( $crm ) );
	}

	public static function by_cron(): void {
		try {
			self::take();
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}

	private static function look( AgileCrm $crm ): int {
		try {
			$stored = self::at_changes( $crm );
		} catch ( FilterRefused $refused ) {
			$stored = null;
		} catch ( CrmUnauthorized $refused ) {
			$error = Breaker::verified( CrmError::of_exception( $refused ), $crm );
			if ( 'crm_unauthorized' === $error->code || $error->is_outage ) {
				Breaker::note_error( $error, $crm );
				return 0;
			}
			// Who owns the API key may read contacts, and not list them.
			$stored = null;
		} catch ( Exception $error ) {
			// The next look asks for all that this one did not get.
			Log::error( $error );
			return 0;
		}
		$walks = null === $stored || 'keep' !== Settings::stored()->gone_contacts;
		return (int) $stored + ( $walks ? ( new Walk( $crm ) )->take() : 0 );
	}

	/**
	 * @throws Exception
	 */
	private static function at_changes( AgileCrm $crm ): int {
		$now    = Clock::now();
		$record = Lease::record( 'reconcile' )->details;
		// A look that was cut off goes on where it was.
		$began  = (int) ( $record['began'] ?? $now );
		$since  = (int) ( $record['since'] ?? $now - Clock::HOUR );
		$cursor = isset( $record['cursor'] ) ? (string) $record['cursor'] : null;
		$stored = 0;
		for ( $page = 1; $page <= self::PAGES; $page++ ) {
			$answer = $crm->changedSince( $since - self::OVERLAP, $cursor );
			if ( ! Account::is_current( $crm ) ) {
				// An admin has saved another account or key meanwhile: the next look is that one's.
				return $stored;
			}
			$stored += News::store( array_map( Contact::of_record( ... ), $answer['contacts'] ), $now );
			$cursor  = $answer['cursor'];
			if ( null === $cursor ) {
				Lease::keep( 'reconcile', [ 'since' => $began ] + array_diff_key( $record, [ 'began' => 0, 'cursor' => 0 ] ) );
				return $stored;
			}
			Lease::keep( 'reconcile', [ 'since' => $since, 'began' => $began, 'cursor' => $cursor ] + $record );
		}
		return $stored;
	}
}
