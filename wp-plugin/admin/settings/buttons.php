<?php
/**
 * The buttons of the settings screen that are not 'Save': each a form of its own that posts to the screen itself.
 *
 * They stand inside the form of what is saved, and belong to their own by the `form` attribute: forms cannot be nested.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

defined( 'ABSPATH' ) || exit;

final class Buttons {

	public const ACTIONS = [
		'new_key'     => Tab::Webhooks,
		'own_key'     => Tab::Webhooks,
		'revoke_key'  => Tab::Webhooks,
		'self_test'   => Tab::Webhooks,
		'apply'       => Tab::TryIt,
		'replay_dead' => Tab::Advanced,
	];

	/** The button of the first tab's own form, which saves it besides. */
	public const SAVE_AND_TEST = 'save_and_test';

	/**
	 * @param string $about What it is about, where several are of one form: sent as `agile_bridge_about`.
	 */
	public static function show( string $action, string $label, bool $enabled = true, string $about = '' ): void {
		printf(
			'<button type="submit" class="button" form="%s"%s%s>%s</button>',
			esc_attr( self::form_id( $action ) ),
			'' === $about ? '' : sprintf( ' name="agile_bridge_about" value="%s"', esc_attr( $about ) ),
			disabled( $enabled, false, false ),
			esc_html( $label )
		);
	}

	public static function show_forms( Tab $tab ): void {
		array_map( self::show_form( ... ), array_keys( self::ACTIONS, $tab, true ) );
	}

	private static function show_form( string $action ): void {
		?>
		<form id="<?php echo esc_attr( self::form_id( $action ) ); ?>" action="<?php echo esc_url( Place::url( self::ACTIONS[ $action ] ) ); ?>" method="post" hidden>
			<?php wp_nonce_field( "agile_bridge_$action", '_wpnonce', true ); ?>
			<input type="hidden" name="agile_bridge_action" value="<?php echo esc_attr( $action ); ?>">
		</form>
		<?php
	}

	public static function form_id( string $action ): string {
		return "agile-bridge-$action-form";
	}
}
