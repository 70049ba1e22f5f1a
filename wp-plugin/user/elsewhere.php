<?php
/**
 * What a user may do where this site's word does not count: on another site of the network, or in another installation that
 * shares the tables of users.
 *
 * Each such place keeps its users' roles in a user meta of its own, whose name ends in `capabilities` and begins with the prefix
 * of that place's tables. What its roles grant says its option of roles, if it is in this database.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Elsewhere {

	private const KEY_END = 'capabilities';

	/** Seconds for which a worker believes what it has read: a user is weighed more than once, and may be somebody in many places. */
	private const KNOWN = 10;

	/** @var array<string, array{float, ?array<string, mixed>}> By prefix: when it was read, and the roles. */
	private static array $known = [];

	/** Roles that are harmless wherever they have not been changed. */
	private const COMMON_ROLES = [ 'subscriber', 'contributor', 'author', 'customer', 'bbp_participant', 'bbp_spectator', 'bbp_blocked' ];

	public static function has_role( int $user_id ): bool {
		return [] !== self::roles( $user_id );
	}

	/**
	 * Whether they have a dangerous capability in another place. What nobody here can look up counts as one.
	 */
	public static function may_do_harm( int $user_id ): bool {
		foreach ( self::roles( $user_id ) as $prefix => $names ) {
			$roles = self::roles_of_place( (string) $prefix );
			foreach ( $names as $name ) {
				// What is no role is a capability, and a role is one of its own name too.
				$rights = Rights::of( [ $name => true ] + (array) ( $roles[ $name ]['capabilities'] ?? [] ) );
				$doubt  = null === $roles && [] !== $rights->further && ! in_array( $name, self::COMMON_ROLES, true );
				if ( $doubt || [] !== $rights->dangerous ) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * @return array<string, non-empty-list<string>> Prefix of the tables of a place => what they have there: slugs of roles, and
	 *                                               capabilities.
	 */
	private static function roles( int $user_id ): array {
		global $wpdb;
		$here  = $wpdb->get_blog_prefix() . self::KEY_END;
		$roles = [];
		foreach ( (array) get_user_meta( $user_id ) as $key => $values ) {
			$key = (string) $key;
			if ( $here === $key || ! str_ends_with( $key, self::KEY_END ) ) {
				continue;
			}
			foreach ( (array) $values as $value ) {
				// (Others' bytes: no object is made of them.)
				$granted = is_serialized( $value ) ? unserialize( trim( $value ), [ 'allowed_classes' => false ] ) : null; // phpcs:ignore
				$names   = is_array( $granted ) ? array_map( 'strval', array_keys( array_filter( $granted ) ) ) : [];
				if ( [] !== $names ) {
					$prefix           = substr( $key, 0, -strlen( self::KEY_END ) );
					$roles[ $prefix ] = [ ...( $roles[ $prefix ] ?? [] ), ...$names ];
				}
			}
		}
		return $roles;
	}

	/**
	 * @return ?array<string, mixed> Slug => as WordPress stores a role; null where that place's tables are not here.
	 */
	private static function roles_of_place( string $prefix ): ?array {
		$now = microtime( true );
		if ( ! isset( self::$known[ $prefix ] ) || $now - self::$known[ $prefix ][0] > self::KNOWN ) {
			try {
				self::$known[ $prefix ] = [ $now, self::read_roles( $prefix ) ];
			} catch ( Failure $failure ) {
				return null;
			}
		}
		return self::$known[ $prefix ][1];
	}

	/**
	 * @return ?array<string, mixed> As above.
	 * @throws Failure
	 */
	private static function read_roles( string $prefix ): ?array {
		global $wpdb;
		// (A table that is missing would be an error, and on SQLite the end of a transaction.)
		if ( 1 !== preg_match( '/^[A-Za-z0-9_]*$/D', $prefix ) || [] === Database::rows( 'SHOW TABLES LIKE %s', $wpdb->esc_like( "{$prefix}options" ) ) ) {
			return null;
		}
		$rows   = Database::rows( "SELECT option_value FROM {$prefix}options WHERE option_name = %s", "{$prefix}user_roles" );
		$stored = (string) ( $rows[0]->option_value ?? '' );
		$roles  = is_serialized( $stored ) ? unserialize( $stored, [ 'allowed_classes' => false ] ) : null; // phpcs:ignore
		return is_array( $roles ) ? $roles : null;
	}
}
