<?php
/**
 * Arrows between rooms, and circles between files.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final class Graph {

	/**
	 * @param list<Reference> $references
	 * @return list<Finding>
	 */
	public static function findings( string $tree, array $references, Arrows $arrows ): array {
		$findings = [];
		$used     = [];
		foreach ( $references as $reference ) {
			if ( $reference->from === $reference->to ) {
				continue;
			}
			$used[ $reference->from ][ $reference->to ] ??= $reference;
			[ $from, $to ] = [ self::room( $reference->from ), self::room( $reference->to ) ];
			if ( '' !== $from && $from !== $to && ( '' === $to || ! $arrows->allow( $tree, $from, $to ) ) ) {
				$to         = '' === $to ? 'the top of the tree' : "the room $to";
				$findings[] = new Finding( $reference->from, $reference->line, "$reference->name is of $to, which $from may not use (ARCHITECTURE.md, arrows)" );
			}
		}
		return [ ...$findings, ...self::circles( $used ) ];
	}

	/**
	 * The folder right below the tree's: '' for a file that stands in none.
	 */
	private static function room( string $path ): string {
		$parts = explode( '/', $path );
		return count( $parts ) > 2 ? $parts[1] : '';
	}

	/**
	 * One circle after the other: each is told and cut, until there is none.
	 *
	 * @param array<string, array<string, Reference>> $used
	 * @return list<Finding>
	 */
	private static function circles( array $used ): array {
		$findings = [];
		for ( $circle = self::circle( $used ); null !== $circle; $circle = self::circle( $used ) ) {
			$steps      = array_map( static fn( Reference $step ): string => "$step->from:$step->line uses $step->name", $circle );
			$findings[] = new Finding( $circle[0]->from, $circle[0]->line, 'a circle of files: ' . implode( ', ', $steps ) );
			unset( $used[ $circle[0]->from ][ $circle[0]->to ] );
		}
		return $findings;
	}

	/**
	 * @param array<string, array<string, Reference>> $used
	 * @return ?non-empty-list<Reference>
	 */
	private static function circle( array $used ): ?array {
		$done = [];
		foreach ( array_keys( $used ) as $start ) {
			$circle = self::walk( $start, $used, $done, [] );
			if ( null !== $circle ) {
				return $circle;
			}
		}
		return null;
	}

	/**
	 * @param array<string, array<string, Reference>> $used
	 * @param array<string, true>                     $done Files from which no circle is reached.
	 * @param array<string, Reference>                $path By the file that the step starts from.
	 * @return ?non-empty-list<Reference>
	 */
	private static function walk( string $file, array $used, array &$done, array $path ): ?array {
		if ( isset( $path[ $file ] ) ) {
			$names = array_keys( $path );
			return array_values( array_slice( $path, (int) array_search( $file, $names, true ) ) );
		}
		if ( isset( $done[ $file ] ) ) {
			return null;
		}
		foreach ( $used[ $file ] ?? [] as $next => $reference ) {
			$circle = self::walk( $next, $used, $done, $path + [ $file => $reference ] );
			if ( null !== $circle ) {
				return $circle;
			}
		}
		$done[ $file ] = true;
		return null;
	}
}
