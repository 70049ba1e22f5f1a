<?php
/**
 * Transactions of other plugins inside of ours.
 *
 * A database has no transactions in transactions: another plugin's START TRANSACTION in a hook (MailPoet sends one whenever a
 * user is made or changed) would commit ours half-way and end our locks. So between the first and the last statement of ours it
 * sets a savepoint, and a ROLLBACK goes back to that. A COMMIT comes true with ours, as do statements of other plugins without any
 * transaction.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class NestedTransactions {

	/** The same name again takes the place of the one before. */
	private const SAVEPOINT = 'SAVEPOINT agile_bridge_others';

	private const PATTERN = '~^(?:\s++|/\*(?!!).*?\*/|(?:--\s|\#)[^\n]*+\n)*+(?:
		(?<begin>START\s+TRANSACTION\b[^;]*|BEGIN(?:\s+WORK)?)
		|(?:COMMIT|(?<undo>ROLLBACK))(?:\s+WORK)?(?<chain>\s+AND\s+CHAIN)?(?:\s+AND\s+NO\s+CHAIN)?(?:\s+NO\s+RELEASE)?
	)\s*;?\s*$~isx';

	/** @var ?list<string> The hooks in which it was opened, null while none is open. */
	private ?array $opened_in = null;

	/**
	 * What to send in place of another plugin's statement.
	 */
	public function part_for( string $sql ): string {
		if ( 1 !== preg_match( self::PATTERN, $sql, $found, PREG_UNMATCHED_AS_NULL ) ) {
			return $sql;
		}
		$hooks           = array_values( (array) ( $GLOBALS['wp_current_filter'] ?? [] ) );
		$opened_in       = $this->opened_in;
		$this->opened_in = isset( $found['begin'] ) || isset( $found['chain'] ) ? $hooks : null;
		if ( ! isset( $found['undo'] ) || null === $opened_in ) {
			// (Where none is open a COMMIT and a ROLLBACK do nothing, and nor does this.)
			return self::SAVEPOINT;
		}
		// From another hook than the one that it was opened in, our own writes would go with it: then all of them must.
		return $hooks === $opened_in ? 'ROLLBACK TO ' . self::SAVEPOINT : 'ROLLBACK';
	}
}
