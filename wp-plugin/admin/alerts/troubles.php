<?php
/**
 * What is wrong enough to be mailed about: the extension is missing, Agile CRM refuses us, webhooks were given up, or one has
 * waited for more than an hour.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Alerts;

use AgileBridge\Plugin\Admin\Activity\Address;
use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Admin\Notices\KeptRequestsNotice;
use AgileBridge\Plugin\Admin\Numbers;
use AgileBridge\Plugin\Admin\Settings\Place;
use AgileBridge\Plugin\Admin\Settings\Tab;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Inbox\Backlog;
use AgileBridge\Plugin\Site\Advice;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\Stats;
use AgileBridge\Plugin\Site\WpFusion;

defined( 'ABSPATH' ) || exit;

final class Troubles {

	/** What waits for less will mostly be done by itself. */
	private const PATIENCE = Clock::HOUR;

	/**
	 * @param int $since Milliseconds since 1970: what was given up before is known.
	 * @return list<Trouble>
	 * @throws \AgileBridge\Plugin\Site\Failure If the database fails.
	 */
	public static function now( int $since ): array {
		$why = array_filter( [ self::of_extension(), self::of_account() ] );
		// Whoever hears of these two knows why webhooks wait.
		$waits = [] === $why ? [ self::of_waiting() ] : [];
		return array_values( array_filter( [ ...$why, self::of_given_up( $since ), ...$waits ] ) );
	}

	/**
	 * Where webhooks are due and nobody processes them, for no reason that a screen tells otherwise.
	 *
	 * @throws \AgileBridge\Plugin\Site\Failure If the database fails.
	 */
	public static function of_standstill(): ?Trouble {
		$due = Backlog::due_since();
		return null === $due || $due > Clock::now() - self::PATIENCE ? null : new Trouble(
			__( 'Bridge for Agile CRM: webhooks are due, and nobody processes them.', 'bridge-for-agile-crm' ),
			/* translators: %s: date and time. */
			sprintf( __( 'Since %s; none is lost.', 'bridge-for-agile-crm' ), self::date( $due ) ) . ' ' . self::how_to_run_cron(),
			Address::url( [ 'view' => 'waiting' ] )
		);
	}

	private static function of_extension(): ?Trouble {
		$advice = Advice::current();
		// Where cron is run by a command line that lacks it, the web's PHP goes on.
		$goes_on = 'cli' === PHP_SAPI && true === Stats::last_php( 'web' )?->fits;
		return null === $advice || ! $advice->is_urgent || $goes_on ? null : new Trouble(
			$advice->title,
			implode( ' ', array_filter( [ KeptRequestsNotice::sentence(), __( 'That is so after an upgrade of PHP, for instance: each version of PHP needs the extension that was built for it. The dashboard says what to type on this server.', 'bridge-for-agile-crm' ) ] ) ),
			admin_url( 'plugins.php' )
		);
	}

	private static function of_account(): ?Trouble {
		$breaker = Breaker::read();
		return ! $breaker->is_open() || 'refusal' !== $breaker->reason ? null : new Trouble(
			__( 'Bridge for Agile CRM: Agile CRM refuses the credentials of this site.', 'bridge-for-agile-crm' ),
			/* translators: %s: date and time. */
			sprintf( __( 'Since %s. Webhooks are stored and wait; none is lost. Check subdomain, e-mail address and API key, and press Save and test connection; webhooks are then processed.', 'bridge-for-agile-crm' ), self::date( $breaker->since ) ),
			Place::url()
		);
	}

	private static function of_given_up( int $since ): ?Trouble {
		$count = Backlog::given_up_since( $since );
		return 0 === $count ? null : new Trouble(
			/* translators: %s: a number. */
			sprintf( _n( 'Bridge for Agile CRM: %s webhook was given up.', 'Bridge for Agile CRM: %s webhooks were given up.', $count, 'bridge-for-agile-crm' ), Numbers::of_events( $count ) ),
			__( 'Its contact could not become a user, or not be updated. The activity says why of each; when the reason is gone, process it again there.', 'bridge-for-agile-crm' ),
			Address::url( [ 'view' => 'dead' ] )
		);
	}

	private static function of_waiting(): ?Trouble {
		$oldest = Backlog::oldest_waiting();
		return null === $oldest || $oldest > Clock::now() - self::PATIENCE ? null : new Trouble(
			__( 'Bridge for Agile CRM: webhooks have waited for more than an hour.', 'bridge-for-agile-crm' ),
			/* translators: %s: date and time. */
			sprintf( __( 'The oldest since %s; none is lost.', 'bridge-for-agile-crm' ), self::date( $oldest ) ) . ' ' . self::why_they_wait(),
			Address::url( [ 'view' => 'waiting' ] )
		);
	}

	private static function why_they_wait(): string {
		return match ( true ) {
			WpFusion::answers() => __( 'WP Fusion answers the webhooks of this site: choose on the tab Webhooks who does.', 'bridge-for-agile-crm' ),
			Settings::is_paused() => __( 'Processing is paused: switch Pause off on the tab Advanced.', 'bridge-for-agile-crm' ),
			null === Account::connection() => __( 'The account of Agile CRM is not set up: subdomain, e-mail address and API key are needed, on the tab Connect.', 'bridge-for-agile-crm' ),
			null !== Account::blocked_host() => __( 'wp-config.php forbids this site to call Agile CRM: add its host to WP_ACCESSIBLE_HOSTS.', 'bridge-for-agile-crm' ),
			Breaker::read()->is_open() => __( 'Agile CRM does not answer; it is asked again every 30 seconds, and there is nothing that you have to do unless this lasts.', 'bridge-for-agile-crm' ),
			default => __( 'The activity says of each what it waits for.', 'bridge-for-agile-crm' ) . ' ' . self::how_to_run_cron(),
		};
	}

	private static function how_to_run_cron(): string {
		return __( 'The next webhook that comes has them processed, and so does WordPress\' cron every minute: if the site gets few visitors, or sets DISABLE_WP_CRON, have the server\'s cron call wp-cron.php or drain.php every minute.', 'bridge-for-agile-crm' );
	}

	private static function date( int $milliseconds ): string {
		return Dates::date_and_time( intdiv( $milliseconds, Clock::SECOND ) );
	}
}
