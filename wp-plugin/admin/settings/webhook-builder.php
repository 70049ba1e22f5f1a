<?php
/**
 * 'What should happen?': four choices, and beside them what to put into Agile CRM for it.
 *
 * The choices are a form of the page's own address: what it shows can be reloaded, and a colleague can be sent it. settings.js
 * shows the result while one chooses; without it there is a button.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\User\Roles;

defined( 'ABSPATH' ) || exit;

final class WebhookBuilder {

	/** @param list<ShownKey> $keys Those that can be shown whole, the newer one first; not empty. */
	public static function show( array $keys ): void {
		$recipe = WebhookRecipe::of_request();
		$key    = self::chosen( $keys );
		?>
		<p><?php esc_html_e( 'Choosing saves nothing; copy the numbered values into Agile CRM.', 'bridge-for-agile-crm' ); ?></p>
		<div class="agile-bridge-builder">
			<form method="get" action="<?php echo esc_url( admin_url( 'options-general.php' ) ); ?>" data-agile-bridge-shows="agile-bridge-recipe">
				<input type="hidden" name="page" value="<?php echo esc_attr( Place::SLUG ); ?>">
				<input type="hidden" name="tab" value="<?php echo esc_attr( Tab::Webhooks->value ); ?>">
				<?php
				self::show_radios(
					'do',
					__( 'What should happen?', 'bridge-for-agile-crm' ),
					[
						'add'         => __( 'Create users and keep them current', 'bridge-for-agile-crm' ),
						'update'      => __( 'Only keep existing users current', 'bridge-for-agile-crm' ),
						'update_tags' => __( 'Only their tags', 'bridge-for-agile-crm' ),
					],
					$recipe->action
				);
				self::show_radios(
					'way',
					__( 'From where?', 'bridge-for-agile-crm' ),
					[
						'post'    => __( 'A campaign, method POST: the access key stays out of server logs', 'bridge-for-agile-crm' ),
						'get'     => __( 'A campaign, method GET', 'bridge-for-agile-crm' ),
						'account' => __( 'The whole account: every contact that is created or changed', 'bridge-for-agile-crm' ),
					],
					$recipe->way
				);
				self::show_keys( $keys, $key );
				self::show_role( $recipe->role );
				?>
				<p class="agile-bridge-of-add">
					<label><input type="checkbox" name="mail" value="1" <?php checked( $recipe->mails ); ?>> <?php esc_html_e( 'Send new users WordPress\' welcome mail', 'bridge-for-agile-crm' ); ?></label>
					<span class="description"><?php echo esc_html( WelcomeChoices::hint() ); ?></span>
				</p>
				<p class="hide-if-js"><button type="submit" class="button"><?php esc_html_e( 'Show', 'bridge-for-agile-crm' ); ?></button></p>
			</form>
			<div id="agile-bridge-recipe" aria-live="polite">
				<?php RecipeSection::show( $recipe, (string) $key->key ); ?>
			</div>
		</div>
		<?php
	}

	/** @param array<string, string> $choices Value => label. */
	private static function show_radios( string $name, string $legend, array $choices, string $chosen ): void {
		printf( '<fieldset><legend><strong>%s</strong></legend>', esc_html( $legend ) );
		foreach ( $choices as $value => $label ) {
			printf( '<label><input type="radio" name="%s" value="%s" %s> %s</label>', esc_attr( $name ), esc_attr( $value ), checked( $value, $chosen, false ), esc_html( $label ) );
		}
		echo '</fieldset>';
	}

	/** @param list<ShownKey> $keys */
	private static function chosen( array $keys ): ShownKey {
		// phpcs:ignore WordPress.Security.NonceVerification -- it only chooses what is shown.
		$id = is_string( $_GET['key'] ?? null ) ? sanitize_key( $_GET['key'] ) : '';
		return array_column( $keys, null, 'id' )[ $id ] ?? $keys[0];
	}

	/** @param list<ShownKey> $keys One is no choice. */
	private static function show_keys( array $keys, ShownKey $chosen ): void {
		if ( count( $keys ) < 2 ) {
			return;
		}
		printf( '<p class="agile-bridge-line"><label for="agile-bridge-key"><strong>%s</strong></label>', esc_html__( 'Access key', 'bridge-for-agile-crm' ) );
		$attributes = [
			'id'   => 'agile-bridge-key',
			'name' => 'key',
		];
		Fields::show_select( array_map( static fn( ShownKey $key ): string => $key->name(), array_column( $keys, null, 'id' ) ), $chosen->id, $attributes );
		echo '</p>';
	}

	private static function show_role( string $chosen ): void {
		/* translators: %s: name of a role. */
		$choices = [ '' => sprintf( __( 'Site default (%s)', 'bridge-for-agile-crm' ), RoleChoices::name( Roles::default_role() ) ) ] + RoleChoices::all();
		printf( '<p class="agile-bridge-line agile-bridge-of-users"><label for="agile-bridge-role"><strong>%s</strong></label>', esc_html__( 'Role', 'bridge-for-agile-crm' ) );
		$attributes = [
			'id'   => 'agile-bridge-role',
			'name' => 'role',
		];
		Fields::show_select( $choices, $chosen, $attributes );
		echo '</p>';
	}
}
