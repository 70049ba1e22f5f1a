<?php
/**
 * Plugin Name:       Bridge for Agile CRM
 * Description:       Contacts of Agile CRM become users of this site: webhooks and campaigns create them, update them and keep their tags.
 * Version:           0.1.0
 * Requires at least: 6.8
 * Requires PHP:      8.2
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Update URI:        false
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

/* A class loads itself: AgileBridge\Plugin\Inbox\ClaimLost is in inbox/claim-lost.php. */
spl_autoload_register(
	static function ( string $name ): void {
		if ( str_starts_with( $name, __NAMESPACE__ . '\\' ) ) {
			$path = str_replace( '\\', '/', substr( $name, strlen( __NAMESPACE__ ) ) );
			$file = __DIR__ . strtolower( (string) preg_replace( '/(?<=[a-z])[A-Z]/', '-$0', $path ) ) . '.php';
			// (No class is outside of a room: what stands here are programs. What PHP has compiled it finds without asking the disk, which a
			// webhook would do for 80 files.)
			if ( strrpos( $path, '/' ) > 0 && false !== stream_resolve_include_path( $file ) ) {
				require $file;
			}
		}
	},
	// Before WordPress' own, which would be asked for each of them in vain.
	prepend: true
);

if ( defined( 'AGILE_BRIDGE_CLASSES_ONLY' ) ) {
	// Not active, and needed all the same: by drain.php and uninstall.php.
	return;
}

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
		Webhook\Request::receive();
	}
	unset( $agile_bridge_is_named );
}
unset( $agile_bridge_has_form );

/*
 * The inbox: WP-Cron drains it where no webhook comes by, and looks every hour for changes that no webhook told. Before that it is
 * noted whether this PHP has the extension, every minute if it has not: WP-Cron's may be another one than the one by which you
 * see the dashboard. An update puts the site into maintenance, and what calls it then is answered by WordPress before any plugin
 * loads: it is looked for right after.
 */
add_action( 'agile_bridge_drain', [ Site\Stats::class, 'note_cron_php_that_cannot_drain' ], 9 );
add_action( 'agile_bridge_reconcile', [ Site\Stats::class, 'note_cron_php' ], 9 );
if ( wp_doing_cron() ) {
	// Where somebody has emptied WP-Cron's list, and on a site that came to a network later: it costs no query.
	add_action( 'init', [ Site\Schedule::class, 'ensure' ] );
}
add_filter( 'cron_schedules', 'AgileBridge\Plugin\add_minute_schedule' ); // phpcs:ignore WordPress.WP.CronInterval -- see there.
add_action( 'agile_bridge_drain', [ Work\Drain::class, 'by_cron' ] );
add_action( 'agile_bridge_drain', [ Admin\Alerts\AlertMail::class, 'by_cron' ], 20 );
add_action( 'agile_bridge_reconcile', [ Upkeep\Look::class, 'by_cron' ] );
add_action( 'upgrader_process_complete', [ Upkeep\Look::class, 'after_update' ], 10, 2 );

/* Who is linked to a contact is found by an index, which is told before anybody writes such a link. */
add_filter( 'add_user_metadata', 'AgileBridge\Plugin\note_link', 10, 4 );
add_filter( 'update_user_metadata', 'AgileBridge\Plugin\note_link', 10, 4 );
add_filter( 'update_user_metadata_by_mid', [ User\LinkIndex::class, 'note_row' ], 10, 4 );
add_action( 'deleted_user', [ User\LinkIndex::class, 'forget' ] );

/* Who deletes a user may not want them back by the next webhook. */
add_action( 'delete_user', [ User\Deleted::class, 'remember' ] );
add_action( 'remove_user_from_blog', [ User\Deleted::class, 'remember' ] );

/* Where several sites share their users, each reads its own links and tags; one that leaves a network takes its tables with it. */
if ( is_multisite() || users_are_borrowed() ) {
	add_filter( 'get_user_metadata', 'AgileBridge\Plugin\read_meta_of_this_site', 10, 3 );
}
if ( is_multisite() ) {
	add_filter( 'wpmu_drop_tables', [ Inbox\Schema::class, 'add_to_dropped_tables' ] );
}

/*
 * Updates come with the extension. The header says so to wordpress.org, which heeds it; WordPress itself heeds nothing, and some
 * sites ask another server in its place.
 */
add_filter( 'site_transient_update_plugins', 'AgileBridge\Plugin\drop_foreign_update' );

