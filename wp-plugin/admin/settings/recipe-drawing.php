<?php
/**
 * A drawing of where in Agile CRM the values go: which node of a campaign, or which page of the account, and which of its boxes. The
 * numbers are those of the rows above it; what a row says the drawing does not.
 *
 * Who hears the page is told the way in the sentence above the rows, so it is left out for them.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * With the words of Agile CRM's own screens, which are English.
 */
final class RecipeDrawing {

	/** In units of the drawing. */
	private const ROW = 17;

	/** Where the first box of the form is, and where its boxes begin. */
	private const TOP = 28;
	private const BOX = 240;

	/** What is above the rows of parameters: the address, and the method. */
	private const BEFORE_PARAMETERS = 2;

	public static function show( WebhookRecipe $recipe ): void {
		$rows   = $recipe->is_campaign() ? self::BEFORE_PARAMETERS + count( $recipe->grid() ) : 1;
		$height = max( 104, self::TOP + $rows * self::ROW + 8 );
		printf( '<svg class="agile-bridge-drawing" lang="en" viewBox="0 0 360 %1$d" width="360" height="%1$d" aria-hidden="true" focusable="false" direction="ltr">', (int) $height );
		$way = $recipe->is_campaign() ? [ 'Campaign', '', 'JSON IO', '' ] : [ 'Account', 'Admin Settings', 'API & Analytics', 'Webhooks' ];
		self::show_way( array_shift( $way ), $way, $recipe->is_campaign() ? 1 : 2 );
		self::show_box( 138, 1, 221, (int) $height - 2, 'frame' );
		self::show_text( 150, 17, $recipe->is_campaign() ? 'JSON IO' : 'Webhooks', 'title' );
		$recipe->is_campaign() ? self::show_node( $rows ) : self::show_account();
		echo '</svg>';
	}

	/**
	 * The way to the form, from above to below.
	 *
	 * @param list<string> $stations '' is any other node.
	 * @param int          $ours     The one that opens the form.
	 */
	private static function show_way( string $title, array $stations, int $ours ): void {
		self::show_text( 4, 17, $title, 'title' );
		foreach ( $stations as $place => $station ) {
			$top = self::TOP + $place * 26;
			if ( $place > 0 ) {
				printf( '<path d="M53 %d v6" class="agile-bridge-arrow"/>', (int) $top - 6 );
			}
			self::show_box( 2, $top, 104, 20, $ours === $place ? 'dot' : 'box' );
			self::show_text( 54, $top + 14, $station, $ours === $place ? 'ours' : 'station' );
		}
		printf( '<path d="M106 %1$d h24 m-5 -4 l5 4 l-5 4" class="agile-bridge-arrow"/>', (int) ( self::TOP + $ours * 26 + 10 ) );
	}

	private static function show_node( int $rows ): void {
		self::show_field( 0, 'URL', 108 );
		self::show_field( 1, 'Method Type', 52 );
		for ( $row = self::BEFORE_PARAMETERS; $row < $rows; $row++ ) {
			self::show_field( $row, self::BEFORE_PARAMETERS === $row ? 'Parameters' : '', 52 );
			self::show_box( self::BOX + 56, self::TOP + $row * self::ROW, 52, 13, 'box' );
		}
	}

	private static function show_account(): void {
		self::show_field( 0, 'URL', 108 );
		$top = self::TOP + self::ROW + 4;
		self::show_box( self::BOX, $top, 13, 13, 'box' );
		printf( '<path d="M%d %d l3 3 l5 -7" class="agile-bridge-arrow"/>', (int) self::BOX + 3, (int) $top + 6 );
		self::show_text( self::BOX + 20, $top + 11, 'Contact', 'text' );
	}

	/** A box of the form, with the number of its row. */
	private static function show_field( int $row, string $label, int $width ): void {
		$top = self::TOP + $row * self::ROW;
		self::show_text( 150, $top + 11, $label, 'text' );
		self::show_box( self::BOX, $top, $width, 13, 'box' );
		printf( '<circle cx="%d" cy="%d" r="7" class="agile-bridge-dot"/>', (int) self::BOX, (int) $top + 6 );
		self::show_text( self::BOX, $top + 10, (string) ( $row + 1 ), 'number' );
	}

	private static function show_box( int $x, int $y, int $width, int $height, string $kind ): void {
		printf( '<rect x="%d" y="%d" width="%d" height="%d" rx="3" class="agile-bridge-%s"/>', (int) $x, (int) $y, (int) $width, (int) $height, esc_attr( $kind ) );
	}

	private static function show_text( int $x, int $y, string $text, string $kind ): void {
		if ( '' !== $text ) {
			printf( '<text x="%d" y="%d" class="agile-bridge-%s">%s</text>', (int) $x, (int) $y, esc_attr( $kind ), esc_html( $text ) );
		}
	}
}
