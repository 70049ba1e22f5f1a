<?php
/**
 * What the settings screen tells of the hourly look.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

defined( 'ABSPATH' ) || exit;

final readonly class LookStatus {

	/**
	 * @param int                                            $full  When the last full look ended, milliseconds since 1970; 0: never.
	 * @param ''|'refused'|'heavy'|'failed'|'not_trusted' $walks Why linked users are walked; '' where the CRM's list is trusted.
	 * @param list<string>                                   $left_out Ids of contacts that are too large.
	 */
	private function __construct( public int $full, public string $walks, public array $left_out ) {}

	public static function read(): self {
		$record = LookRecord::read();
		return new self( (int) ( $record['full'] ?? 0 ), (string) ( $record['walks'] ?? '' ), LookRecord::left_out() );
	}
}
