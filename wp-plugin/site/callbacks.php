<?php
/**
 * What callbacks of the site must not do inside our work, where nobody is at the browser: redirect, log somebody in, send a cookie.
 *
 * `wp_set_auth_cookie(); wp_redirect(); exit;` on `user_register` is a popular snippet. It is meant for people who register; here
 * it would end the request of a campaign, or the worker that drains, and give whoever called that the new user's session.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Callbacks {

	/**
	 * WordPress' actions about users: they tell that something has happened, so who redirects there loses nothing but the redirect.
	 * (Not those on each user meta, which new-user-meta.php looks at. Elsewhere a redirect is a failure.)
	 */
	private const ACTIONS = [ 'user_register', 'profile_update', 'wp_update_user', 'set_user_role', 'add_user_role', 'remove_user_role', 'add_user_to_blog', 'wp_login' ];

	/** By which wp_die() ends, whatever the request. */
	public const DIE_HANDLERS = [ 'wp_die_handler', 'wp_die_json_handler', 'wp_die_ajax_handler', 'wp_die_jsonp_handler', 'wp_die_xmlrpc_handler', 'wp_die_xml_handler' ];

	/**
	 * Runs $work, which may call callbacks of the site.
	 *
	 * @template T
	 * @param callable(): T $work
	 * @return T
	 */
	public static function contained( callable $work ) {
		$headers = ResponseHeaders::now();
		$filters = [
			[ 'wp_redirect', self::stop_redirect( ... ) ],
			[ 'send_auth_cookies', static fn() => false ],
			[ 'update_user_metadata', self::refuse_session( ... ) ],
			...array_map( static fn( string $handler ): array => [ $handler, self::stop_wp_die( ... ) ], self::DIE_HANDLERS ),
		];
		foreach ( $filters as [ $hook, $filter ] ) {
			add_filter( $hook, $filter, PHP_INT_MAX, 4 );
		}
		self::exchange( static fn( $callback, string $hook ): Callback => new Callback( $hook, $callback ) );
		try {
			return $work();
		} finally {
			self::exchange( static fn( $callback ) => $callback instanceof Callback ? $callback->callback : $callback );
			foreach ( $filters as [ $hook, $filter ] ) {
				remove_filter( $hook, $filter, PHP_INT_MAX );
			}
			$headers->restore();
		}
	}

	/**
	 * A filter on what WordPress calls to die.
	 */
	public static function stop_wp_die(): callable {
		return static function (): void {
			throw new CallbackStopped( 'wp_die() was called while a contact was processed, in ' . Culprit::of_trace(), false );
		};
	}

	/**
	 * A filter on where to redirect to.
	 */
	private static function stop_redirect(): never {
		throw new CallbackStopped( 'code of the site sent a redirect while a contact was processed, in ' . Culprit::of_trace(), true );
	}

	/**
	 * A filter: WordPress makes the session before it asks whether the cookie may be sent. (It may end sessions.)
	 *
	 * @param mixed $check   Not null: another plugin has decided.
	 * @param mixed $user_id
	 * @param mixed $key
	 * @param mixed $value
	 * @return mixed
	 */
	private static function refuse_session( $check = null, $user_id = 0, $key = '', $value = '' ) {
		if ( null !== $check || 'session_tokens' !== $key || ! is_array( $value ) ) {
			return $check;
		}
		$known = get_user_meta( (int) $user_id, $key, true );
		return [] === array_diff_key( $value, is_array( $known ) ? $known : [] ) ? $check : true;
	}

	/**
	 * @param callable(mixed, string): mixed $change Gets a callback and its hook, gives what is to be in its place.
	 */
	private static function exchange( callable $change ): void {
		global $wp_filter;
		foreach ( self::ACTIONS as $hook ) {
			foreach ( isset( $wp_filter[ $hook ] ) ? $wp_filter[ $hook ]->callbacks : [] as $priority => $callbacks ) {
				foreach ( $callbacks as $id => $callback ) {
					$wp_filter[ $hook ]->callbacks[ $priority ][ $id ]['function'] = $change( $callback['function'], $hook );
				}
			}
		}
	}
}
