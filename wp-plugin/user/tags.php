<?php
/**
 * A user's tags: those of the contact, as the CRM names them.
 *
 * Compared as a set and byte for byte, stored in the CRM's order, written only when the set changes.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final class Tags {

	public static function key(): string {
		return SiteKey::of( 'agilecrm_tags' );
	}

	/**
	 * @return list<string>
	 */
	public static function of_user( int $user_id ): array {
		$tags = get_metadata_raw( 'user', $user_id, self::key(), true );
		return is_array( $tags ) ? array_values( array_map( 'strval', array_filter( $tags, 'is_scalar' ) ) ) : [];
	}

	/**
	 * @param list<string> $before
	 * @param list<string> $after
	 * @return array{added: list<string>, removed: list<string>}
	 */
	public static function changes( array $before, array $after ): array {
		return [
			'added'   => array_values( array_diff( $after, $before ) ),
			'removed' => array_values( array_diff( $before, $after ) ),
		];
	}
}
