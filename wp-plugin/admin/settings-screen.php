<?php
/**
 * Settings → Bridge for Agile CRM: the page around its sections.
 *
 * Hooks (namespace AgileBridge\Plugin\Admin; listed in the main file):
 *   admin_menu                                    add_settings_page      this file
 *   admin_enqueue_scripts                         enqueue_assets         this file
 *   plugin_action_links_{plugin}                  add_settings_link      this file
 *   admin_init                                    register_settings      saving.php
 *   load-settings_page_bridge-for-agile-crm       handle_action          actions.php
 *   admin_notices, network_admin_notices          show_extension_notice  extension-notice.php
 *   admin_notices                                 show_inbox_notice      inbox-notice.php
 *   register_activation_hook                      activate               activation.php
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin;

defined( 'ABSPATH' ) || exit;

const SLUG = 'bridge-for-agile-crm';

/** WordPress makes it of the menu it is under and the slug. */
const SCREEN_ID = 'settings_page_' . SLUG;

function add_settings_page(): void {
	add_options_page(
		__( 'Bridge for Agile CRM', 'bridge-for-agile-crm' ),
		__( 'Bridge for Agile CRM', 'bridge-for-agile-crm' ),
		'manage_options',
		SLUG,
		__NAMESPACE__ . '\show_settings_page'
	);
}

/**
 * @param array<string> $links Of our row in the list of plugins.
 * @return array<string>
 */
function add_settings_link( array $links ): array {
	$link = sprintf( '<a href="%s">%s</a>', esc_url( screen_url() ), esc_html__( 'Settings', 'bridge-for-agile-crm' ) );
	return current_user_can( 'manage_options' ) ? [ 'settings' => $link ] + $links : $links;
}

function screen_url(): string {
	return admin_url( 'options-general.php?page=' . SLUG );
}

function enqueue_assets( string $screen ): void {
	if ( SCREEN_ID !== $screen ) {
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
 * One form for all that is saved. The buttons inside it that do something else belong, by their `form` attribute, to forms
 * of their own at the end of the page: forms cannot be nested.
 */
function show_settings_page(): void {
	require_once __DIR__ . '/saving.php';
	require_once __DIR__ . '/actions.php';
	require_once __DIR__ . '/account-section.php';
	require_once __DIR__ . '/webhooks-section.php';
	require_once __DIR__ . '/users-section.php';
	require_once __DIR__ . '/field-map-section.php';
	require_once __DIR__ . '/processing-section.php';
	?>
	<div class="wrap agile-bridge">
		<h1><?php echo esc_html( get_admin_page_title() ); ?></h1>
		<p><?php esc_html_e( 'Receives webhooks from Agile CRM and keeps the users of this site in step with its contacts.', 'bridge-for-agile-crm' ); ?></p>
		<form action="<?php echo esc_url( admin_url( 'options.php' ) ); ?>" method="post">
			<?php
			settings_fields( GROUP );
			show_account_section();
			show_webhooks_section();
			show_users_section();
			show_field_map_section();
			show_processing_section();
			?>
			<input type="hidden" name="<?php echo esc_attr( field_name( 'complete' ) ); ?>" value="1">
			<?php submit_button(); ?>
		</form>
		<?php array_map( __NAMESPACE__ . '\show_action_form', ACTIONS ); ?>
	</div>
	<?php
}

function show_action_form( string $action ): void {
	?>
	<form id="<?php echo esc_attr( action_form_id( $action ) ); ?>" action="<?php echo esc_url( screen_url() ); ?>" method="post" hidden>
		<?php wp_nonce_field( "agile_bridge_$action", '_wpnonce', true ); ?>
		<input type="hidden" name="agile_bridge_action" value="<?php echo esc_attr( $action ); ?>">
	</form>
	<?php
}

function show_action_button( string $action, string $label, bool $enabled = true ): void {
	printf(
		'<button type="submit" class="button" form="%s"%s>%s</button>',
		esc_attr( action_form_id( $action ) ),
		disabled( $enabled, false, false ),
		esc_html( $label )
	);
}

function action_form_id( string $action ): string {
	return "agile-bridge-$action-form";
}
