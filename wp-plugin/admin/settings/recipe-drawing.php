<?php
/**
 * A drawing of the form in Agile CRM that takes a webhook: where the address goes, where the parameters.
 *
 * It says nothing that the table above it does not, so it is left out for who hears the page.
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
	private const ROW = 26;

	public static function show( WebhookRecipe $recipe ): void {
		$rows = match ( $recipe->way ) {
			'post'    => [ 'URL', 'Method Type: POST', ...array_keys( $recipe->parameters() ), 'access_key', 'contact_id' ],
			'get'     => [ 'URL', 'Method Type: GET', 'contact_id' ],
			'account' => [ 'URL', '☑ Contact' ],
		};
		$path   = $recipe->is_campaign() ? 'Campaign → JSON IO' : 'Admin Settings → API & Analytics → Webhooks';
		$height = ( count( $rows ) + 1 ) * self::ROW + 14;
		printf( '<svg class="agile-bridge-drawing" lang="en" viewBox="0 0 360 %1$d" width="360" height="%1$d" aria-hidden="true" focusable="false" direction="ltr">', (int) $height );
		printf( '<rect x="1" y="1" width="358" height="%d" rx="4" class="agile-bridge-frame"/>', (int) $height - 2 );
		self::show_text( 12, 19, $path, 'title' );
		foreach ( $rows as $number => $row ) {
			$top = ( $number + 1 ) * self::ROW + 6;
			printf( '<circle cx="22" cy="%d" r="9" class="agile-bridge-dot"/>', (int) $top + 10 );
			self::show_text( 22, $top + 14, (string) ( $number + 1 ), 'number' );
			printf( '<rect x="40" y="%d" width="306" height="20" rx="3" class="agile-bridge-box"/>', (int) $top );
			self::show_text( 48, $top + 14, $row, 'text' );
		}
		echo '</svg>';
	}

	private static function show_text( int $x, int $y, string $text, string $kind ): void {
		printf( '<text x="%d" y="%d" class="agile-bridge-%s">%s</text>', (int) $x, (int) $y, esc_attr( $kind ), esc_html( $text ) );
	}
}
