<?php
/**
 * Definitions that nobody uses.
 *
 * A static method and a constant are used where they stand behind their class (`self::` too), or in a callable `[ X::class, 'name' ]`;
 * what is used of an object is known only by its name, in any class. Names that others use stand in public-names.txt.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final class Unused {

	/** @var array<string, true> `Class::name`, or `name` where the class is not known. */
	private array $used = [];

	/**
	 * @return list<Finding>
	 */
	public static function findings( PhpTree $tree, string $list ): array {
		$unused = new self();
		foreach ( $tree->files as $file ) {
			$unused->read( $file, $tree );
		}
		$public   = self::public_names( $list );
		$findings = [];
		foreach ( $tree->files as $file ) {
			$class = $file->class_name();
			foreach ( $file->definitions as $definition ) {
				$name = in_array( $definition->kind, [ 'class', 'function' ], true ) ? "$file->namespace\\$definition->name" : "$class::$definition->name";
				if ( str_starts_with( $definition->name, '__' ) || isset( $public[ self::short( $name ) ] ) || $unused->is_used( $name, $definition ) ) {
					continue;
				}
				$findings[] = new Finding( $file->path, $definition->line, "nobody uses the $definition->kind " . self::short( $name ) );
			}
		}
		return $findings;
	}

	/**
	 * @return array<string, true>
	 */
	public static function public_names( string $list ): array {
		$names = [];
		foreach ( is_file( $list ) ? (array) file( $list ) : [] as $line ) {
			if ( 1 === preg_match( '/^([^#\s]+)\s+\S/', (string) $line, $match ) ) {
				$names[ $match[1] ] = true;
			}
		}
		return $names;
	}

	/**
	 * Without the plugin's own namespace.
	 */
	public static function short( string $name ): string {
		return (string) preg_replace( '/^AgileBridge\\\\Plugin\\\\/', '', $name );
	}

	private function is_used( string $name, Definition $definition ): bool {
		return isset( $this->used[ $name ] ) || ( in_array( $definition->kind, [ 'method', 'property' ], true ) && isset( $this->used[ $definition->name ] ) );
	}

	private function read( PhpFile $file, PhpTree $tree ): void {
		foreach ( $file->tokens as $at => $token ) {
			if ( $file->is( $at - 1, T_OBJECT_OPERATOR, T_NULLSAFE_OBJECT_OPERATOR ) ) {
				$this->used[ $token->text ] = true;
			} elseif ( $file->is( $at - 1, T_DOUBLE_COLON ) ) {
				$class = $this->class_at( $file, $at - 2 );

				$this->used[ "$class::" . ltrim( $token->text, '$' ) ] = true;
			} elseif ( $token->is( T_CONSTANT_ENCAPSED_STRING ) ) {
				$this->read_string( $file, $at );
			} elseif ( $token->is( [ T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED ] ) && ! $file->is( $at - 1, T_CLASS, T_ENUM, T_FUNCTION, T_CONST, T_USE ) ) {
				$name = $file->resolve( $token );
				if ( isset( $tree->classes[ $name ] ) || $file->is( $at + 1, '(' ) ) {
					$this->used[ $name ] = true;
				}
			}
		}
		// Interpolated: "$event->id".
		foreach ( $file->tokens as $at => $token ) {
			if ( $token->is( T_STRING ) && $file->is( $at - 1, T_OBJECT_OPERATOR ) ) {
				$this->used[ $token->text ] = true;
			}
		}
	}

	private function class_at( PhpFile $file, int $at ): string {
		$token = $file->tokens[ $at ];
		return in_array( strtolower( $token->text ), [ 'self', 'static' ], true ) ? $file->class_name() : $file->resolve( $token );
	}

	/**
	 * `[ X::class, 'name' ]`, `[ $this, 'name' ]`, `'Name\Space\function'`.
	 */
	private function read_string( PhpFile $file, int $at ): void {
		$text = trim( $file->tokens[ $at ]->text, '\'"' );
		if ( $file->is( $at - 1, ',' ) && $file->is( $at - 2, T_CLASS ) && $file->is( $at - 3, T_DOUBLE_COLON ) ) {
			$this->used[ $this->class_at( $file, $at - 4 ) . "::$text" ] = true;
		} elseif ( $file->is( $at - 1, ',' ) && $file->is( $at - 2, T_VARIABLE ) ) {
			$this->used[ $text ] = true;
		} elseif ( str_contains( $text, '\\' ) ) {
			$this->used[ str_replace( '\\\\', '\\', $text ) ] = true;
		}
	}
}
