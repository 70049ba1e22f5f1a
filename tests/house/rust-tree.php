<?php
/**
 * The extension's files, and who uses whose module: by the paths that begin with `crate::` or `super::`, tests left out.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final readonly class RustTree {

	/**
	 * @param array<string, list<string>> $files Path => lines, without those of tests.
	 */
	private function __construct( public array $files ) {}

	public static function read( string $root ): self {
		$files = [];
		$found = new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( "$root/src", \FilesystemIterator::SKIP_DOTS ) );
		foreach ( $found as $file ) {
			$path = substr( $file->getPathname(), strlen( "$root/" ) );
			if ( str_ends_with( $path, '.rs' ) && ! str_ends_with( $path, '_tests.rs' ) ) {
				$code           = (string) file_get_contents( $file->getPathname() );
				$files[ $path ] = explode( "\n", rtrim( explode( "#[cfg(test)]\nmod ", $code, 2 )[0] ) );
			}
		}
		ksort( $files );
		return new self( $files );
	}

	/**
	 * @return list<Finding> Who names PHP outside of the border.
	 */
	public function findings(): array {
		$findings = [];
		foreach ( $this->files as $path => $lines ) {
			if ( 'src/lib.rs' === $path || str_starts_with( $path, 'src/php/' ) ) {
				continue;
			}
			foreach ( preg_grep( '/\bext_php_rs\b/', $lines ) ?: [] as $at => $line ) {
				$findings[] = new Finding( $path, $at + 1, 'it names ext_php_rs, which only src/lib.rs and src/php/ may' );
			}
		}
		return $findings;
	}

	/**
	 * @return list<Reference>
	 */
	public function references(): array {
		$references = [];
		foreach ( $this->files as $path => $lines ) {
			if ( 'src/lib.rs' === $path ) {
				continue;
			}
			$code = implode( "\n", (array) preg_replace( '~^\s*//.*$~', '', $lines ) );
			preg_match_all( '/\b(?:pub )?(?:use )?(crate|super)::((?:\w+::)*)(\{(?:[^{}]|(?3))*\}|\w+)/', $code, $matches, PREG_SET_ORDER | PREG_OFFSET_CAPTURE );
			foreach ( $matches as $match ) {
				$line = substr_count( substr( $code, 0, $match[0][1] ), "\n" ) + 1;
				$base = 'crate' === $match[1][0] ? 'src' : self::parent( $path );
				foreach ( self::leaves( $match[2][0], $match[3][0] ) as $name ) {
					$target = $this->file_of( $base, $name );
					if ( null !== $target ) {
						$references[] = new Reference( $path, $line, "{$match[1][0]}::" . implode( '::', $name ), $target );
					}
				}
			}
		}
		return $references;
	}

	/**
	 * The folder of the module around this file's.
	 */
	private static function parent( string $path ): string {
		return str_ends_with( $path, '/mod.rs' ) ? dirname( $path, 2 ) : dirname( $path );
	}

	/**
	 * @return list<list<string>> Every name that a path with braces means, in its parts.
	 */
	private static function leaves( string $before, string $rest ): array {
		$parts = array_values( array_filter( explode( '::', $before ) ) );
		$names = [];
		foreach ( '{' === $rest[0] ? (array) preg_split( '/,(?![^{]*\})/', substr( $rest, 1, -1 ) ) : [ $rest ] as $leaf ) {
			$leaf    = trim( explode( ' as ', (string) $leaf )[0] );
			$names[] = [ ...$parts, ...array_filter( explode( '::', (string) preg_replace( '/\{.*/s', '', $leaf ) ), static fn( string $part ): bool => '' !== $part && 'self' !== $part ) ];
		}
		return $names;
	}

	/**
	 * @param list<string> $name
	 */
	private function file_of( string $base, array $name ): ?string {
		$file = null;
		foreach ( $name as $part ) {
			if ( isset( $this->files[ "$base/$part.rs" ] ) ) {
				return "$base/$part.rs";
			}
			if ( ! isset( $this->files[ "$base/$part/mod.rs" ] ) ) {
				break;
			}
			$base = "$base/$part";
			$file = "$base/mod.rs";
		}
		return $file;
	}
}
