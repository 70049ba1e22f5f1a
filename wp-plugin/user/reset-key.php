<?php
/**
 * WordPress makes the key of a link with which a user sets a password.
 *
 * In a transaction: behind a splitter WordPress would look for a user whom it has just written where they are not yet, and what
 * the key is for would come to nothing. It does not ask whether the key was stored either, and the link would lead nowhere.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Host;
use AgileBridge\Plugin\Site\Transaction;
use AgileBridge\Plugin\Site\TransactionCut;
use AgileBridge\Plugin\Site\TransactionLost;

defined( 'ABSPATH' ) || exit;

final class ResetKey {

	/** How often the database may refuse it. */
	private const TRIES = 3;

	/** As WordPress names it in the statement that stores a key. */
	private const COLUMN = 'user_activation_key';

	/**
	 * @template T
	 * @param callable(?\WP_User): T $work Makes a key for the user, who may be gone; once more where it was lost.
	 * @param callable(): void        $seal The last statement, which is stored with the key; throws where the key is nobody's to make any more.
	 * @return T
	 * @throws Failure Where it was not stored.
	 * @throws TransactionLost Where it may not be.
	 */
	public static function stored( int $user_id, callable $work, callable $seal ) {
		if ( Database::is_sqlite() ) {
			// There is no replica, and a transaction would be lost with any query of code of the site that fails.
			$result = self::required( $user_id, $work );
			$seal();
			return $result;
		}
		for ( $try = 1; ; $try++ ) {
			try {
				return Transaction::run( static fn() => self::required( $user_id, $work ), static fn() => $seal() );
			} catch ( TransactionCut $cut ) {
				// Code of the site has committed it half-way.
				$seal();
				return $cut->result;
			} catch ( TransactionLost $lost ) {
				if ( $try >= self::TRIES ) {
					throw $lost;
				}
				Host::wait_a_moment( $try );
			}
		}
	}

	/**
	 * @template T
	 * @param callable(?\WP_User): T $work
	 * @return T
	 * @throws Failure
	 */
	private static function required( int $user_id, callable $work ) {
		$mark = Database::mark();
		$user = Users::fresh( $user_id );
		Database::require_since( $mark );
		$result = $work( $user );
		return Database::has_failed_since( $mark, self::COLUMN ) ? throw Database::failure() : $result;
	}
}