/* The settings screen, the activity, our parts of the users' screens, the notices, and our lines in Site Health. */
if ( is_admin() ) {
	add_action( 'admin_menu', [ Admin\Settings\Screen::class, 'add_page' ] );
	add_action( 'admin_init', [ Admin\Settings\Saving::class, 'register' ] );
	add_action( 'load-settings_page_bridge-for-agile-crm', [ Admin\Settings\Actions::class, 'handle' ] );
	add_action( 'admin_enqueue_scripts', [ Admin\Settings\Screen::class, 'enqueue_assets' ] );
	add_action( 'admin_menu', [ Admin\Activity\Screen::class, 'add_page' ] );
	add_action( 'load-tools_page_agile-bridge-activity', [ Admin\Activity\Actions::class, 'handle' ] );
	add_action( 'admin_enqueue_scripts', [ Admin\Activity\Screen::class, 'enqueue_assets' ] );
	add_action( 'load-users.php', [ Admin\Users\UsersList::class, 'begin' ] );
	add_action( 'load-user-edit.php', [ Admin\Users\Profile::class, 'begin' ] );
	add_action( 'load-profile.php', [ Admin\Users\Profile::class, 'begin' ] );
	add_action( 'wp_ajax_agile_bridge_sync', [ Admin\Users\SyncNotice::class, 'answer' ] );
	add_filter( 'set_screen_option_agile_bridge_activity_per_page', [ Admin\Activity\Actions::class, 'keep_rows_per_page' ], 10, 3 );
	add_filter( 'plugin_action_links_' . plugin_basename( __FILE__ ), [ Admin\Settings\Screen::class, 'add_link' ] );
	add_action( 'admin_notices', [ Admin\Notices\ExtensionNotice::class, 'show' ] );
	add_action( 'network_admin_notices', [ Admin\Notices\ExtensionNotice::class, 'show' ] );
	add_action( 'admin_notices', [ Admin\Notices\InboxNotice::class, 'show' ] );
	add_action( 'admin_notices', [ Admin\Notices\CopyNotice::class, 'show' ] );
	add_action( 'admin_notices', [ Admin\Notices\EmailNotice::class, 'show' ] );
	add_action( 'admin_notices', [ Admin\Notices\ProtectedNotice::class, 'show' ] );
	add_filter( 'site_status_tests', [ Admin\Health\ExtensionHealth::class, 'add' ] );
	add_filter( 'site_status_tests', [ Admin\Health\SelfTestHealth::class, 'add' ] );
}

/* Activation makes the first access key and the tables; deactivation stops WP-Cron's events. Nothing else relies on either. */
register_activation_hook( __FILE__, [ Admin\Activation::class, 'activate' ] );
register_deactivation_hook( __FILE__, [ Site\Schedule::class, 'stop' ] );

/**
 * Every minute WP-Cron looks whether something waits, and that is one query.
 *
 * @param mixed $schedules
 * @return array<string, mixed>
 */
function add_minute_schedule( $schedules ): array {
	return (array) $schedules + [
		'agile_bridge_minute' => [
			'interval' => 60,
			'display'  => 'Bridge for Agile CRM',
		],
	];
}

/**
 * Whoever registers this plugin's name elsewhere does not ship code to here.
 *
 * @param mixed $updates As WordPress keeps them.
 * @return mixed
 */
function drop_foreign_update( $updates ) {
	$file = plugin_basename( __FILE__ );
	if ( is_object( $updates ) && isset( $updates->response[ $file ] ) ) {
		$updates = clone $updates;
		unset( $updates->response[ $file ] );
	}
	return $updates;
}

/**
 * Here, because any page of the site may write user meta, each login does, and hardly any of it is a link.
 *
 * @param mixed $check   Not ours to decide.
 * @param mixed $user_id
 * @param mixed $key
 * @param mixed $value   Unslashed.
 * @return mixed
 */
function note_link( $check = null, $user_id = 0, $key = '', $value = null ) {
	return is_string( $key ) && str_ends_with( $key, 'agilecrm_contact_id' ) ? User\LinkIndex::note( $check, $user_id, $key, $value ) : $check;
}

/**
 * What Site\UserTables tells all others; here, because every page of the site asks.
 */
function users_are_borrowed(): bool {
	global $wpdb;
	return $wpdb->users !== $wpdb->base_prefix . 'users' || $wpdb->usermeta !== $wpdb->base_prefix . 'usermeta';
}

/**
 * On a network all sites but the first, and a site whose users are in another installation's tables, keep links and tags under
 * keys of their own (user/links.php says why); who reads the usual keys on such a site gets these. Here, because any page of the site may read them.
 *
 * @param mixed $rows    Not null: another plugin has decided.
 * @param mixed $user_id
 * @param mixed $key
 * @return mixed
 */
function read_meta_of_this_site( $rows = null, $user_id = 0, $key = '' ) {
	global $wpdb;
	if ( 'agilecrm_contact_id' !== $key && 'agilecrm_tags' !== $key ) {
		return $rows;
	}
	if ( $wpdb->get_blog_prefix() === $wpdb->base_prefix && ! users_are_borrowed() ) {
		return $rows;
	}
	$read = static fn( string $name ) => get_metadata_raw( 'user', (int) $user_id, $wpdb->get_blog_prefix() . $name, false );
	// Who is linked here and has no tags here has none, whatever another site gave them.
	$none = 'agilecrm_tags' === $key && $read( 'agilecrm_contact_id' ) ? [ [] ] : $rows;
	return $read( $key ) ?: $none;
}
