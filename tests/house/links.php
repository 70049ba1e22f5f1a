<?php
/**
 * The links of our texts: a relative one leads to a file that is there, and its #anchor to a heading of that file.
 *
 * A heading is named as GitHub names it: in lower case, without punctuation, blanks as `-`; one more of the same name ends in
 * `-1`. What stands in code is no link, and what leads elsewhere is not asked for.
 */

declare(strict_types=1);

namespace AgileBridge\House;

final class Links {

	private const TEXTS = [ '/README.md', '/ARCHITECTURE.md', '/CHANGELOG.md', '/SECURITY.md', '/docs/*.md', '/wp-plugin/*/README.md' ];

	/** `](here)` with or without a title, `[name]: here`, `href="here"`. */
	private const LINK = '/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^ {0,3}\[[^\]\n]+\]:\s*<?([^\s>]+)|\b(?:href|src)="([^"]+)"/m';

	/**
	 * @return list<Finding>
	 */
	public static function findings( string $root ): array {
		$findings = [];
		foreach ( self::TEXTS as $pattern ) {
			foreach ( (array) glob( $root . $pattern ) as $path ) {
				$findings = [ ...$findings, ...self::of_text( $root, substr( (string) $path, strlen( $root ) + 1 ) ) ];
			}
		}
		return $findings;
	}

	/**
	 * @param string $name The text's path below the root.
	 * @return list<Finding>
	 */
	private static function of_text( string $root, string $name ): array {
		$text     = self::without_code( (string) file_get_contents( "$root/$name" ) );
		$findings = [];
		preg_match_all( self::LINK, $text, $links, PREG_SET_ORDER | PREG_OFFSET_CAPTURE );
		foreach ( $links as $link ) {
			[ $target, $at ] = end( $link );
			$problem         = self::problem( $root, $name, $target );
			if ( null !== $problem ) {
				$findings[] = new Finding( $name, 1 + substr_count( $text, "\n", 0, $at ), $problem );
			}
		}
		return $findings;
	}

	/**
	 * @param string $from The path of the text that links, below the root.
	 * @return ?string Null where the target is there, or elsewhere.
	 */
	private static function problem( string $root, string $from, string $target ): ?string {
		if ( 1 === preg_match( '~^([a-z][a-z0-9+.-]*:|//)~i', $target ) ) {
			return null;
		}
		[ $path, $anchor ] = explode( '#', $target, 2 ) + [ 1 => '' ];
		$file              = '' === $path ? $from : self::resolved( str_starts_with( $path, '/' ) ? $path : dirname( $from ) . "/$path" );
		if ( null === $file || ! file_exists( "$root/$file" ) ) {
			return "the link $target leads nowhere";
		}
		if ( '' !== $anchor && ! in_array( rawurldecode( $anchor ), self::headings( "$root/$file" ), true ) ) {
			return "the link $target leads to no heading of $file";
		}
		return null;
	}

	/**
	 * @return ?string Below the root; null where it leads out of it.
	 */
	private static function resolved( string $path ): ?string {
		$parts = [];
		foreach ( explode( '/', rawurldecode( $path ) ) as $part ) {
			if ( '..' === $part && null === array_pop( $parts ) ) {
				return null;
			}
			if ( ! in_array( $part, [ '', '.', '..' ], true ) ) {
				$parts[] = $part;
			}
		}
		return implode( '/', $parts );
	}

	/**
	 * @return list<string> The names by which a text's headings are linked to; none if it is no text.
	 */
	private static function headings( string $path ): array {
		if ( ! is_file( $path ) || ! str_ends_with( $path, '.md' ) ) {
			return [];
		}
		$names = [];
		preg_match_all( '/^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$/m', self::without_blocks( (string) file_get_contents( $path ) ), $headings );
		foreach ( $headings[1] as $heading ) {
			$shown = (string) preg_replace( '/!?\[([^\]]*)\]\([^)]*\)/', '$1', $heading );
			$plain = str_replace( ' ', '-', (string) preg_replace( '/[^\p{L}\p{M}\p{N}\p{Pc} -]/u', '', mb_strtolower( $shown ) ) );
			$name  = $plain;
			for ( $more = 1; in_array( $name, $names, true ); $more++ ) {
				$name = "$plain-$more";
			}
			$names[] = $name;
		}
		return $names;
	}

	/**
	 * The text with blanks for all code in it, so that lines stay where they are.
	 */
	private static function without_code( string $text ): string {
		return self::blanked( '/(?<!`)(`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)\1(?!`)/s', self::without_blocks( $text ) );
	}

	private static function without_blocks( string $text ): string {
		return self::blanked( '/^[ \t>]*(`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*\1[`~]*[ \t]*$|\z)/ms', $text );
	}

	private static function blanked( string $pattern, string $text ): string {
		$blanks = static fn( array $match ): string => (string) preg_replace( '/[^\n]/', ' ', $match[0] );
		return preg_replace_callback( $pattern, $blanks, $text ) ?? throw new \RuntimeException( preg_last_error_msg() );
	}
}
