<?php
/**
 * Other code has committed the transaction half-way, by DDL or past wpdb, and the work went on to its end: all of it is stored,
 * the rest statement by statement and without our locks. Its last statements, which say so, are not.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class TransactionCut extends \RuntimeException {

	/**
	 * @param mixed $result What the work returned.
	 */
	public function __construct( #[\SensitiveParameter] public readonly mixed $result ) {
		parent::__construct( 'other code has committed the transaction half-way' );
	}
}
