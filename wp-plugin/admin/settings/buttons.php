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
		'new_key'      => Tab::Webhooks,
		'own_key'      => Tab::Webhooks,
		'revoke_key'   => Tab::Webhooks,
		'self_test'    => Tab::Webhooks,
		'apply'        => Tab::TryIt,
		'replay_dead'  => Tab::Advanced,
		'live_site'    => Tab::Advanced,
		'copy_of_site' => Tab::Advanced,
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
		array_map( static fn( string $action ) => self::show_form( $action ), array_keys( self::ACTIONS, $tab, true ) );
	}

	/**
	 * On any page, each with its form behind it.
	 *
	 * @param array<string, string> $labels By the actions.
	 */
	public static function show_with_forms( array $labels ): void {
		echo '<p>';
		foreach ( $labels as $action => $label ) {
			printf( '<button type="submit" class="button" form="%s">%s</button> ', esc_attr( self::form_id( $action ) . '-here' ), esc_html( $label ) );
		}
		echo '</p>';
		foreach ( array_keys( $labels ) as $action ) {
			self::show_form( $action, self::form_id( $action ) . '-here' );
		}
	}

	private static function show_form( string $action, ?string $id = null ): void {
		?>
		<form id="<?php echo esc_attr( $id ?? self::form_id( $action ) ); ?>" action="<?php echo esc_url( Place::url( self::ACTIONS[ $action ] ) ); ?>" method="post" hidden>
			<input type="hidden" name="_wpnonce" value="<?php echo esc_attr( wp_create_nonce( "agile_bridge_$action" ) ); ?>">
			<input type="hidden" name="agile_bridge_action" value="<?php echo esc_attr( $action ); ?>">
		</form>
		<?php
	}

	public static function form_id( string $action ): string {
		return "agile-bridge-$action-form";
	}
}
