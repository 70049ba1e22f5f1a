<?php
/**
 * All PHP files of the plugin, and who uses whose names.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final readonly class PhpTree {

	/**
	 * @param list<PhpFile>          $files
	 * @param array<string, PhpFile> $classes By their whole names.
	 */
	private function __construct( public array $files, public array $classes ) {}

	public static function read( string $root, string $folder ): self {
		$files = [];
		$found = new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( "$root/$folder", \FilesystemIterator::SKIP_DOTS ) );
		foreach ( $found as $file ) {
			if ( 'php' === $file->getExtension() ) {
				$path           = substr( $file->getPathname(), strlen( "$root/" ) );
				$files[ $path ] = new PhpFile( $path, (string) file_get_contents( $file->getPathname() ) );
			}
		}
		ksort( $files );
		$classes = [];
		foreach ( $files as $file ) {
			$classes[ $file->class_name() ] = $file;
		}
		unset( $classes[''] );
		return new self( array_values( $files ), $classes );
	}

	/**
	 * What files themselves have found.
	 *
	 * @return list<Finding>
	 */
	public function findings(): array {
		$findings = array_merge( ...array_map( static fn( PhpFile $file ): array => $file->findings, $this->files ) );
		foreach ( $this->files as $file ) {
			foreach ( $file->definitions as $definition ) {
				if ( 'method' === $definition->kind && $definition->is_public && self::keys( $definition->doc ) > 3 ) {
					$findings[] = new Finding( $file->path, $definition->line, "$definition->name() takes or gives an array with more than three string keys: make it a small readonly class" );
				}
			}
		}
		return $findings;
	}

	/**
	 * @return list<Reference> By every name that is a class of the tree. (The name in its own declaration is none.)
	 */
	public function references(): array {
		$references = [];
		foreach ( $this->files as $file ) {
			foreach ( $file->tokens as $at => $token ) {
				if ( ! $token->is( [ T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED ] ) || $file->is( $at - 1, T_OBJECT_OPERATOR, T_NULLSAFE_OBJECT_OPERATOR, T_DOUBLE_COLON, T_FUNCTION, T_CONST, T_CLASS, T_USE, T_NAMESPACE ) ) {
					continue;
				}
				$target = $this->classes[ $file->resolve( $token ) ] ?? null;
				if ( null !== $target ) {
					$references[] = new Reference( $file->path, $token->line, $token->text, $target->path );
				}
			}
		}
		return $references;
	}

	/**
	 * The most string keys that an array shape of this comment has.
	 */
	private static function keys( string $doc ): int {
		$most = 0;
		preg_match_all( '/array(\{(?:[^{}]|(?1))*\})/', $doc, $shapes );
		foreach ( $shapes[1] as $shape ) {
			$inner = preg_replace( '/(?<=.)\{(?:[^{}]|(?R))*\}/s', '', substr( $shape, 1, -1 ) );
			$most  = max( $most, preg_match_all( '/\b\w+\??:/', (string) $inner ) );
		}
		return $most;
	}
}
