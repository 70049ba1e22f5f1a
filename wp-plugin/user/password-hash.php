<?php
/**
 * What opens the account of a new user.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\OwnCall;

defined( 'ABSPATH' ) || exit;

final class PasswordHash {

	/**
	 * The hash as WordPress makes it. bcrypt's cost protects what people think up; 24 letters and digits of the operating
	 * system need no slow hash, and WordPress makes a new one at the user's first login. The filter
	 * `agile_bridge_fast_password_hash` (false) brings the slow hash back.
	 *
	 * A password from the CRM is slashed as the login form's is: wp_signon() compares what PHP's slashed $_POST holds.
	 */
	public static function of( #[\SensitiveParameter] string $password, bool $generated ): string {
		if ( ! $generated ) {
			return wp_hash_password( wp_slash( $password ) );
		}
		if ( ! apply_filters( 'agile_bridge_fast_password_hash', true ) ) {
			return wp_hash_password( $password );
		}
		$call  = new OwnCall();
		$cheap = static fn( $options = [], $algorithm = '' ) => PASSWORD_BCRYPT === $algorithm && $call->is_here() ? [ 'cost' => 4 ] : $options;
		add_filter( 'wp_hash_password_options', $cheap, PHP_INT_MAX, 2 );
		try {
			return wp_hash_password( $password );
		} finally {
			remove_filter( 'wp_hash_password_options', $cheap, PHP_INT_MAX );
		}
	}
}
