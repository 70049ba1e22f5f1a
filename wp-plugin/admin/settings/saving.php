<?php
/**
 * What the settings form sends, checked and stored.
 *
 * Hook: admin_init → register. Bad input changes nothing.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Home;
use AgileBridge\Plugin\Site\Secret;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\User\Deleted;
use AgileBridge\Plugin\User\FieldMap;
use AgileBridge\Plugin\User\Roles;

defined( 'ABSPATH' ) || exit;

final class Saving {

	private const MAX_EMAIL_BYTES   = 254;
	private const MAX_API_KEY_BYTES = 200;

	/** More than any pool of PHP workers should spend on waiting. */
	public const MAX_INLINE_WORKERS = 64;

	public static function register(): void {
		// In this order: the map is left alone when the settings beside it were refused.
		register_setting( Form::GROUP, Settings::OPTION, [ 'sanitize_callback' => self::settings_to_store( ... ) ] );
		register_setting( Form::GROUP, FieldMap::OPTION, [ 'sanitize_callback' => [ FieldMapSaving::class, 'to_store' ] ] );
	}

	/**
	 * WordPress calls this for every write of the option, and twice for its first: only the form's input is changed here.
	 *
	 * @param mixed $input The form's fields, or whatever else is being stored.
	 * @return mixed
	 */
	private static function settings_to_store( $input ) {
		static $stored = null;
		if ( Form::is_followed_as_a_link( $input ) ) {
			return get_option( Settings::OPTION );
		}
		if ( ! Form::is_sent() || ( null !== $stored && $input === $stored ) ) {
			return $input;
		}
		$stored = Settings::stored()->to_array();
		if ( ! is_array( $input ) || ! isset( $input['complete'] ) ) {
			// PHP cuts a form off at max_input_vars; what is missing must not count as emptied.
			Form::refuse( 'incomplete', __( 'The form arrived incomplete (PHP\'s max_input_vars may be too low).', 'bridge-for-agile-crm' ) );
			return $stored;
		}
		$wanted = [
			'domain'  => self::wanted_domain( $input ),
			'email'   => self::wanted_email( $input ),
			'api_key' => self::wanted_api_key( $input ),
		];
		foreach ( [ 'paused', 'reconcile', 'follow_emails', 'limit_roles', 'role_changes', 'keeps_deleted_away', 'keeps_values', 'alert_mails', 'removes_user_data' ] as $switch ) {
			$wanted[ $switch ] = isset( $input[ $switch ] ) ? '1' === $input[ $switch ] : null;
		}
		$wanted['inline_workers'] = self::wanted_inline_workers( $input );
		$wanted['missed_creations_since'] = self::wanted_missed_creations( $input );
		$wanted['gone_contacts']  = self::wanted_gone_contacts( $input );
		$wanted                  += UsersSaving::wanted( $input ) + ReturnedChoice::wanted( $input ) + AdvancedSaving::wanted( $input );
		if ( isset( $input['who_answers'] ) ) {
			$wanted['answer_beside_wp_fusion'] = 'bridge' === $input['who_answers'];
		}
		if ( ! Form::is_refused() ) {
			$stored = array_filter( $wanted, static fn( $value ): bool => null !== $value ) + $stored;
			Home::remember( true );
			AdvancedSaving::prepare( true === $wanted['alert_mails'] );
			if ( false === $wanted['keeps_deleted_away'] ) {
				Deleted::forget_all();
			}
		}
		return $stored;
	}

	/** @param array<string, mixed> $input The form. */
	private static function wanted_domain( array $input ): ?string {
		$text = Form::typed( $input, 'domain', 'AGILE_BRIDGE_DOMAIN' );
		if ( null === $text || '' === $text ) {
			return $text;
		}
		$domain = Account::subdomain( $text );
		if ( '' === $domain ) {
			Form::refuse(
				'domain',
				/* translators: %s: what was typed. */
				sprintf( __( '"%s" is not an Agile CRM subdomain. It is the part before .agilecrm.com in the address of your account.', 'bridge-for-agile-crm' ), $text )
			);
		}
		return $domain;
	}

	/** @param array<string, mixed> $input The form. */
	private static function wanted_email( array $input ): ?string {
		$email = Form::typed( $input, 'email', 'AGILE_BRIDGE_EMAIL' );
		if ( null !== $email && '' !== $email && ( ! is_email( $email ) || strlen( $email ) > self::MAX_EMAIL_BYTES ) ) {
			/* translators: %s: what was typed. */
			Form::refuse( 'email', sprintf( __( '"%s" is not an e-mail address.', 'bridge-for-agile-crm' ), $email ) );
		}
		return $email;
	}

	/**
	 * Sealed. An empty field keeps the key that is stored: it is never shown again, so nobody could type it back.
	 *
	 * @param array<string, mixed> $input The form.
	 */
	private static function wanted_api_key( array $input ): ?string {
		if ( isset( $input['forget_api_key'] ) ) {
			return '';
		}
		$key = Form::typed( $input, 'new_api_key', 'AGILE_BRIDGE_API_KEY' );
		if ( null === $key || '' === $key ) {
			return null;
		}
		if ( 1 !== preg_match( '/^[\x21-\x7e]+$/D', $key ) || strlen( $key ) > self::MAX_API_KEY_BYTES ) {
			Form::refuse( 'api_key', __( 'This is not an API key: it has blanks or other characters that no key has, or is too long.', 'bridge-for-agile-crm' ) );
			return null;
		}
		return Secret::seal( $key, 'api_key' );
	}

	/** @param array<string, mixed> $input The form. */
	private static function wanted_inline_workers( array $input ): ?int {
		$text = is_string( $input['inline_workers'] ?? null ) ? trim( $input['inline_workers'] ) : null;
		if ( null === $text ) {
			return null;
		}
		if ( 1 !== preg_match( '/^[0-9]{1,2}$/D', $text ) || (int) $text > self::MAX_INLINE_WORKERS ) {
			/* translators: %d: a number. */
			Form::refuse( 'inline_workers', sprintf( __( 'How many webhooks are processed at once is a number from 0 to %d.', 'bridge-for-agile-crm' ), self::MAX_INLINE_WORKERS ) );
			return null;
		}
		return (int) $text;
	}

	/**
	 * When the switch was set: what is saved again while it is on is as old as it was.
	 *
	 * @param array<string, mixed> $input The form.
	 */
	private static function wanted_missed_creations( array $input ): ?int {
		$switch = $input['missed_creations'] ?? null;
		if ( null === $switch ) {
			return null;
		}
		return '1' === $switch ? ( Settings::stored()->missed_creations_since ?: Clock::now() ) : 0;
	}

	/** @param array<string, mixed> $input The form. */
	private static function wanted_gone_contacts( array $input ): ?string {
		$choice = $input['gone_contacts'] ?? null;
		if ( ! is_string( $choice ) ) {
			return null;
		}
		if ( Settings::stored()->gone_contacts === $choice ) {
			// It may be one of before that may not be given any more, and is not; that is shown beside it.
			return $choice;
		}
		$role = str_starts_with( $choice, 'role:' ) ? substr( $choice, strlen( 'role:' ) ) : null;
		if ( ! in_array( $choice, [ 'keep', 'unlink' ], true ) && ( null === $role || ! Roles::is_harmless( $role, UsersSaving::allowed_roles( $input ) ) ) ) {
			Form::refuse( 'gone_contacts', __( 'Users of deleted contacts cannot get this role: it does not exist, or grants too much and is not allowed under Roles by webhook.', 'bridge-for-agile-crm' ) );
			return null;
		}
		return $choice;
	}
}
