<?php
/**
 * What a new user is called, login and public names, and what opens the account.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

/**
 * The mapped login if it is free, else the e-mail, else one derived from it.
 *
 * @return array{login: string, derived: bool}
 */
function login_for( ?string $mapped, string $email, string $contact_id ): array {
	foreach ( [ $mapped, $email ] as $login ) {
		if ( null !== $login && is_free_login( $login, $email ) ) {
			return [ 'login' => $login, 'derived' => false ];
		}
	}
	foreach ( \AgileBridge\login_candidates( $email, $contact_id ) as $login ) {
		if ( is_free_login( $login, $email ) ) {
			return [ 'login' => $login, 'derived' => true ];
		}
	}
	throw new Failure( 422, 'rejected_by_site', 'The site accepts no login that can be made for this contact.' );
}

/**
 * Whether WordPress would store this login as it is, and nobody has it.
 *
 * A login that is somebody else's e-mail is not free: WordPress lets people log in by either. Nor is a super admin's on a
 * network: those are a list of logins, and need not exist as users yet.
 *
 * @param string $email The new user's own.
 */
function is_free_login( string $login, string $email ): bool {
	forget_cached_name( $login );
	// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WordPress' own filters, as wp_insert_user() applies them.
	$stored  = trim( (string) apply_filters( 'pre_user_login', sanitize_user( $login, true ) ) );
	// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals
	$illegal = array_map( 'strtolower', array_map( 'strval', (array) apply_filters( 'illegal_user_logins', [] ) ) );
	$admins  = is_multisite() ? array_map( 'strtolower', array_map( 'strval', get_super_admins() ) ) : [];
	return '' !== $stored && '0' !== $stored && $stored === $login && mb_strlen( $login ) <= 60
		&& ! in_array( strtolower( $login ), [ ...$illegal, ...$admins ], true )
		&& ! username_exists( $login )
		&& ( strtolower( $login ) === $email || ! str_contains( $login, '@' ) || ! email_exists( $login ) );
}

/**
 * Names that the public sees. WordPress itself would take the login for them, which is the e-mail.
 *
 * @param array<string, string|list<string>> $data
 * @return array{nickname: string, display_name: string, user_nicename: string}
 */
function public_names( array $data, string $login, string $email ): array {
	$first = (string) ( $data['first_name'] ?? '' );
	$last  = (string) ( $data['last_name'] ?? '' );
	$name  = static fn( string $text ): string => \AgileBridge\display_name( $text, '', $login );
	$full  = \AgileBridge\display_name( $first, $last, $login );
	$names = [];
	foreach ( [ 'nickname', 'display_name' ] as $key ) {
		$mapped = $data[ $key ] ?? '';
		$mapped = is_string( $mapped ) && false !== stripos( $mapped, $email ) ? $name( $mapped ) : (string) $mapped;
		// A name that WordPress cannot hold would make it fall back on the login.
		$choices       = array_filter( [ $mapped, $full, $name( '' ) ], static fn( string $text ): bool => null !== stored_form( $key, $text ) );
		$names[ $key ] = reset( $choices ) ?: 'user';
	}
	// wp_insert_user() strips what sanitize_title() makes of other scripts (`%e5%b1…`), and would leave an empty nicename.
	$nicenames = array_map( static fn( string $text ): string => _truncate_post_slug( sanitize_title( sanitize_user( $text, true ) ), 50 ), [ $full, $name( '' ) ] );
	$nicenames = array_filter( $nicenames, static fn( string $text ): bool => '' !== trim( $text, '-' ) );
	return $names + [ 'user_nicename' => reset( $nicenames ) ?: 'user' ];
}

/**
 * The hash as WordPress makes it. bcrypt's cost protects what people think up; 24 letters and digits of the operating
 * system need no slow hash, and WordPress makes a new one at the user's first login. The filter
 * `agile_bridge_fast_password_hash` (false) brings the slow hash back.
 *
 * A password from the CRM is slashed as the login form's is: wp_signon() compares what PHP's slashed $_POST holds.
 */
function password_hash_for( #[\SensitiveParameter] string $password, bool $generated ): string {
	if ( ! $generated ) {
		return wp_hash_password( wp_slash( $password ) );
	}
	if ( ! apply_filters( 'agile_bridge_fast_password_hash', true ) ) {
		return wp_hash_password( $password );
	}
	$cheap = static fn( $options, $algorithm ) => PASSWORD_BCRYPT === $algorithm ? [ 'cost' => 4 ] : $options;
	add_filter( 'wp_hash_password_options', $cheap, PHP_INT_MAX, 2 );
	try {
		return wp_hash_password( $password );
	} finally {
		remove_filter( 'wp_hash_password_options', $cheap, PHP_INT_MAX );
	}
}
