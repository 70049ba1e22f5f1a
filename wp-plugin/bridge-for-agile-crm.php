<?php
/**
 * Plugin Name:       Bridge for Agile CRM
 * Description:       Contacts of Agile CRM become users of this site: webhooks and campaigns create them, update them and keep their tags.
 * Version:           0.1.0
 * Requires at least: 6.8
 * Requires PHP:      8.2
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       bridge-for-agile-crm
 *
 * What this plugin adds to a site, as a list of its hooks. Everything else is loaded when one of them needs it: a page of
 * the site that is not a webhook loads this file alone, and makes no query for us.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/*
 * Webhooks. Only WordPress' index.php defines WP_USE_THEMES: not the dashboard, admin-ajax, the login page, XML-RPC, cron or
 * WP-CLI. A wrong access key is turned away here and now; the rest is answered at the end of `init`.
 */
// PHP reads no form without a content type; the extension does. (Such a request is no page view.)
$agile_bridge_has_form = isset( $_POST['wpf_action'] ) || ( 'POST' === ( $_SERVER['REQUEST_METHOD'] ?? '' ) && '' === ( $_SERVER['CONTENT_TYPE'] ?? '' ) );
// phpcs:ignore WordPress.Security.NonceVerification -- callers show the access key instead.
if ( defined( 'WP_USE_THEMES' ) && \WP_USE_THEMES && ( isset( $_GET['wpf_action'] ) || $agile_bridge_has_form ) ) {
	// PHP makes `wpf_action` of `wpf.action` and others too, which are not ours: the raw names decide.
	$agile_bridge_is_named = static function ( string $raw ): bool {
		foreach ( explode( '&', $raw ) as $parameter ) {
			if ( 'wpf_action' === urldecode( explode( '=', $parameter, 2 )[0] ) ) {
				return true;
			}
		}
		return false;
	};
	// phpcs:ignore WordPress.Security -- compared, and nothing else.
	if ( $agile_bridge_is_named( (string) ( $_SERVER['QUERY_STRING'] ?? '' ) )
		|| ( $agile_bridge_has_form && $agile_bridge_is_named( (string) file_get_contents( 'php://input', false, null, 0, 1048577 ) ) ) ) {
		require_once __DIR__ . '/inc/webhook.php';
		receive_webhook();
	}
	unset( $agile_bridge_is_named );
}
unset( $agile_bridge_has_form );

/*
 * On a network all sites but the first keep links and tags under keys of their own (inc/link.php says why); who reads the
 * usual keys on such a site gets these.
 */
if ( is_multisite() ) {
	add_filter(
		'get_user_metadata',
		static function ( $rows, $user_id, $key ) {
			global $wpdb;
			if ( ( 'agilecrm_contact_id' !== $key && 'agilecrm_tags' !== $key ) || $wpdb->get_blog_prefix() === $wpdb->base_prefix ) {
				return $rows;
			}
			$read = static fn( string $name ) => get_metadata_raw( 'user', (int) $user_id, $wpdb->get_blog_prefix() . $name, false );
			// Who is linked here and has no tags here has none, whatever another site gave them.
			$none = 'agilecrm_tags' === $key && $read( 'agilecrm_contact_id' ) ? [ [] ] : $rows;
			return $read( $key ) ?: $none;
		},
		10,
		3
	);
}

/*
 * The inbox: WP-Cron drains it where no webhook comes by, and looks every hour for changes that no webhook told.
 */
add_filter(
	'cron_schedules', // phpcs:ignore WordPress.WP.CronInterval -- it looks whether something waits, and that is one query.
	static fn( $schedules ) => (array) $schedules + [
		'agile_bridge_minute' => [
			'interval' => 60,
			'display'  => 'Bridge for Agile CRM',
		],
	]
);
add_action(
	'agile_bridge_drain',
	static function (): void {
		require_once __DIR__ . '/inc/drain.php';
		drain_by_cron();
	}
);
add_action(
	'agile_bridge_reconcile',
	static function (): void {
		require_once __DIR__ . '/inc/reconcile.php';
		reconcile_by_cron();
	}
);

/* A site that leaves a network takes its tables with it. */
if ( is_multisite() ) {
	add_filter(
		'wpmu_drop_tables',
		static function ( $tables ) {
			require_once __DIR__ . '/inc/schema.php';
			return [ ...(array) $tables, events_table(), leases_table() ];
		}
	);
}

/* The settings screen, and the notice where the PHP extension is missing. */
if ( is_admin() ) {
	$on = static function ( string $hook, string $file, string $callback, int $arguments = 1 ): void {
		$run = static function ( ...$args ) use ( $file, $callback ) {
			foreach ( [ 'inc/requirements.php', 'inc/settings.php', "admin/$file" ] as $needed ) {
				require_once __DIR__ . "/$needed";
			}
			return ( __NAMESPACE__ . "\\Admin\\$callback" )( ...$args );
		};
		add_filter( $hook, $run, 10, $arguments );
	};
	$on( 'admin_menu', 'settings-screen.php', 'add_settings_page' );
	$on( 'admin_init', 'saving.php', 'register_settings' );
	$on( 'load-settings_page_bridge-for-agile-crm', 'actions.php', 'handle_action' );
	$on( 'admin_enqueue_scripts', 'settings-screen.php', 'enqueue_assets' );
	$on( 'plugin_action_links_' . plugin_basename( __FILE__ ), 'settings-screen.php', 'add_settings_link' );
	$on( 'admin_notices', 'extension-notice.php', 'show_extension_notice' );
	$on( 'network_admin_notices', 'extension-notice.php', 'show_extension_notice' );
	$on( 'admin_notices', 'inbox-notice.php', 'show_inbox_notice' );
	unset( $on );
}

/* Activation makes the first access key and the tables; deactivation stops WP-Cron's events. Nothing else relies on either. */
register_activation_hook(
	__FILE__,
	static function (): void {
		foreach ( [ 'inc/requirements.php', 'inc/settings.php', 'admin/activation.php' ] as $needed ) {
			require_once __DIR__ . "/$needed";
		}
		Admin\activate();
	}
);
register_deactivation_hook(
	__FILE__,
	static function (): void {
		wp_clear_scheduled_hook( 'agile_bridge_drain' );
		wp_clear_scheduled_hook( 'agile_bridge_reconcile' );
	}
);
