<?php
/**
 * A user's tags: those of the contact, as the CRM names them.
 *
 * Compared as a set and byte for byte, stored in the CRM's order, written only when the set changes.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * @return list<string>
 */
function stored_tags( int $user_id ): array {
	$tags = get_metadata_raw( 'user', $user_id, tags_key(), true );
	return is_array( $tags ) ? array_values( array_map( 'strval', array_filter( $tags, 'is_scalar' ) ) ) : [];
}

/**
 * @param list<string> $before
 * @param list<string> $after
 * @return array{added: list<string>, removed: list<string>}
 */
function tag_changes( array $before, array $after ): array {
	return [
		'added'   => array_values( array_diff( $after, $before ) ),
		'removed' => array_values( array_diff( $before, $after ) ),
	];
}
