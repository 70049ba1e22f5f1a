<?php
/**
 * Who is not linked, on a site where nearly everybody is: to find a few among 200,000 the database has to go through all of them, for a
 * tenth of a second and more. So who was found is kept for an hour, with how far that goes; whoever is newer is looked at each time. Somebody
 * who was unlinked meanwhile is found an hour later, as the index of links itself trails behind (link-index.php).
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Unlinked {

	/** Of each site. */
	public const TRANSIENT = 'agile_bridge_unlinked';

	private const FEW = 1000;

	/**
	 * @return ?list<int> All who may not be linked, some who are among them; null if they are many.
	 * @throws Failure If the database fails.
	 */
	public static function candidates(): ?array {
		global $wpdb;
		$kept = get_transient( self::TRANSIENT );
		$kept = is_array( $kept ) && is_int( $kept['upto'] ?? null ) ? $kept : self::look();
		if ( ! is_array( $kept['ids'] ) ) {
			return null;
		}
		$newer = Database::rows( "SELECT ID FROM {$wpdb->users} WHERE ID > %d ORDER BY ID LIMIT %d", $kept['upto'], self::FEW + 1 );
		return count( $newer ) > self::FEW ? null : array_map( 'intval', [ ...$kept['ids'], ...array_column( $newer, 'ID' ) ] );
	}

	/**
	 * @return array{upto: int, ids: ?list<int>}
	 * @throws Failure
	 */
	private static function look(): array {
		global $wpdb;
		$links = LinkIndex::table();
		$upto  = (int) Database::rows( "SELECT MAX(ID) AS newest FROM {$wpdb->users}" )[0]->newest;
		$rows  = Database::rows(
			"SELECT u.ID FROM {$wpdb->users} u LEFT JOIN $links l ON l.site = %s AND l.user_id = u.ID AND l.contact_id <> %s WHERE l.user_id IS NULL ORDER BY u.ID LIMIT %d",
			LinkIndex::site(),
			LinkIndex::STATE,
			self::FEW + 1
		);
		$found = [
			'upto' => $upto,
			'ids'  => count( $rows ) > self::FEW ? null : array_map( 'intval', array_column( $rows, 'ID' ) ),
		];
		set_transient( self::TRANSIENT, $found, HOUR_IN_SECONDS );
		return $found;
	}
}
