<?php
/**
 * Locks on who somebody is: a contact of this site, an e-mail address or a login of the network.
 *
 * WordPress' table of users has no unique key on login or e-mail; check-then-insert makes duplicates. So whoever writes a
 * user first writes the rows of the contact and of all its addresses here, inside the same transaction: of two who mean the
 * same person, the second waits until the first has committed, and then sees what it did.
 *
 * On a cluster two nodes may both write the row, but only one of them can commit: the other is undone, and begins anew. That is
 * why they are written, and not only locked (SELECT ... FOR UPDATE does not leave its node).
 *
 * Locks, not facts: no row says who the user is. That is read from WordPress, so that users who were deleted or changed
 * elsewhere leave nothing stale.
 *
 * Each row has a version, raised by each such transaction. Read before the contact is fetched and compared under the lock,
 * it tells that somebody has written a newer state of the contact meanwhile: then ours is fetched again. (Events of one
 * name never run at the same time; this is for a contact named by its id in one webhook and by its e-mail in another.)
 * Each raises them by a number of its own: so whoever lost their transaction half-way knows what they have left from what
 * somebody else did (work/settlement.php).
 *
 * Rows that nobody has locked for days are removed, or there would be one for each address that was ever met. Who has read the
 * version of such a row and finds another, or a new row, fetches the contact again, which does no harm. Harm would do a row
 * that is removed and made anew at the version that was read: but that is a random one of 10^11. And who found no row finds
 * one, above 0, when somebody has written since: what was just locked stays for days, a worker lasts minutes.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Primary;
use AgileBridge\Plugin\Site\TablesVersion;
use AgileBridge\Plugin\Site\UserTables;

defined( 'ABSPATH' ) || exit;

final class Identities {

	/** Versions, some 9 * 10^18, are never used up: that takes a hundred million locks of one row. */
	private const MAX_STEP = 100_000_000_000;

	/** How long a row stays after it was locked. */
	private const KEEP_DAYS = 7;

	/** Rows of one statement, and statements of one run. */
	private const BATCH = 500;

	private const BATCHES = 20;

	/**
	 * A link counts on the site that made it, so the same id on another site with the same users is another contact.
	 */
	public static function of_contact( string $contact_id ): string {
		return hash( 'sha256', 'contact ' . UserTables::this_site() . " $contact_id" );
	}

	/**
	 * @param string $email In lower case.
	 */
	public static function of_email( string $email ): string {
		return hash( 'sha256', "email $email" );
	}

	/**
	 * WordPress' table has no unique key on logins either.
	 */
	public static function of_login( string $login ): string {
		return hash( 'sha256', 'login ' . strtolower( $login ) );
	}

	/**
	 * Nor on nicenames, which are addresses of pages. WordPress appends a number to one that is taken, if it sees that.
	 *
	 * @param string $nicename With such a number it is the same lock: who is called `jane-2` may meet the second `jane`.
	 */
	public static function of_nicename( string $nicename ): string {
		return hash( 'sha256', 'nicename ' . preg_replace( '/-[0-9]+$/D', '', $nicename ) );
	}

	/**
	 * The versions of identities, 0 for those that nobody has locked yet.
	 *
	 * @param list<string> $identities
	 * @return array<string, int>
	 */
	public static function versions( array $identities ): array {
		if ( [] === $identities ) {
			return [];
		}
		$places = implode( ', ', array_fill( 0, count( $identities ), '%s' ) );
		$rows   = Primary::during( static fn(): array => Database::rows( 'SELECT identity, version FROM ' . Tables::identities() . " WHERE identity IN ($places)", ...$identities ) );
		return array_map( 'intval', array_column( $rows, 'version', 'identity' ) ) + array_fill_keys( $identities, 0 );
	}

	/**
	 * Locks identities until the transaction ends, each at a new version. Always in the same order, so that two who want the
	 * same two do not deadlock.
	 *
	 * @param list<string> $identities
	 */
	public static function lock( array $identities ): Locked {
		$identities = array_values( array_unique( $identities ) );
		sort( $identities );
		$step   = random_int( 1, self::MAX_STEP );
		// Older tables have no day.
		[ $column, $value, $change ] = TablesVersion::has_days_of_locks() ? [ ', locked_on', ', ' . self::today(), ', locked_on = ' . self::today() ] : [ '', '', '' ];
		$places = implode( ', ', array_fill( 0, count( $identities ), "(%s, $step$value)" ) );
		Database::execute( 'INSERT INTO ' . Tables::identities() . " (identity, version$column) VALUES $places ON DUPLICATE KEY UPDATE version = version + $step$change", ...$identities );
		return new Locked( $identities, $step );
	}

	/**
	 * Removes rows that nobody has locked for days. By their names, in the order in which they are locked, and not by the day: that
	 * would lock the gap into which others write.
	 */
	public static function remove_old(): void {
		if ( ! TablesVersion::has_days_of_locks() ) {
			return;
		}
		$table  = Tables::identities();
		$before = self::today() - self::KEEP_DAYS;
		for ( $batch = 0; $batch < self::BATCHES; $batch++ ) {
			$names = array_column( Database::rows( "SELECT identity FROM $table WHERE locked_on < %d LIMIT %d", $before, self::BATCH ), 'identity' );
			if ( [] === $names ) {
				return;
			}
			sort( $names );
			$places = implode( ', ', array_fill( 0, count( $names ), '%s' ) );
			Database::execute( "DELETE FROM $table WHERE identity IN ($places) AND locked_on BETWEEN 1 AND %d", ...[ ...$names, $before - 1 ] );
			// Locked by older code, which notes no day: perhaps just now.
			Database::execute( "UPDATE $table SET locked_on = %d WHERE identity IN ($places) AND locked_on = 0", self::today(), ...$names );
			if ( count( $names ) < self::BATCH ) {
				return;
			}
		}
	}

	/**
	 * Days since 1970.
	 */
	private static function today(): int {
		return intdiv( Clock::now(), Clock::DAY );
	}
}
