<?php
/**
 * What the extension gives to PHP changes only with its number. A plugin asks for a number and then calls and reads what goes with it.
 *
 * php/interfaces.txt has a digest of the stub for each number: of names, parameters and types, shapes of arrays among them, not of
 * prose. That the stub says what PHP sees, `make test-stub` holds; that its shapes have the keys of the code, this does. And who calls
 * what came with the present number (`@since interface 4`) asks first: the plugin works with an extension of the number before.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final readonly class Interfaces {

	private const STUB = 'php/agile_bridge.stub.php';

	private const LIST = 'php/interfaces.txt';

	private const PLUGIN = 'wp-plugin/site/extension.php';

	/** `?list<array{a: int}>|null`: what stands after a tag, as far as it is a type. */
	private const TYPE = '/@(?:param|return|throws)\s+((?<part>[?\\\\\w\'-]+(?:(?<braces>\{(?:[^{}]++|(?&braces))*\})|(?<angles><(?:[^<>]++|(?&angles))*>))?)(?:\s*\|\s*(?&part))*)/';

	/** A shape anywhere: that of a contact stands in prose. */
	private const SHAPE = '/\barray(\{(?:[^{}]++|(?1))*\})/';

	private function __construct( private string $root, private string $stub ) {}

	/**
	 * @return list<Finding>
	 */
	public static function findings( string $root, RustTree $crate, PhpTree $plugin ): array {
		$house = new self( $root, (string) file_get_contents( "$root/" . self::STUB ) );
		return [ ...$house->of_numbers(), ...$house->of_keys( $crate ), ...$house->of_calls( $plugin ) ];
	}

	/**
	 * @return list<Finding>
	 */
	private function of_numbers(): array {
		$number  = self::number_in( $this->stub );
		$version = 1 === preg_match( '/^version = "([^"]+)"/m', (string) file_get_contents( "$this->root/Cargo.toml" ), $match ) ? $match[1] : '?';
		$line    = "$number $version " . $this->digest();
		$plugin  = self::number_in( (string) file_get_contents( "$this->root/" . self::PLUGIN ) );
		if ( $plugin !== $number ) {
			return [ new Finding( self::PLUGIN, 1, "the plugin's INTERFACE_NUMBER is $plugin and the extension's is $number" ) ];
		}
		$known = [];
		foreach ( (array) file( "$this->root/" . self::LIST, FILE_IGNORE_NEW_LINES ) as $at => $known_line ) {
			if ( 1 === preg_match( '/^(\d+) (\S+) \S+$/', (string) $known_line, $match ) ) {
				$known[ (int) $match[1] ] = [ $at + 1, $match[2], (string) $known_line ];
			}
		}
		[ $at, $since, $recorded ] = $known[ $number ] ?? [ 1, $version, '' ];
		return match ( true ) {
			substr( $recorded, -64 ) === substr( $line, -64 ) => [],
			'' === $recorded   => [ new Finding( self::LIST, $at, "interface $number is new: add the line '$line'" ) ],
			$since === $version => [ new Finding( self::LIST, $at, "what the extension gives to PHP has changed. Interface $number is of this version, so it may: its line is now '$line'" ) ],
			default            => [ new Finding( self::LIST, $at, "what the extension gives to PHP has changed, and interface $number was released with $since: raise INTERFACE_NUMBER in src/lib.rs and " . self::PLUGIN . ', and OLDEST_INTERFACE where something is taken away' ) ],
		};
	}

	/**
	 * The arrays at the border have the keys that the stub says.
	 *
	 * @return list<Finding>
	 */
	private function of_keys( RustTree $crate ): array {
		preg_match_all( self::SHAPE, $this->stub, $shapes );
		preg_match_all( '/(\w+)\??:\s/', implode( ' ', $shapes[0] ), $told );
		$told     = array_unique( $told[1] );
		$used     = [];
		$findings = [];
		foreach ( $crate->files as $path => $lines ) {
			if ( 'src/lib.rs' !== $path && ! str_starts_with( $path, 'src/php/' ) ) {
				continue;
			}
			foreach ( $lines as $at => $line ) {
				preg_match_all( '/\("(\w+)", zval\(|\b(?:get|text|told|choice)\("(\w+)"\)|\btext_in\(\w+, "(\w+)"\)/', $line, $keys, PREG_SET_ORDER );
				foreach ( $keys as $match ) {
					$key    = (string) end( $match );
					$used[] = $key;
					if ( ! in_array( $key, $told, true ) ) {
						$findings[] = new Finding( $path, $at + 1, "no shape in the stub has the key $key" );
					}
				}
			}
		}
		foreach ( array_diff( $told, $used ) as $key ) {
			$findings[] = new Finding( self::STUB, 1, "the extension neither gives nor takes the key $key" );
		}
		return $findings;
	}

	/**
	 * A file that calls what the number before has not names it in quotes too: for Extension::has(), or PHP's own functions of the kind.
	 *
	 * @return list<Finding>
	 */
	private function of_calls( PhpTree $plugin ): array {
		$newest   = self::number_in( $this->stub );
		$findings = [];
		preg_match_all( "/@since interface $newest\b(?:(?!\*\/).)*\*\/\s*(?:public )?function (\w+)/s", $this->stub, $new );
		foreach ( $plugin->files as $file ) {
			$asked = array_map( static fn( \PhpToken $token ): string => trim( (string) strrchr( '\\' . trim( $token->text, '\'"' ), '\\' ), '\\' ), array_filter( $file->tokens, static fn( \PhpToken $token ): bool => $token->is( T_CONSTANT_ENCAPSED_STRING ) ) );
			foreach ( $file->tokens as $at => $token ) {
				$name = str_starts_with( $token->text, '\\AgileBridge\\' ) ? substr( $token->text, 13 ) : ( $file->is( $at - 1, T_OBJECT_OPERATOR ) ? $token->text : '' );
				if ( in_array( $name, array_diff( $new[1], $asked ), true ) && $file->is( $at + 1, '(' ) ) {
					$findings[] = new Finding( $file->path, $token->line, "it calls $name(), which an extension of the interface before has not: ask Extension::has() first" );
				}
			}
		}
		return $findings;
	}

	/** The same for two stubs only if callers notice no difference. */
	private function digest(): string {
		$parts = [];
		foreach ( \PhpToken::tokenize( $this->stub ) as $token ) {
			if ( $token->is( T_DOC_COMMENT ) ) {
				$text = (string) preg_replace( '/\s*\n\s*\*\s?/', ' ', $token->text );
				preg_match_all( self::TYPE, $text, $types );
				preg_match_all( self::SHAPE, $text, $shapes );
				$parts = [ ...$parts, ...$types[1], ...$shapes[0] ];
			} elseif ( ! $token->is( [ T_WHITESPACE, T_COMMENT, T_OPEN_TAG ] ) ) {
				$parts[] = $token->text;
			}
		}
		// (Of the constants the names: their values are the numbers themselves, and the version.)
		$text = (string) preg_replace( '/\s+/', '', implode( "\n", $parts ) );
		return hash( 'sha256', (string) preg_replace( '/(const\w+)=[^;]+;/', '$1;', $text ) );
	}

	private static function number_in( string $code ): int {
		return 1 === preg_match( '/\bINTERFACE_NUMBER = (\d+);/', $code, $match ) ? (int) $match[1] : 0;
	}
}
