<?php
/**
 * One PHP file as its tokens tell it: what it defines, which names it uses, what its strings say.
 */

declare(strict_types=1);

namespace AgileBridge\House;

use PhpToken;

/**
 * A class, a method, a class constant, a property or a function.
 */
final readonly class Definition {

	/**
	 * @param 'class'|'method'|'constant'|'property'|'function' $kind
	 * @param string $doc   The comment before it.
	 * @param int    $lines How long it is.
	 */
	public function __construct( public string $kind, public string $name, public int $line, public bool $is_public, public string $doc = '', public int $lines = 1 ) {}
}

final class PhpFile {

	/** @var list<PhpToken> Without white space and comments. */
	public readonly array $tokens;

	public readonly string $namespace;

	/** @var array<string, string> Alias => whole name. */
	private array $imports = [];

	/** @var list<Definition> */
	public array $definitions = [];

	/** @var list<Finding> */
	public array $findings = [];

	public readonly string $head;

	public readonly int $lines;

	/** @var array<int, string> Doc comments, by the position of the token that follows. */
	private array $docs = [];

	public function __construct( public readonly string $path, string $code ) {
		$tokens      = [];
		$doc         = '';
		$this->lines = substr_count( $code, "\n" );
		$this->head  = 1 === preg_match( '~/\*\*.*?\*/~s', $code, $match ) ? $match[0] : '';
		foreach ( PhpToken::tokenize( $code ) as $token ) {
			if ( $token->is( T_DOC_COMMENT ) ) {
				$doc = $token->text;
			}
			if ( ! $token->isIgnorable() ) {
				if ( '' !== $doc ) {
					$this->docs[ count( $tokens ) ] = $doc;
					$doc                            = '';
				}
				$tokens[] = $token;
			}
		}
		$this->tokens    = $tokens;
		$this->namespace = $this->read_namespace();
		$this->read_definitions();
	}

	/**
	 * A name as PHP resolves it for a class.
	 */
	public function resolve( PhpToken $token ): string {
		if ( $token->is( T_NAME_FULLY_QUALIFIED ) ) {
			return ltrim( $token->text, '\\' );
		}
		[ $first, $rest ] = explode( '\\', $token->text, 2 ) + [ 1 => '' ];
		$whole            = $this->imports[ $first ] ?? "$this->namespace\\$first";
		return '' === $rest ? $whole : "$whole\\$rest";
	}

	public function class_name(): string {
		foreach ( $this->definitions as $definition ) {
			if ( 'class' === $definition->kind ) {
				return "$this->namespace\\$definition->name";
			}
		}
		return '';
	}

	/**
	 * Whether the token at this place has this text, or is of this kind.
	 */
	public function is( int $at, int|string ...$kinds ): bool {
		return isset( $this->tokens[ $at ] ) && $this->tokens[ $at ]->is( $kinds );
	}

	public function has_enum(): bool {
		return [] !== array_filter( $this->tokens, static fn( \PhpToken $token ): bool => $token->is( T_ENUM ) );
	}

	private function read_namespace(): string {
		foreach ( $this->tokens as $at => $token ) {
			if ( $token->is( T_NAMESPACE ) ) {
				return $this->tokens[ $at + 1 ]->text;
			}
		}
		return '';
	}

	private function read_definitions(): void {
		$depth = 0;
		foreach ( $this->tokens as $at => $token ) {
			if ( $token->is( [ '{', T_CURLY_OPEN, T_DOLLAR_OPEN_CURLY_BRACES ] ) ) {
				++$depth;
			} elseif ( $token->is( '}' ) ) {
				--$depth;
			} elseif ( 0 === $depth && $token->is( T_USE ) && ! $this->is( $at - 1, ')' ) ) {
				$this->read_import( $at );
			} elseif ( $token->is( T_CONST ) && ! $this->is( $at - 1, T_USE ) ) {
				$this->read_constant( $at, $depth );
			} elseif ( 1 === $depth && $token->is( T_CASE ) ) {
				$this->definitions[] = new Definition( 'constant', $this->tokens[ $at + 1 ]->text, $token->line, true );
			} elseif ( $token->is( [ T_CLASS, T_ENUM ] ) && ! $this->is( $at - 1, T_DOUBLE_COLON, T_NEW ) && $this->is( $at + 1, T_STRING ) ) {
				$this->define( 'class', $this->tokens[ $at + 1 ], true, $at, $depth );
			} elseif ( $token->is( T_FUNCTION ) && $this->is( $at + 1, T_STRING ) ) {
				$this->define( 1 === $depth ? 'method' : 'function', $this->tokens[ $at + 1 ], ! $this->has_modifier( $at, T_PRIVATE ), $at, $depth );
			} elseif ( $token->is( T_VARIABLE ) && $this->has_modifier( $at, T_PUBLIC, T_PRIVATE ) ) {
				$this->definitions[] = new Definition( 'property', substr( $token->text, 1 ), $token->line, ! $this->has_modifier( $at, T_PRIVATE ) );
			}
		}
	}

	private function read_import( int $at ): void {
		$is_other = $this->is( $at + 1, T_FUNCTION, T_CONST );
		$name     = $this->tokens[ $at + ( $is_other ? 2 : 1 ) ]->text;
		if ( ! $is_other ) {
			$this->imports[ basename( str_replace( '\\', '/', $name ) ) ] = $name;
		}
	}

	private function read_constant( int $at, int $depth ): void {
		$name = $this->tokens[ $at + 1 ];
		if ( 0 === $depth ) {
			$this->findings[] = new Finding( $this->path, $name->line, "const $name->text stands outside of a class: in a namespace that can crash PHP (ARCHITECTURE.md says how)" );
			return;
		}
		$this->definitions[] = new Definition( 'constant', $name->text, $name->line, ! $this->has_modifier( $at, T_PRIVATE ) );
	}

	/**
	 * Whether one of these modifiers stands before it, within the same statement or parameter.
	 */
	private function has_modifier( int $at, int ...$kinds ): bool {
		while ( --$at >= 0 && ! $this->is( $at, ';', '{', '}', '(', ',', ']' ) ) {
			if ( $this->is( $at, ...$kinds ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * @param 'class'|'method'|'function' $kind
	 */
	private function define( string $kind, PhpToken $name, bool $is_public, int $at, int $depth ): void {
		$first = $at;
		while ( $first > 0 && $this->is( $first - 1, T_PUBLIC, T_PRIVATE, T_PROTECTED, T_STATIC, T_FINAL, T_READONLY, T_ABSTRACT ) ) {
			--$first;
		}
		$this->definitions[] = new Definition( $kind, $name->text, $name->line, $is_public, $this->docs[ $first ] ?? '', $this->end( $at ) - $name->line + 1 );
	}

	/**
	 * The line of the brace that closes what begins here.
	 */
	private function end( int $at ): int {
		$depth = 0;
		for ( ; isset( $this->tokens[ $at ] ); $at++ ) {
			if ( $this->is( $at, '{', T_CURLY_OPEN, T_DOLLAR_OPEN_CURLY_BRACES ) ) {
				++$depth;
			} elseif ( $this->is( $at, '}' ) && 0 === --$depth ) {
				break;
			} elseif ( $this->is( $at, ';' ) && 0 === $depth ) {
				break;
			}
		}
		return ( $this->tokens[ $at ] ?? end( $this->tokens ) )->line;
	}
}
