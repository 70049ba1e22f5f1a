<?php
/**
 * Every hour the index of links is made to agree with user meta, for what somebody wrote by SQL (user/link-repair.php): links that
 * are new, and of all there are the next part. Beside the hourly look and not in it: a look takes as long on a large site as on a
 * small one.
 *
 * Where it is goes with the lease `links`.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\Primary;
use AgileBridge\Plugin\Site\TablesVersion;
use AgileBridge\Plugin\User\LinkRepair;

defined( 'ABSPATH' ) || exit;

final class LinkMending {

	/** WP-Cron comes by every hour. */
	private const EVERY = 55 * Clock::MINUTE;

	/**
	 * Does what is due, if it is time for it.
	 *
	 * @throws Failure If the database fails.
	 */
	public static function take(): void {
		Primary::is_wanted();
		Schema::bring_up_to_date();
		if ( TablesVersion::has_links() && Lease::take( 'links', Lease::new_owner(), self::EVERY ) ) {
			Lease::keep( 'links', LinkRepair::heal( Lease::record( 'links' )->details ) );
		}
	}
}
