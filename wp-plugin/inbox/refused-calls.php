<?php
/**
 * The last calls with a valid access key that became no event: malformed, too large, of another type or method, left to WP Fusion, or
 * not kept. Somebody has set something up wrongly, and their caller may be the only one who knows.
 *
 * A row of its own beside the leases: who has no key can write nothing there, and a record of wrong keys drives nothing out of it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\LeaseRecord;
use AgileBridge\Plugin\Site\Primary;

defined( 'ABSPATH' ) || exit;

final class RefusedCalls {

	/** An admin reads no longer list. */
	private const MOST = 100;

	private const ROW = 'refused_calls';

	/** So often somebody else may have written meanwhile. Who calls wrongly so often has been noted. */
	private const TRIES = 4;

	/**
	 * For when the caller has been answered.
	 */
	public static function note( RefusedCall $call ): void {
		if ( ! Schema::is_there() ) {
			if ( ! did_action( 'init' ) ) {
				// Before that WordPress is not ready to make tables.
				return;
			}
			Schema::install();
		}
		for ( $try = 1; $try <= self::TRIES; $try++ ) {
			$seen  = Primary::during( static fn(): LeaseRecord => Lease::record( self::ROW ) );
			$calls = [ $call->to_array(), ...array_values( $seen->details ) ];
			if ( Lease::replace( self::ROW, $seen, array_slice( $calls, 0, self::MOST ) ) ) {
				return;
			}
			Lease::add( self::ROW );
		}
	}

	/**
	 * @return list<RefusedCall> The latest first; none where the database does not tell.
	 */
	public static function latest(): array {
		try {
			$stored = Schema::is_there() ? Lease::record( self::ROW )->details : [];
		} catch ( Failure $failure ) {
			$stored = [];
		}
		return array_values( array_filter( array_map( RefusedCall::of_stored( ... ), $stored ) ) );
	}
}
