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
		$tab = Tab::current();
		if ( Tab::Webhooks === $tab ) {
			wp_enqueue_style( 'agile-bridge-webhooks', plugins_url( 'webhooks.css', __FILE__ ), [ 'agile-bridge-settings' ], $version( 'webhooks.css' ) );
		}
		if ( Tab::Fields === $tab ) {
			wp_enqueue_style( 'agile-bridge-field-map', plugins_url( 'field-map.css', __FILE__ ), [ 'agile-bridge-settings' ], $version( 'field-map.css' ) );
			wp_enqueue_script( 'agile-bridge-field-map', plugins_url( 'field-map.js', __FILE__ ), [ 'jquery-ui-sortable', 'wp-a11y', 'wp-i18n' ], $version( 'field-map.js' ), [ 'in_footer' => true ] );
			wp_set_script_translations( 'agile-bridge-field-map', 'bridge-for-agile-crm' );
		}
	}

	/**
	 * What a tab saves is one form, and behind it are those of the buttons.
	 */
	private static function show(): void {
		$tab = Tab::current();
		?>
		<div class="wrap agile-bridge">
			<h1><?php echo esc_html( get_admin_page_title() ); ?></h1>
			<?php
			StatusLine::show();
			self::show_tabs();
			match ( $tab ) {
				Tab::Connect  => ConnectTab::show(),
				Tab::Webhooks => WebhooksTab::show(),
				Tab::Fields   => FieldMapSection::show(),
				Tab::Users    => self::show_form( UsersSection::show( ... ), RolesSection::show( ... ) ),
				Tab::TryIt    => TryTab::show(),
				Tab::Advanced => self::show_form( ProcessingSection::show( ... ), SiteSection::show( ... ), AlertsSection::show( ... ), KeepingSection::show( ... ) ),
			};
		?>
		</div>
		<?php
		Buttons::show_forms( $tab );
	}

	private static function show_tabs(): void {
		printf( '<nav class="nav-tab-wrapper wp-clearfix" aria-label="%s">', esc_attr__( 'Settings', 'bridge-for-agile-crm' ) );
		foreach ( Tab::cases() as $tab ) {
			$is_current = Tab::current() === $tab;
			printf(
				'<a href="%s" class="nav-tab%s"%s>%s</a>',
				esc_url( Place::url( $tab ) ),
				$is_current ? ' nav-tab-active' : '',
				$is_current ? ' aria-current="page"' : '',
				esc_html( $tab->label() )
			);
		}
		echo '</nav>';
	}

	private static function show_form( callable ...$sections ): void {
		Form::begin( admin_url( 'options.php' ) );
		array_map( static fn( callable $section ) => $section(), $sections );
		Form::end();
	}
}
