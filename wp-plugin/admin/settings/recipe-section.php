<?php
/**
 * What to put into Agile CRM, in the order of its own form: each value with a button that copies it, and a drawing of where it goes.
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
		self::show_row( 'URL', $url, $recipe->is_address() ? str_replace( rawurlencode( $key ), AccessKeys::masked( $key ), $url ) : null );
		if ( $recipe->is_campaign() ) {
			printf( '<tr><th scope="row"><code>Method</code></th><td><code>%s</code></td></tr>', $recipe->is_address() ? 'GET' : 'POST' );
			if ( ! $recipe->is_address() ) {
				array_map( self::show_row( ... ), array_keys( $recipe->parameters() ), $recipe->parameters() );
				self::show_row( 'access_key', $key, AccessKeys::masked( $key ) );
			}
			self::show_row( 'contact_id', '{{id}}' );
		}
		echo '</tbody></table>';
		RecipeDrawing::show( $recipe );
	}

	/** @param ?string $shown What stands there in place of a secret. */
	private static function show_row( string $name, #[\SensitiveParameter] string $value, ?string $shown = null ): void {
		printf( '<tr><th scope="row"><code>%s</code></th><td>', esc_html( $name ) );
		Fields::show_copy_field( 'agile-bridge-recipe-' . sanitize_key( $name ), $name, $value, $shown );
		echo '</td></tr>';
	}
}
