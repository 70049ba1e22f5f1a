<?php
/**
 * ARCHITECTURE.md: the files and functions that it names are there.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final readonly class Text {

	private function __construct( private string $root, private string $name, public string $content ) {}

	public static function read( string $path ): self {
		return new self( dirname( $path ), basename( $path ), is_file( $path ) ? (string) file_get_contents( $path ) : '' );
	}

	/**
	 * @return list<Finding>
	 */
	public function findings( PhpTree $tree ): array {
		$known = [];
		foreach ( $tree->classes as $class => $file ) {
			foreach ( $file->definitions as $definition ) {
				$known[ Unused::short( "$class::$definition->name" ) ] = true;
			}
		}
		$findings = [];
		foreach ( explode( "\n", $this->content ) as $at => $line ) {
			preg_match_all( '/`((?:\w+\\\\)+\w+::\w+)\(\)`/', $line, $functions );
			preg_match_all( '~`((?:wp-plugin|src|tests|php|docs|packaging)/[\w./-]*)`~', $line, $paths );
			foreach ( array_filter( $functions[1], static fn( string $name ): bool => ! isset( $known[ $name ] ) ) as $name ) {
				$findings[] = new Finding( $this->name, $at + 1, "there is no $name()" );
			}
			foreach ( array_filter( $paths[1], fn( string $path ): bool => ! file_exists( "$this->root/$path" ) ) as $path ) {
				$findings[] = new Finding( $this->name, $at + 1, "there is no $path" );
			}
		}
		return $findings;
	}
}
