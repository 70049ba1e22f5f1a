<?php
/**
 * What a new user is called: login and public names.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class Names {

	/** In letters and digits alone. Whoever reads such a login takes its user for somebody who runs the site. */
	private const OFFICES = [ 'admin', 'administrator', 'root', 'webmaster', 'support' ];

	/** Characters that its column holds. */
	private const LOGIN_SIZE = 60;

	/**
	 * The mapped login if it is free, else one in the form that the admin chose (the e-mail, if nothing else), else one derived
	 * from that.
	 *
	 * @param array<string, string|list<string>> $data With an address.
	 * @throws Failure If the site accepts none.
	 */
	public static function login_for( array $data, string $contact_id ): Login {
		$email  = (string) $data['user_email'];
		$wanted = self::in_chosen_form( $data );
		foreach ( [ (string) ( $data['user_login'] ?? '' ), $wanted ] as $login ) {
			if ( '' !== $login && self::is_free_login( $login, $email ) ) {
				return new Login( $login, false );
			}
		}
		// What has no letter that a login may have says nothing.
		foreach ( \AgileBridge\login_candidates( 1 === preg_match( '/[a-z0-9]/i', $wanted ) ? $wanted : $email, $contact_id ) as $login ) {
			if ( self::is_free_login( $login, $email ) ) {
				return new Login( $login, true );
			}
		}
		throw new Failure( 422, 'rejected_by_site', 'The site accepts no login that can be made for this contact.' );
	}

	/**
	 * The login of a user whose creation was cut off.
	 *
	 * @param array<string, string|list<string>> $data
	 */
	public static function login_of( \WP_User $user, array $data ): Login {
		return new Login( $user->user_login, ! in_array( $user->user_login, [ $data['user_login'] ?? '', self::in_chosen_form( $data ) ], true ) );
	}

	/**
	 * @param array<string, string|list<string>> $data
	 * @return string '' where the contact does not have what it takes.
	 */
	private static function in_chosen_form( array $data ): string {
		$format = Settings::stored()->login_format;
		if ( 'first.last' === $format ) {
			$words = array_map( static fn( string $key ): string => self::as_login_word( (string) ( $data[ $key ] ?? '' ) ), [ 'first_name', 'last_name' ] );
			return implode( '.', array_diff( $words, [ '' ] ) );
		}
		$key   = str_starts_with( $format, 'field:' ) ? substr( $format, strlen( 'field:' ) ) : 'user_email';
		$value = $data[ $key ] ?? '';
		// A login is public; who stored this meant something else.
		return is_string( $value ) && 'user_pass' !== $key ? $value : '';
	}

	/**
	 * A name in letters and digits that every login may have; without the address that some forms put into it.
	 */
	private static function as_login_word( string $name ): string {
		$plain = strtolower( remove_accents( \AgileBridge\display_name( $name, '', '' ) ) );
		return trim( (string) preg_replace( '/[^a-z0-9-]/', '', $plain ), '-' );
	}

	/**
	 * Whether WordPress would store this login as it is, and nobody has it.
	 *
	 * An address is nobody's login but its own user's: WordPress lets people log in by either, and whose it is may come tomorrow.
	 * Nor is a super admin's free on a network: those are a list of logins, and need not exist as users yet.
	 *
	 * @param string $email The new user's own.
	 */
	private static function is_free_login( string $login, string $email ): bool {
		if ( strlen( $login ) > 4 * self::LOGIN_SIZE ) {
			// Nothing slow is done with a text that can be none.
			return false;
		}
		AccountFields::forget_cached_name( $login );
		// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WordPress' own filters, as wp_insert_user() applies them.
		$stored  = trim( (string) apply_filters( 'pre_user_login', sanitize_user( $login, true ) ) );
		// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals
		$illegal = array_map( 'strtolower', array_map( 'strval', (array) apply_filters( 'illegal_user_logins', [] ) ) );
		$admins  = is_multisite() ? array_map( 'strtolower', array_map( 'strval', get_super_admins() ) ) : [];
		return '' !== $stored && '0' !== $stored && $stored === $login && mb_strlen( $login ) <= self::LOGIN_SIZE
			&& ! in_array( strtolower( $login ), [ ...$illegal, ...$admins ], true )
			&& ! username_exists( $login )
			&& ( strtolower( $login ) === $email || ! ( str_contains( $login, '@' ) || self::is_office( $login ) ) );
	}

	/**
	 * Whether it is what the site itself would be called.
	 */
	private static function is_office( string $login ): bool {
		$plain = static fn( string $name ): string => (string) preg_replace( '/[^a-z0-9]/', '', strtolower( $name ) );
		$hosts = array_map( static fn( string $url ): string => (string) wp_parse_url( $url, PHP_URL_HOST ), [ home_url(), network_home_url() ] );
		$hosts = [ ...$hosts, ...preg_replace( '/^www\./i', '', $hosts ) ];
		return in_array( $plain( $login ), [ ...self::OFFICES, ...array_map( $plain, $hosts ) ], true );
	}

	/**
	 * Names that the public sees. WordPress itself would take the login for them, which is the e-mail.
	 *
	 * @param array<string, string|list<string>> $data
	 * @return array{nickname: string, display_name: string, user_nicename: string}
	 */
	public static function public_names( array $data, string $login, string $email ): array {
		$first = (string) ( $data['first_name'] ?? '' );
		$last  = (string) ( $data['last_name'] ?? '' );
		$name  = static fn( string $text ): string => \AgileBridge\display_name( $text, '', $login );
		$full  = \AgileBridge\display_name( $first, $last, $login );
		$names = [];
		foreach ( [ 'nickname', 'display_name' ] as $key ) {
			$mapped = $data[ $key ] ?? '';
			$mapped = is_string( $mapped ) && false !== stripos( $mapped, $email ) ? $name( $mapped ) : (string) $mapped;
			// A name that WordPress cannot hold would make it fall back on the login.
			$choices       = array_filter( [ $mapped, $full, $name( '' ) ], static fn( string $text ): bool => null !== AccountFields::stored_form( $key, $text ) );
			$names[ $key ] = reset( $choices ) ?: 'user';
		}
		// wp_insert_user() strips what sanitize_title() makes of other scripts (`%e5%b1…`), and would leave an empty nicename.
		$nicenames = array_map( static fn( string $text ): string => _truncate_post_slug( sanitize_title( sanitize_user( $text, true ) ), 50 ), [ $full, $name( '' ) ] );
		$nicenames = array_filter( $nicenames, static fn( string $text ): bool => '' !== trim( $text, '-' ) );
		return $names + [ 'user_nicename' => reset( $nicenames ) ?: 'user' ];
	}
}
