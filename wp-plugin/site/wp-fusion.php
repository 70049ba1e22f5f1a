<?php
/**
 * Living beside WP Fusion and WP Fusion Lite. (Their hooks are fired by hooks.php.)
 *
 * Facts from WP Fusion Lite's published source: the full plugin is the class WP_Fusion, the free one WP_Fusion_Lite; the
 * option `wpf_options` names the chosen CRM in `crm`; WPF_User pushes users back to the CRM from WordPress' own user hooks.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class WpFusion {

	/**
	 * Where WP Fusion would call the CRM back, or end the request. Besides WordPress' hooks on users there are its own:
	 * on `wpf_user_imported` it returns passwords, of which we pass none on.
	 */
	private const DETACHED_HOOKS = [
		'user_register',
		'profile_update',
		'added_user_meta',
		'updated_user_meta',
		'set_user_role',
		'add_user_role',
		'remove_user_role',
		'add_user_to_blog',
		'wpf_user_imported',
		'wpf_api_success',
		'wpf_api_fail',
	];

	public static function is_active(): bool {
		return class_exists( 'WP_Fusion', false ) || self::is_plugin_listed( 'wp-fusion.php' );
	}

	public static function is_lite_active(): bool {
		return class_exists( 'WP_Fusion_Lite', false ) || self::is_plugin_listed( 'wp-fusion-lite.php' );
	}

	/**
	 * Plugins load in alphabetical order, so while our main file loads WP Fusion is only a name in the lists of plugins.
	 */
	private static function is_plugin_listed( string $main_file ): bool {
		$plugins = (array) get_option( 'active_plugins', [] );
		if ( is_multisite() ) {
			$plugins = [ ...$plugins, ...array_keys( (array) get_site_option( 'active_sitewide_plugins', [] ) ) ];
		}
		foreach ( $plugins as $plugin ) {
			// (One whose folder was deleted by hand stays on the list, and WordPress passes over it.)
			if ( basename( (string) $plugin ) === $main_file && is_file( WP_PLUGIN_DIR . '/' . $plugin ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether webhooks are left to the full WP Fusion: it is active with Agile CRM, and the admin has not chosen us.
	 */
	public static function answers(): bool {
		return self::has_agile_crm() && ! Settings::answer_beside_wp_fusion();
	}

	/**
	 * Whether the full WP Fusion, which answers webhooks, is active with Agile CRM chosen. The Lite edition answers none.
	 */
	public static function has_agile_crm(): bool {
		return 'agilecrm' === self::chosen_crm();
	}

	/**
	 * Whether it answers the webhooks of another CRM, which look like ours.
	 */
	public static function has_another_crm(): bool {
		return ! in_array( self::chosen_crm(), [ '', 'agilecrm' ], true );
	}

	/**
	 * Of the full plugin, while it is active; '' if there is none.
	 */
	private static function chosen_crm(): string {
		$options = self::is_active() ? get_option( 'wpf_options' ) : null;
		return is_array( $options ) && is_string( $options['crm'] ?? null ) ? $options['crm'] : '';
	}

	/**
	 * Takes WP Fusion's callbacks off our hooks while $work runs.
	 *
	 * @template T
	 * @param callable(): T $work
	 * @return T
	 */
	public static function detached( callable $work ) {
		global $wp_filter;
		$detached = [];
		foreach ( self::DETACHED_HOOKS as $hook ) {
			$priorities = isset( $wp_filter[ $hook ] ) ? $wp_filter[ $hook ]->callbacks : [];
			foreach ( $priorities as $priority => $callbacks ) {
				foreach ( $callbacks as $callback ) {
					if ( self::is_theirs( $callback['function'], $hook ) ) {
						remove_filter( $hook, $callback['function'], $priority );
						$detached[] = [ $hook, $callback['function'], $priority, $callback['accepted_args'] ];
					}
				}
			}
		}
		try {
			return $work();
		} finally {
			foreach ( $detached as $callback ) {
				add_filter( ...$callback );
			}
		}
	}

	/**
	 * Told by the file that defines it; by its class' name where the plugin lives in another folder.
	 *
	 * @param mixed $callback As given to add_action().
	 */
	private static function is_theirs( $callback, string $hook ): bool {
		$function = Callback::reflection( $callback );
		if ( null === $function ) {
			// Not callable, or a method of __call(): not theirs.
			return false;
		}
		$class = $function instanceof \ReflectionMethod ? $function->class : (string) $function->getClosureScopeClass()?->name;
		if ( 'wpf_user_imported' === $hook ) {
			// Its integrations with other plugins listen here too, and are wanted.
			return 'WPF_User' === $class;
		}
		return 1 === preg_match( '~[\\\\/]wp-fusion(-lite)?[\\\\/]~', (string) $function->getFileName() )
			|| str_starts_with( $class, 'WPF_' ) || str_starts_with( $class, 'WP_Fusion' );
	}
}
