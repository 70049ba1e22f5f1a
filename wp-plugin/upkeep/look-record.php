<?php
/**
 * What the hourly look has to know of the looks before: beside the lease `reconcile`, on which it was taken.
 *
 *   home                  the address of the site (home.php)
 *   account               whose looks they were: what follows was told by that account, and means nothing to another
 *   since, began, cursor  up to which moment changes are known; of a look that was cut off when it began, and where to go on
 *   failed                at how many looks in a row the list did not come
 *   doubts                of how many lists in a row a contact was missing (witnesses.php)
 *   walks                 why linked users are walked in place of the list; not there where it can be trusted
 *   full                  when the last full look ended
 *   skips                 contacts at which code of the site ended a look, and the day on which they are passed by (news.php)
 *   day, spent, after, lap, held, stood   of the walk (walk.php)
 *   created               of missed creations, the same as `since`, `began`, `cursor` (creations.php)
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Site\Lease;

defined( 'ABSPATH' ) || exit;

final class LookRecord {

	/**
	 * @return array<string, mixed>
	 */
	public static function read(): array {
		return Lease::record( 'reconcile' )->details;
	}

	/**
	 * Before a look: what another account has told is forgotten; the address of the site is not.
	 */
	public static function be_of_this_account(): void {
		$account = Account::name();
		$record  = self::read();
		$known   = $record['account'] ?? null;
		if ( $known !== $account ) {
			// What was kept before accounts were noted is taken for this one's.
			$kept = null === $known ? $record : array_intersect_key( $record, [ 'home' => true ] );
			Lease::keep( 'reconcile', [ 'account' => $account ] + $kept );
		}
	}

	/**
	 * @param array<string, mixed> $changes By the names above; null forgets.
	 */
	public static function change( array $changes ): void {
		Lease::keep( 'reconcile', array_filter( $changes + self::read(), static fn( $value ): bool => null !== $value ) );
	}
}
