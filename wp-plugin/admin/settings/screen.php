<?php
/**
 * Settings → Bridge for Agile CRM: the page around its sections.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

defined( 'ABSPATH' ) || exit;

final class Screen {

	public static function add_page(): void {
		add_options_page(
			__( 'Bridge for Agile CRM', 'bridge-for-agile-crm' ),
			__( 'Bridge for Agile CRM', 'bridge-for-agile-crm' ),
			'manage_options',
			Place::SLUG,
			self::show( ... )
		);
	}

	/**
	 * @param mixed $links Of our row in the list of plugins.
	 * @return array<string>
	 */
	public static function add_link( $links ): array {
		$links = (array) $links;
		$link = sprintf( '<a href="%s">%s</a>', esc_url( Place::url() ), esc_html__( 'Settings', 'bridge-for-agile-crm' ) );
		return current_user_can( 'manage_options' ) ? [ 'settings' => $link ] + $links : $links;
	}

	/**
	 * @param mixed $screen
	 */
	public static function enqueue_assets( $screen = '' ): void {
		if ( Place::SCREEN_ID !== $screen ) {
			return;
		}
		$version = static fn( string $file ): string => (string) filemtime( __DIR__ . '/' . $file );
		wp_enqueue_style( 'agile-bridge-settings', plugins_url( 'settings.css', __FILE__ ), [], $version( 'settings.css' ) );
		wp_enqueue_script(
			'agile-bridge-settings',
			plugins_url( 'settings.js', __FILE__ ),
			[ 'wp-a11y', 'wp-i18n' ],
			$version( 'settings.js' ),
			[ 'in_footer' => true ]
		);
		wp_set_script_translations( 'agile-bridge-settings', 'bridge-for-agile-crm' );
	}

	/**
	 * One form for all that is saved, and behind it those of the buttons.
	 */
	private static function show(): void {
		?>
		<div class="wrap agile-bridge">
			<h1><?php echo esc_html( get_admin_page_title() ); ?></h1>
			<p><?php esc_html_e( 'Receives webhooks from Agile CRM and keeps the users of this site in step with its contacts.', 'bridge-for-agile-crm' ); ?></p>
			<form action="<?php echo esc_url( admin_url( 'options.php' ) ); ?>" method="post">
				<?php
				settings_fields( Form::GROUP );
				AccountSection::show();
				WebhooksSection::show();
				UsersSection::show();
				RolesSection::show();
				FieldMapSection::show();
				ProcessingSection::show();
				?>
				<input type="hidden" name="<?php echo esc_attr( Fields::field_name( 'complete' ) ); ?>" value="1">
				<?php submit_button(); ?>
			</form>
			<?php array_map( Buttons::show_form( ... ), Buttons::ACTIONS ); ?>
		</div>
		<?php
	}
}
