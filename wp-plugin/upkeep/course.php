<?php
/**
 * Whose course the look is on: what is kept with the lease `reconcile`, a cursor, the moment up to which changes are known, where
 * the walk is, was told by one account and means nothing to another.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Site\Lease;

defined( 'ABSPATH' ) || exit;

final class Course {

	/**
	 * Before a look: what another account has told is forgotten; the address of the site is not. Whatever is kept after this
	 * carries the account's name, since all who keep something here keep the rest as it was.
	 */
	public static function of_this_account(): void {
		$account = Account::name();
		$record  = Lease::record( 'reconcile' )->details;
		$known   = $record['account'] ?? null;
		if ( $known === $account ) {
			return;
		}
		// What was kept before accounts were noted is taken for this one's.
		$kept = null === $known ? $record : array_intersect_key( $record, [ 'home' => true ] );
		Lease::keep( 'reconcile', [ 'account' => $account ] + $kept );
	}
}
