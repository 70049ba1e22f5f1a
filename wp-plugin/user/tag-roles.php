<?php
/**
 * Roles by tags: the admin's rules, and which role of a user a rule gave.
 *
 * That is kept with the user, for a rule takes only what a rule gave: with the tag, because the rules may be others by then. On
 * each site of a network under a key of its own, and protected meta on all of them, which no field map can name.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\TagRule;

defined( 'ABSPATH' ) || exit;

final class TagRoles {

	public static function key(): string {
		return '_' . SiteKey::of( 'agile_bridge_tag_role' );
	}

	/**
	 * Whether there is any rule. Without one tags have nothing to do with roles.
	 */
	public static function are_any(): bool {
		return [] !== Settings::stored()->tag_roles;
	}

	/**
	 * The first rule whose tag is among these.
	 *
	 * @param ?list<string> $tags Null where the CRM did not tell.
	 */
	public static function deciding( ?array $tags ): ?TagRule {
		foreach ( Settings::stored()->tag_roles as $rule ) {
			if ( in_array( $rule->tag, (array) $tags, true ) ) {
				return self::are_stored( (array) $tags ) ? $rule : null;
			}
		}
		return null;
	}

	/**
	 * Whether the role of the rule is there, and contacts may give it.
	 */
	public static function may_give( TagRule $rule ): bool {
		return Roles::is_harmless( $rule->role );
	}

	/**
	 * The rule that gave the user a role, if one did.
	 */
	public static function given( int $user_id ): ?TagRule {
		$stored = get_metadata_raw( 'user', $user_id, self::key(), true );
		return is_string( $stored ) ? TagRule::of_stored( json_decode( $stored, true ) ) : null;
	}

	/**
	 * As the user meta holds it.
	 */
	public static function stored_form( TagRule $rule ): string {
		return Database::json( get_object_vars( $rule ) );
	}

	public static function remember( int $user_id, TagRule $rule ): void {
		UserMeta::write( $user_id, self::key(), self::stored_form( $rule ) );
	}

	public static function forget( int $user_id ): void {
		delete_user_meta( $user_id, self::key() );
	}

	/**
	 * Whether the database can hold these tags; else the user has none of them.
	 *
	 * @param list<string> $tags
	 */
	private static function are_stored( array $tags ): bool {
		return UserMeta::can_hold( Tags::key(), $tags );
	}
}
