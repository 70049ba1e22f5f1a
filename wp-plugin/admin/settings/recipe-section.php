<?php
/**
 * What to put into Agile CRM, in the order of its own form: each value numbered, with a button that copies it, and a drawing of where
 * the numbers go.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

defined( 'ABSPATH' ) || exit;

final class RecipeSection {

	public static function show( WebhookRecipe $recipe, #[\SensitiveParameter] string $key ): void {
		printf(
			'<p>%s</p>',
			$recipe->is_campaign()
				? esc_html__( 'In your campaign, add a JSON IO node and connect it. It needs:', 'bridge-for-agile-crm' )
				: esc_html__( 'In Agile CRM open Admin Settings → API & Analytics → Webhooks, paste this address, check Contact, and save. An account has one such address.', 'bridge-for-agile-crm' )
		);
		echo '<table class="agile-bridge-recipe"><tbody>';
		$url = $recipe->url( $key );
		$number = 1;
		self::show_row( $number, 'URL', $url, $recipe->is_address() ? str_replace( rawurlencode( $key ), AccessKeys::masked( $key ), $url ) : null );
		if ( $recipe->is_campaign() ) {
			printf( '<tr>%s<td><code>%s</code></td></tr>', self::heading( ++$number, 'Method' ), $recipe->is_address() ? 'GET' : 'POST' ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
			foreach ( $recipe->grid() as $name => $value ) {
				'access_key' === $name ? self::show_row( ++$number, $name, $key, AccessKeys::masked( $key ) ) : self::show_row( ++$number, $name, $value );
			}
		}
		echo '</tbody></table>';
		RecipeDrawing::show( $recipe );
	}

	/** @param ?string $shown What stands there in place of a secret. */
	private static function show_row( int $number, string $name, #[\SensitiveParameter] string $value, ?string $shown = null ): void {
		echo '<tr>' . self::heading( $number, $name ) . '<td>'; // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		Fields::show_copy_field( 'agile-bridge-recipe-' . sanitize_key( $name ), $name, $value, $shown );
		echo '</td></tr>';
	}

	/** HTML. */
	private static function heading( int $number, string $name ): string {
		return sprintf( '<th scope="row"><span class="agile-bridge-step" aria-hidden="true">%d</span> <code>%s</code></th>', $number, esc_html( $name ) );
	}
}
