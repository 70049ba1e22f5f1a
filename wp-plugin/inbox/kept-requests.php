<?php
/**
 * Webhooks that are kept unread while the extension is missing: every statement on their table.
 *
 *   {prefix}agile_bridge_intake  of each site
 *
 * One row for each request: who sends the same again only moves it to the end, as the newest of them counts. The table is made by
 * whoever finds that it is missing, and by itself: the first of these webhooks may come before there are any others, or to a site
 * whose tables are those of an older release. It is in base64: wpdb asks the database about every column before it sends
 * anything but ASCII.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Primary;
use AgileBridge\Plugin\Site\TablesVersion;

defined( 'ABSPATH' ) || exit;

final class KeptRequests {

	/** Of one of them, compressed. */
	private const MOST_BYTES_EACH = 64 * 1024;

	private const MOST_BYTES = 100 * 1024 * 1024;

	public static function table(): string {
		return $GLOBALS['wpdb']->prefix . 'agile_bridge_intake';
	}

	/**
	 * @return bool False where it is too large, or too much is kept already.
	 * @throws Failure If the database fails.
	 */
	public static function keep( KeptRequest $request ): bool {
		$packed = $request->packed();
		if ( strlen( $packed ) > self::MOST_BYTES_EACH ) {
			return false;
		}
		try {
			return self::put( $request->digest(), $packed );
		} catch ( Failure $failure ) {
			if ( ! Database::is_table_missing() ) {
				throw $failure;
			}
			self::make_table();
			TablesVersion::note_that_some_are_there();
			return self::put( $request->digest(), $packed );
		}
	}

	private static function put( string $digest, string $packed ): bool {
		$table = self::table();
		$kept  = Database::rows( "SELECT (SELECT SUM(bytes) FROM $table) AS bytes, (SELECT id FROM $table WHERE digest = %s) AS id", $digest )[0];
		if ( null === $kept->id && (int) $kept->bytes + strlen( $packed ) > self::MOST_BYTES ) {
			return false;
		}
		$now = Clock::now();
		Database::execute(
			"INSERT INTO $table (digest, first_at, arrived_at, bytes, request) VALUES (%s, %d, %d, %d, %s) ON DUPLICATE KEY UPDATE arrived_at = VALUES(arrived_at)",
			$digest,
			$now,
			$now,
			strlen( $packed ),
			base64_encode( $packed ) // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see above.
		);
		return true;
	}

	/**
	 * How many are kept, and since when (milliseconds since 1970).
	 *
	 * @return ?array{count: int, since: int} Null if there are none.
	 */
	public static function summary(): ?array {
		try {
			$row = Database::rows( 'SELECT COUNT(*) AS kept, MIN(first_at) AS since FROM ' . self::table() )[0];
		} catch ( Failure $failure ) {
			// No table yet; a database in trouble has other ways to say so.
			return null;
		}
		return 0 === (int) $row->kept ? null : [ 'count' => (int) $row->kept, 'since' => (int) $row->since ];
	}

	/**
	 * The next ones in the order of their arrival, one more try counted for each; one that was tried before comes alone.
	 *
	 * @return list<object> Their rows; `tries` as it was before.
	 */
	public static function next( int $count ): array {
		$table = self::table();
		$rows  = Primary::during( static fn(): array => Database::rows( "SELECT id, digest, arrived_at, tries, request FROM $table ORDER BY arrived_at, id LIMIT %d", $count ) );
		foreach ( $rows as $place => $row ) {
			if ( (int) $row->tries > 0 ) {
				$rows = array_slice( $rows, 0, max( 1, $place ) );
				break;
			}
		}
		self::count_tries( $rows, 1 );
		return $rows;
	}

	/**
	 * Tries that failed for the database's sake do not count.
	 *
	 * @param list<object> $rows
	 */
	public static function count_tries( array $rows, int $more ): void {
		if ( [] !== $rows ) {
			$ids    = array_map( 'intval', array_column( $rows, 'id' ) );
			$places = implode( ', ', array_fill( 0, count( $ids ), '%d' ) );
			Database::execute( 'UPDATE ' . self::table() . " SET tries = tries + %d WHERE id IN ($places)", $more, ...$ids );
		}
	}

	/**
	 * It is read. In the transaction that stores what it was.
	 *
	 * @return bool False if somebody else has read it.
	 */
	public static function take( int $id ): bool {
		return 0 < Database::execute( 'DELETE FROM ' . self::table() . ' WHERE id = %d', $id );
	}

	/**
	 * Not by dbDelta(), whose file cannot be loaded as early as a webhook comes.
	 *
	 * @throws Failure
	 */
	public static function make_table(): void {
		Database::execute( str_replace( 'CREATE TABLE', 'CREATE TABLE IF NOT EXISTS', self::definition() ) );
	}

	/**
	 * As table-definitions.php has the others.
	 */
	public static function definition(): string {
		$ascii   = Database::is_sqlite() ? '' : 'CHARACTER SET ascii COLLATE ascii_bin';
		$options = Database::is_sqlite() ? '' : 'ENGINE=InnoDB';
		$intake  = self::table();
		return "CREATE TABLE $intake (
			id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			digest char(64) $ascii NOT NULL,
			first_at bigint(20) NOT NULL,
			arrived_at bigint(20) NOT NULL,
			bytes int(10) unsigned NOT NULL,
			tries int(10) unsigned NOT NULL DEFAULT 0,
			request longtext $ascii NOT NULL,
			PRIMARY KEY  (id),
			UNIQUE KEY digest (digest),
			KEY arrived_at (arrived_at),
			KEY bytes (bytes)
		) $options;";
	}
}
