<?php
/**
 * What somebody has had brought up to date last: which events are theirs, and who was left out. For each who may, in an option
 * that no page of the site loads.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Users;

defined( 'ABSPATH' ) || exit;

final readonly class SyncRecord {

	public const OPTION = 'agile_bridge_syncs';

	/** So many people are remembered, the latest first. */
	private const MOST = 20;

	/**
	 * @param list<int> $events
	 * @param list<int> $left_out Users who are not linked.
	 */
	public function __construct( public array $events, public array $left_out ) {}

	public static function of_current_user(): ?self {
		$stored = self::all()[ get_current_user_id() ] ?? null;
		return is_array( $stored ) ? new self( self::ids( $stored['events'] ?? null ), self::ids( $stored['left_out'] ?? null ) ) : null;
	}

	public function store(): void {
		$others = array_diff_key( self::all(), [ get_current_user_id() => true ] );
		update_option( self::OPTION, array_slice( [ get_current_user_id() => get_object_vars( $this ) ] + $others, 0, self::MOST, true ), false );
	}

	/** @return array<int, mixed> By the ids of those who pressed the button. */
	private static function all(): array {
		$stored = get_option( self::OPTION );
		return is_array( $stored ) ? $stored : [];
	}

	/**
	 * @param mixed $list
	 * @return list<int>
	 */
	private static function ids( $list ): array {
		return is_array( $list ) ? array_values( array_filter( $list, 'is_int' ) ) : [];
	}
}
