<?php
/**
 * What the hourly look has to know of the looks before: beside the lease `reconcile`, on which it was taken.
 *
 *   account               whose looks they were: what follows was told by that account, and means nothing to another
 *   since, began, cursor  up to which moment changes are known; of a look that was cut off when it began, and where to go on
 *   failed                at how many looks in a row the list did not come
 *   doubts                of how many lists in a row a contact was missing (witnesses.php)
 *   walks                 why linked users are walked in place of the list; not there where it can be trusted
 *   left_out              contacts who were left out at this look, since they are too large: their ids (pages.php)
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

	/** Contacts left out of whom it is known. */
	private const MOST_LEFT_OUT = 100;

	/**
	 * @return array<string, mixed>
	 */
	public static function read(): array {
		return Lease::record( 'reconcile' )->details;
	}

	/**
	 * Before a look: what another account has told is forgotten.
	 */
	public static function be_of_this_account(): void {
		$account = Account::name();
		$record  = self::read();
		$known   = $record['account'] ?? null;
		if ( $known !== $account ) {
			// What was kept before accounts were noted is taken for this one's.
			Lease::keep( 'reconcile', [ 'account' => $account ] + ( null === $known ? $record : [] ) );
		}
	}

	/**
	 * Contacts who were left out at the present or the last look.
	 *
	 * @return list<string> Their ids.
	 */
	public static function left_out(): array {
		return array_map( 'strval', (array) ( self::read()['left_out'] ?? [] ) );
	}

	/**
	 * @param list<string> $ids
	 */
	public static function note_left_out( array $ids ): void {
		if ( [] !== $ids ) {
			$all = array_values( array_unique( [ ...self::left_out(), ...$ids ] ) );
			self::change( [ 'left_out' => array_slice( $all, 0, self::MOST_LEFT_OUT ) ] );
		}
	}

	/**
	 * A new look leaves out whom it meets itself.
	 */
	public static function forget_left_out(): void {
		if ( [] !== self::left_out() ) {
			self::change( [ 'left_out' => null ] );
		}
	}

	/**
	 * @param array<string, mixed> $changes By the names above; null forgets.
	 */
	public static function change( array $changes ): void {
		Lease::keep( 'reconcile', array_filter( $changes + self::read(), static fn( $value ): bool => null !== $value ) );
	}
}
