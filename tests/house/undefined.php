<?php
/**
 * Names that nobody defines: a class of the plugin that is not there, or what stands behind `X::` and is not in X. PHP would tell only
 * when it comes by; a merge that compiles line by line may leave such a name anywhere.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final class Undefined {

	/**
	 * @return list<Finding>
	 */
	public static function findings( PhpTree $tree ): array {
		$findings = [];
		foreach ( $tree->files as $file ) {
			foreach ( $file->tokens as $at => $token ) {
				$is_class = $token->is( [ T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED ] ) && ( $file->is( $at + 1, T_DOUBLE_COLON ) || $file->is( $at - 1, T_NEW ) );
				if ( ! $is_class && ! ( $token->is( T_STATIC ) && $file->is( $at + 1, T_DOUBLE_COLON ) ) ) {
					continue;
				}
				$class = in_array( strtolower( $token->text ), [ 'self', 'static' ], true ) ? $file->class_name() : $file->resolve( $token );
				$what  = self::missing( $tree, $class, $file->is( $at + 1, T_DOUBLE_COLON ) ? ltrim( $file->tokens[ $at + 2 ]->text, '$' ) : 'class' );
				if ( null !== $what ) {
					$findings[] = new Finding( $file->path, $token->line, "nobody defines $what" );
				}
			}
		}
		return $findings;
	}

	private static function missing( PhpTree $tree, string $class, string $name ): ?string {
		$file = $tree->classes[ $class ] ?? null;
		if ( str_ends_with( $class, '\\parent' ) ) {
			return null;
		}
		if ( null === $file ) {
			return str_starts_with( $class, 'AgileBridge\\Plugin\\' ) ? 'the class ' . Unused::short( $class ) : null;
		}
		$is_phps  = $file->has_enum() && in_array( $name, [ 'cases', 'from', 'tryFrom' ], true );
		$is_there = 'class' === $name || $is_phps || in_array( $name, array_column( $file->definitions, 'name' ), true );
		return $is_there ? null : Unused::short( $class ) . "::$name";
	}
}
