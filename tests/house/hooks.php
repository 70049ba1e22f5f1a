<?php
/**
 * The hooks that other people's code may listen to: those that we fire, those in public-names.txt and those in docs/hooks.md are
 * the same.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final class Hooks {

	/**
	 * @param string $page The text of docs/hooks.md.
	 * @return list<Finding>
	 */
	public static function findings( PhpTree $tree, string $list, string $page ): array {
		$public   = Unused::public_names( $list );
		$fired    = self::fired( $tree );
		$findings = [];
		foreach ( $fired as $hook => [ $path, $line ] ) {
			if ( ! isset( $public[ $hook ] ) ) {
				$findings[] = new Finding( $path, $line, "the hook $hook is not among the public names" );
			}
		}
		foreach ( array_keys( $public ) as $name ) {
			if ( 1 !== preg_match( '/^(agile_bridge|wpf)_/', $name ) ) {
				continue;
			}
			if ( ! isset( $fired[ $name ] ) ) {
				$findings[] = new Finding( basename( $list ), 1, "nobody fires the hook $name" );
			}
			if ( 'agile_bridge_now' !== $name && ! str_contains( $page, $name ) ) {
				$findings[] = new Finding( 'docs/hooks.md', 1, "it does not tell of the hook $name" );
			}
		}
		return $findings;
	}

	/**
	 * @return array<string, array{string, int}> Path and line, by the hook's name.
	 */
	private static function fired( PhpTree $tree ): array {
		$fired = [];
		foreach ( $tree->files as $file ) {
			foreach ( $file->tokens as $at => $token ) {
				$is_fired = $token->is( T_CONSTANT_ENCAPSED_STRING ) && $file->is( $at - 1, '(' ) && in_array( $file->tokens[ $at - 2 ]->text, [ 'apply_filters', 'do_action', 'fire', 'filter' ], true );
				$name     = trim( $token->text, '\'"' );
				if ( $is_fired && 1 === preg_match( '/^(agile_bridge|wpf)_/', $name ) ) {
					$fired[ $name ] ??= [ $file->path, $token->line ];
				}
			}
		}
		return $fired;
	}
}
