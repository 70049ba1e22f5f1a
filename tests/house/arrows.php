<?php
/**
 * Which room may use which: the one list, in ARCHITECTURE.md's block `arrows`.
 *
 * A line is `TREE: ROOMS -> ROOMS -> ROOMS`, rooms of one place with commas between them. Who may use a room may use what that
 * room may use. What stands in no room, at the top of the tree, may use all.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final readonly class Arrows {

	/**
	 * @param array<string, array<string, list<string>>> $allowed  Tree => room => rooms right of it.
	 * @param list<Finding>                              $findings
	 */
	private function __construct( private array $allowed, public array $findings ) {}

	public static function of_text( string $text ): self {
		if ( 1 !== preg_match( '/^```arrows\n(.*?)^```/ms', $text, $block ) ) {
			return new self( [], [ new Finding( 'ARCHITECTURE.md', 1, 'it has no block `arrows`, the list of who may use whom' ) ] );
		}
		$allowed = [];
		foreach ( array_filter( explode( "\n", $block[1] ) ) as $line ) {
			[ $tree, $chain ] = explode( ':', $line, 2 ) + [ 1 => '' ];
			$places           = array_map( static fn( string $place ): array => array_map( 'trim', explode( ',', $place ) ), explode( '->', $chain ) );
			for ( $place = 0; $place + 1 < count( $places ); $place++ ) {
				foreach ( $places[ $place ] as $room ) {
					$allowed[ trim( $tree ) ][ $room ] = [ ...( $allowed[ trim( $tree ) ][ $room ] ?? [] ), ...$places[ $place + 1 ] ];
				}
			}
		}
		return new self( $allowed, [] );
	}

	public function allow( string $tree, string $from, string $to ): bool {
		$seen = [];
		$next = [ $from ];
		while ( [] !== $next ) {
			$room = array_pop( $next );
			if ( $room === $to ) {
				return true;
			}
			if ( ! isset( $seen[ $room ] ) ) {
				$seen[ $room ] = true;
				array_push( $next, ...( $this->allowed[ $tree ][ $room ] ?? [] ) );
			}
		}
		return false;
	}
}
