<?php
/**
 * Only the room user/ writes users and user meta. (Reading them is everybody's, by WordPress' functions.)
 */

declare(strict_types=1);

namespace AgileBridge\House;

final class Writers {

	private const ROOM = 'wp-plugin/user/';

	private const FUNCTIONS = [ 'wp_insert_user', 'wp_update_user', 'wp_create_user', 'wp_delete_user', 'wp_set_password', 'add_user_meta', 'update_user_meta', 'delete_user_meta', 'add_user_to_blog', 'remove_user_from_blog', 'set_role', 'add_role', 'remove_role', 'add_cap', 'remove_cap' ];

	/**
	 * @return list<Finding>
	 */
	public static function findings( PhpTree $tree ): array {
		$findings = [];
		foreach ( $tree->files as $file ) {
			if ( str_starts_with( $file->path, self::ROOM ) ) {
				continue;
			}
			foreach ( $file->tokens as $at => $token ) {
				$is_call = $token->is( T_STRING ) && $file->is( $at + 1, '(' ) && ! $file->is( $at - 1, T_FUNCTION, T_DOUBLE_COLON );
				if ( $is_call && in_array( $token->text, self::FUNCTIONS, true ) ) {
					$findings[] = new Finding( $file->path, $token->line, "$token->text() writes users, which only " . self::ROOM . ' may' );
				}
				if ( $token->is( [ T_CONSTANT_ENCAPSED_STRING, T_ENCAPSED_AND_WHITESPACE ] ) && 1 === preg_match( '/\b(INSERT INTO|UPDATE|DELETE FROM)\s*\W*$/', $token->text ) && self::names_users( $file, $at ) ) {
					$findings[] = new Finding( $file->path, $token->line, 'a statement writes users, which only ' . self::ROOM . ' may' );
				}
			}
		}
		return $findings;
	}

	/**
	 * Whether `$wpdb->users` or `$wpdb->usermeta` comes next.
	 */
	private static function names_users( PhpFile $file, int $at ): bool {
		foreach ( array_slice( $file->tokens, $at + 1, 8 ) as $token ) {
			if ( in_array( $token->text, [ 'users', 'usermeta' ], true ) ) {
				return true;
			}
		}
		return false;
	}
}
