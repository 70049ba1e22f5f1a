<?php
/**
 * Files over 250 lines that do not say why, and functions over 60.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final class Size {

	private const FILE = 250;

	private const FUNCTION = 60;

	/**
	 * @return list<Finding>
	 */
	public static function of_php( PhpTree $tree ): array {
		$findings = [];
		foreach ( $tree->files as $file ) {
			$findings = [ ...$findings, ...self::of_file( $file->path, $file->lines, $file->head ) ];
			foreach ( $file->definitions as $definition ) {
				if ( 'class' !== $definition->kind && $definition->lines > self::FUNCTION ) {
					$findings[] = self::long_function( $file->path, $definition->line, $definition->name, $definition->lines );
				}
			}
		}
		return $findings;
	}

	/**
	 * @return list<Finding>
	 */
	public static function of_rust( RustTree $tree ): array {
		$findings = [];
		foreach ( $tree->files as $path => $lines ) {
			$head     = implode( "\n", preg_grep( '~^//!~', $lines ) ?: [] );
			$findings = [ ...$findings, ...self::of_file( $path, count( $lines ), $head ) ];
			foreach ( $lines as $at => $line ) {
				// rustfmt has put the closing brace below the beginning.
				if ( str_ends_with( $line, ';' ) || 1 !== preg_match( '/^(\s*)(?:pub(?:\([a-z]+\))? )?(?:async |const |unsafe |extern "C" )*fn (\w+)/', $line, $match ) ) {
					continue;
				}
				for ( $end = $at; isset( $lines[ $end ] ) && $lines[ $end ] !== "$match[1]}"; $end++ ) {
					continue;
				}
				if ( $end - $at + 1 > self::FUNCTION ) {
					$findings[] = self::long_function( $path, $at + 1, $match[2], $end - $at + 1 );
				}
			}
		}
		return $findings;
	}

	/**
	 * @return list<Finding>
	 */
	private static function of_file( string $path, int $lines, string $head ): array {
		$is_explained = 1 === preg_match( '/\b250 lines\b/', $head );
		return $lines <= self::FILE || $is_explained ? [] : [ new Finding( $path, 1, "$lines lines: which second noun hides here? (A file that must be longer than 250 lines says why at its top.)" ) ];
	}

	private static function long_function( string $path, int $line, string $name, int $lines ): Finding {
		return new Finding( $path, $line, "$name() has $lines lines, more than " . self::FUNCTION );
	}
}
