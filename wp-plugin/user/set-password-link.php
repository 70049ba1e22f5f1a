<?php
/**
 * WordPress' own one-time link with which a new user sets a password: what the contact gets in place of a generated one.
 *
 * A user has one key at a time; each that is made ends the one before it. So the welcome mail gets the same, and one that had to
 * wait is looked at again before it is written: it may be too old by then, or used.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\OwnCall;
use AgileBridge\Plugin\Site\Primary;

defined( 'ABSPATH' ) || exit;

final class SetPasswordLink {

	/** As get_password_reset_key() asks for it. */
	private const KEY_LENGTH = 20;

	/**
	 * @return ?string Null where there is to be none: the site gives nobody such links, or the user is protected by now.
	 * @param callable(): void $require_held Throws where it is somebody else's to make by now.
	 * @throws \Throwable Of that; where the database failed: see reset-key.php.
	 */
	public static function make( int $user_id, callable $require_held ): ?string {
		return ResetKey::stored( $user_id, static fn( ?\WP_User $user ): ?string => self::made( $user_id, $user ), $require_held );
	}

	private static function made( int $user_id, ?\WP_User $user ): ?string {
		if ( null === $user || Roles::is_protected( $user ) ) {
			Log::note( "no link to set a password was made for user $user_id, who is gone or may do more than a contact may make of anybody." );
			return null;
		}
		try {
			$key = get_password_reset_key( $user );
			if ( is_wp_error( $key ) ) {
				Log::note( "no link to set a password was made for user $user_id, because the site refuses it ({$key->get_error_code()})." );
				return null;
			}
			// As wp_new_user_notification() has it.
			return network_site_url( 'wp-login.php?login=' . rawurlencode( $user->user_login ) . "&key=$key&action=rp", 'login' );
		} catch ( \Throwable $error ) {
			Log::error( $error );
			return null;
		}
	}

	/**
	 * The same link while it is good, another where it has grown too old.
	 *
	 * @return ?string Null where there is to be none any more: the user has used it, asked for another, or is protected by now.
	 * @param callable(): void $require_held As for make().
	 * @throws \Throwable As make() does.
	 */
	public static function renewed( int $user_id, #[\SensitiveParameter] string $link, callable $require_held ): ?string {
		$problem = Primary::during(
			static function () use ( $user_id, $link ): string {
				$user    = Users::fresh( $user_id );
				$checked = null === $user || Roles::is_protected( $user ) ? null : check_password_reset_key( self::key_of( $link ), $user->user_login );
				return is_wp_error( $checked ) ? (string) $checked->get_error_code() : ( null === $checked ? 'nobody' : '' );
			}
		);
		return match ( $problem ) {
			''            => $link,
			'expired_key' => self::make( $user_id, $require_held ),
			default       => null,
		};
	}

	/**
	 * Runs $work, in which WordPress makes a key: this link's once more.
	 *
	 * @param ?string $link Null lets WordPress make another.
	 */
	public static function during( #[\SensitiveParameter] ?string $link, callable $work ): void {
		if ( null === $link ) {
			$work();
			return;
		}
		$key  = self::key_of( $link );
		$call = new OwnCall();
		// Code of the site that wants a password of that length meanwhile gets another.
		$same = static fn( $password = '', $length = 0, $special = true ) => self::KEY_LENGTH === $length && ! $special && $call->is_here() ? $key : $password;
		add_filter( 'random_password', $same, PHP_INT_MAX, 3 );
		try {
			$work();
		} finally {
			remove_filter( 'random_password', $same, PHP_INT_MAX );
		}
	}

	/**
	 * How long one is good, in seconds.
	 */
	public static function lifetime(): int {
		// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WordPress' own filter, as check_password_reset_key() applies it.
		return (int) apply_filters( 'password_reset_expiration', DAY_IN_SECONDS );
	}

	private static function key_of( #[\SensitiveParameter] string $link ): string {
		return 1 === preg_match( '/[?&]key=([A-Za-z0-9]+)/', $link, $match ) ? $match[1] : '';
	}
}
