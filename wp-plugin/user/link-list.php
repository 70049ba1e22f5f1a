<?php
/**
 * Who is linked, as a condition for a list of users: by the index of links (link-index.php), however many there are.
 *
 * A few are named one by one, so that the database begins with them. Of many it goes through the users in the order of the list,
 * looks each up, and ends when the page is full; that is why these are scalar subqueries, which no optimizer turns into a join that
 * reads all links first. The index may have a link that is no longer, for some hours: who is shown as linked has the user meta too.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final readonly class LinkList {

	private const FEW = 1000;

	/** More are not counted, and a list ends there; in the other order it begins with its end. */
	private const MOST_COUNTED = 50000;

	/**
	 * @param ?list<int> $few All who are linked; null if they are many.
	 */
	private function __construct( private ?array $few ) {}

	/**
	 * Of an index that is whole.
	 *
	 * @throws Failure If the database fails.
	 */
	public static function of_site(): self {
		return new self( self::few() );
	}

	/**
	 * @param string $id A column with the ids of users.
	 * @return string SQL: whether they are linked on this site, or are not.
	 * @throws Failure If the database fails.
	 */
	public function where( bool $is_linked, string $id ): string {
		if ( null !== $this->few ) {
			return ( $is_linked ? '' : 'NOT ' ) . self::among( $id, $this->few );
		}
		global $wpdb;
		$links = self::links();
		$link  = "(SELECT 1 FROM $links AND user_id = $id LIMIT 1)";
		// phpcs:ignore WordPress.DB -- a part of a statement.
		$meta = $wpdb->prepare( "(SELECT 1 FROM {$wpdb->usermeta} m WHERE m.user_id = $id AND COALESCE(m.meta_key, '') = %s AND m.meta_value <> '' LIMIT 1)", Links::key() );
		if ( $is_linked ) {
			return "1 = $link AND 1 = $meta";
		}
		$others = Unlinked::candidates();
		return null === $others ? "NOT EXISTS $link" : self::among( $id, $others ) . " AND $link IS NULL";
	}

	/**
	 * @return ?string SQL that counts all who are linked; null where to count what a list has found is no dearer.
	 */
	public function count(): ?string {
		if ( null !== $this->few ) {
			return null;
		}
		$links = self::links();
		$most  = self::MOST_COUNTED;
		// (To count a subquery with a limit the database would write all that it finds into a table first.)
		return "SELECT COALESCE((SELECT $most FROM $links LIMIT 1 OFFSET $most), (SELECT COUNT(*) FROM $links))";
	}

	/**
	 * @return ?list<int>
	 * @throws Failure
	 */
	private static function few(): ?array {
		global $wpdb;
		$links = self::links();
		if ( [] !== Database::rows( "SELECT user_id FROM $links LIMIT 1 OFFSET " . self::FEW ) ) {
			return null;
		}
		$rows  = Database::rows(
			"SELECT DISTINCT l.user_id FROM (SELECT user_id FROM $links) l JOIN {$wpdb->usermeta} m ON m.user_id = l.user_id AND COALESCE(m.meta_key, '') = %s AND m.meta_value <> ''",
			Links::key()
		);
		return array_map( 'intval', array_column( $rows, 'user_id' ) );
	}

	/** @param list<int> $ids */
	private static function among( string $id, array $ids ): string {
		return "$id IN (" . implode( ', ', [ 0, ...$ids ] ) . ')';
	}

	/**
	 * The table and the condition for this site's links.
	 */
	private static function links(): string {
		// phpcs:ignore WordPress.DB -- a part of a statement.
		return LinkIndex::table() . $GLOBALS['wpdb']->prepare( ' WHERE site = %s AND contact_id <> %s', LinkIndex::site(), LinkIndex::STATE );
	}
}
