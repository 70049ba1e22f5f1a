<?php
/**
 * Events that somebody has asked for together, of linked contacts, and how far they are.
 *
 * Each is an `update`, as the hourly look stores it: it makes no user, and where one waits already it is merged into that. Two
 * statements store them, however many they are.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Primary;

defined( 'ABSPATH' ) || exit;

final readonly class Batch {

	/**
	 * @param int $events    How many there are.
	 * @param int $done      How many of them have come to an end, whatever it was.
	 * @param int $changed   How many of these have changed their user.
	 * @param int $failed    How many could not be brought up to date.
	 * @param int $latest_at When one of them last came into another state; milliseconds since 1970, 0 if all are forgotten.
	 */
	private function __construct( public int $events, public int $done, public int $changed, public int $failed, public int $latest_at ) {}

	/**
	 * @param list<string> $contact_ids
	 * @return list<int> The events: one for each contact, that into which it was merged where one waited.
	 * @throws Failure If they could not be stored.
	 */
	public static function store( array $contact_ids ): array {
		if ( [] === $contact_ids ) {
			return [];
		}
		Schema::ensure();
		Inbox::store_all( array_map( static fn( string $id ): Webhook => new Webhook( 'update', $id, origin: 'sync' ), $contact_ids ) );
		$keys   = array_map( Identities::of_contact( ... ), $contact_ids );
		$places = implode( ', ', array_fill( 0, count( $keys ), '%s' ) );
		// A worker may be through with some already: by the name that they keep.
		$sql  = 'SELECT MAX(id) AS id FROM ' . Tables::events() . " WHERE subject_key IN ($places) GROUP BY subject_key";
		$rows = Primary::during( static fn(): array => Database::rows( $sql, ...$keys ) );
		return array_map( 'intval', array_column( $rows, 'id' ) );
	}

	/**
	 * @param list<int> $ids As store() gave them.
	 * @throws Failure If the database fails.
	 */
	public static function read( array $ids ): self {
		if ( [] === $ids ) {
			return new self( 0, 0, 0, 0, 0 );
		}
		$places = implode( ', ', array_fill( 0, count( $ids ), '%d' ) );
		$sql    = 'SELECT state, status, COUNT(*) AS number, MAX(updated_at) AS latest FROM ' . Tables::events() . " WHERE id IN ($places) GROUP BY state, status";
		$rows   = Primary::during( static fn(): array => Database::rows( $sql, ...$ids ) );
		$count  = static fn( callable $is_one ): int => array_sum( array_map( static fn( object $row ): int => $is_one( $row ) ? (int) $row->number : 0, $rows ) );
		$open   = $count( static fn( object $row ): bool => ! in_array( $row->state, [ 'done', 'dead' ], true ) );
		return new self(
			events: count( $ids ),
			// What is no longer there has long been done.
			done: count( $ids ) - $open,
			changed: $count( static fn( object $row ): bool => 'done' === $row->state && in_array( $row->status, [ 'created', 'updated' ], true ) ),
			failed: $count( static fn( object $row ): bool => 'dead' === $row->state || ( 'done' === $row->state && in_array( $row->status, [ 'failed', 'ignored', 'rejected' ], true ) ) ),
			latest_at: max( 0, ...array_map( 'intval', array_column( $rows, 'latest' ) ) ),
		);
	}

	public function is_done(): bool {
		return $this->done >= $this->events;
	}
}
