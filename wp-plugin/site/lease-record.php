<?php
/**
 * What is kept beside a lease, as its row holds it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final readonly class LeaseRecord {

	/**
	 * @param int                  $until_at Milliseconds since 1970.
	 * @param array<string, mixed> $details  Whatever its user keeps there, as JSON.
	 */
	public function __construct( public int $until_at = 0, public int $failures = 0, public array $details = [] ) {}

	/**
	 * @param ?object $row With the columns until_at, failures and details; null where there is none.
	 */
	public static function of_row( ?object $row ): self {
		$details = json_decode( (string) ( $row->details ?? '' ), true );
		return new self( (int) ( $row->until_at ?? 0 ), (int) ( $row->failures ?? 0 ), is_array( $details ) ? $details : [] );
	}
}
