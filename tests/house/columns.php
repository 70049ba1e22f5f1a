<?php
/**
 * Columns of our tables that are written and never read.
 *
 * Read is a column that some row is asked for (`$row->column`), or that a statement selects, compares, orders by or computes with.
 * What an INSERT names and what stands left of a `=` in a SET is written.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final class Columns {

	/**
	 * @return list<Finding>
	 */
	public static function findings( PhpTree $tree, string $list ): array {
		$columns = [];
		$read    = [];
		foreach ( $tree->files as $file ) {
			foreach ( $file->tokens as $at => $token ) {
				if ( $token->is( [ T_CONSTANT_ENCAPSED_STRING, T_ENCAPSED_AND_WHITESPACE ] ) ) {
					$sql = self::statement( $file, $at );
					if ( preg_match( '/^\W*CREATE TABLE\s*(\w*)/', $sql, $match ) ) {
						$columns = [ ...$columns, ...self::defined( $file, $token->line, $match[1], $sql ) ];
					} else {
						$read += array_flip( self::read( $sql ) );
					}
				} elseif ( $token->is( T_STRING ) && $file->is( $at - 1, T_OBJECT_OPERATOR ) ) {
					$read[ $token->text ] = true;
				}
			}
		}
		$public   = Unused::public_names( $list );
		$findings = [];
		foreach ( $columns as [ $path, $line, $table, $column ] ) {
			if ( ! isset( $read[ $column ] ) && ! isset( $public[ "$table.$column" ] ) ) {
				$findings[] = new Finding( $path, $line, "nobody reads the column $table.$column" );
			}
		}
		return $findings;
	}

	/**
	 * The whole of the string that begins here, with what is put into it by name; '' where it began before.
	 */
	private static function statement( PhpFile $file, int $at ): string {
		if ( $file->tokens[ $at ]->is( T_CONSTANT_ENCAPSED_STRING ) ) {
			return substr( $file->tokens[ $at ]->text, 1, -1 );
		}
		if ( ! $file->is( $at - 1, '"' ) ) {
			return '';
		}
		$sql = '';
		for ( ; ! $file->is( $at, '"' ) && isset( $file->tokens[ $at ] ); $at++ ) {
			$sql .= $file->is( $at, T_VARIABLE ) ? substr( $file->tokens[ $at ]->text, 1 ) : $file->tokens[ $at ]->text;
		}
		return $sql;
	}

	/**
	 * @return list<array{string, int, string, string}> Path, line, table and column.
	 */
	private static function defined( PhpFile $file, int $line, string $table, string $sql ): array {
		$columns = [];
		foreach ( explode( "\n", $sql ) as $offset => $text ) {
			if ( 1 === preg_match( '/^\s*([a-z_]+) [a-z]+(\(|int|text)/', $text, $match ) || 1 === preg_match( '/^\s*([a-z_]+) (?:text|longtext)\b/', $text, $match ) ) {
				$columns[] = [ $file->path, $line + $offset, $table, $match[1] ];
			}
		}
		return $columns;
	}

	/**
	 * @return list<string> Names that may be columns.
	 */
	private static function read( string $sql ): array {
		if ( 1 !== preg_match( '/\b(SELECT|UPDATE|DELETE|WHERE|SET|INSERT|ON DUPLICATE)\b/', $sql ) ) {
			return [];
		}
		// What an INSERT names.
		$sql = (string) preg_replace( '/\bINSERT[^()]*\([^()]*\)/', '', $sql );
		// What is set, and what stands beside itself: `x = x + 1` reads x to write x.
		$sql = (string) preg_replace_callback(
			'/\b(?:SET|UPDATE)\b(?!\s+\w+\s+SET)(.*?)(?=\bWHERE\b|$)/s',
			static fn( array $match ): string => (string) preg_replace( '/(^|,)\s*[a-z_]+\s*=/', '$1', $match[1] ),
			$sql
		);
		preg_match_all( '/(?<!VALUES\()\b[a-z_]+\b/', $sql, $names );
		return $names[0];
	}
}
