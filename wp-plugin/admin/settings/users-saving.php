<?php
/**
 * What the settings form sends about users and their roles, checked. Null is what the form does not have, which stays as it is.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\User\Roles;

defined( 'ABSPATH' ) || exit;

final class UsersSaving {

	/** A tag of Agile CRM that is longer would not be stored. */
	private const MAX_TAG_BYTES = 255;

	/**
	 * @param array<string, mixed> $input The form.
	 * @return array<string, mixed> By the names of the settings.
	 */
	public static function wanted( array $input ): array {
		$allowed = self::allowed_roles( $input );
		foreach ( (array) $allowed as $role ) {
			self::require_not_dangerous( $role );
		}
		return [
			'login_format'  => self::login_format( $input['login_format'] ?? null ),
			'welcome_mails' => self::welcome_mails( $input['welcome_mails'] ?? null ),
			'allowed_roles' => $allowed,
			'webhook_roles' => self::webhook_roles( $input['webhook_roles'] ?? null, $allowed ),
			'tag_roles'     => self::tag_roles( $input['tag_roles'] ?? null, $allowed ),
		];
	}

	/**
	 * Roles that are allowed by name, which the rest of the same form may name.
	 *
	 * @param array<string, mixed> $input The form.
	 * @return ?list<string> Slugs.
	 */
	public static function allowed_roles( array $input ): ?array {
		$roles = self::list_of_roles( $input['allowed_roles'] ?? null );
		return null === $roles ? null : array_values( array_filter( $roles, wp_roles()->is_role( ... ) ) );
	}

	/** Dangerous ones are not offered; a role may have become one while the form was open. */
	private static function require_not_dangerous( string $role ): void {
		$capability = Roles::rights( $role )->dangerous[0] ?? null;
		if ( null !== $capability ) {
			/* translators: 1: slug of a role, 2: name of a capability. */
			Form::refuse( 'allowed_roles', sprintf( __( 'The role %1$s cannot be allowed: it grants %2$s, with which its users could take the site over.', 'bridge-for-agile-crm' ), $role, $capability ) );
		}
	}

	/**
	 * @param mixed $roles Of the form.
	 * @return ?list<string>
	 */
	private static function list_of_roles( $roles ): ?array {
		// The empty one says that the list is there, though nothing of it may be ticked.
		return is_array( $roles ) ? array_values( array_diff( array_map( self::text( ... ), $roles ), [ '' ] ) ) : null;
	}

	/** @param mixed $format Of the form. */
	private static function login_format( $format ): ?string {
		if ( ! is_string( $format ) ) {
			return null;
		}
		if ( ! isset( LoginChoices::all()[ $format ] ) ) {
			Form::refuse( 'login_format', __( 'The login of new users cannot have this form: the field is not mapped, or no login could be made of it.', 'bridge-for-agile-crm' ) );
		}
		return $format;
	}

	/** @param mixed $choice Of the form. */
	private static function welcome_mails( $choice ): ?string {
		return is_string( $choice ) && isset( WelcomeChoices::all()[ $choice ] ) ? $choice : null;
	}

	/**
	 * @param mixed         $roles   Of the form.
	 * @param ?list<string> $allowed Those that the form allows by name.
	 * @return ?list<string>
	 */
	private static function webhook_roles( $roles, ?array $allowed ): ?array {
		$roles = self::list_of_roles( $roles );
		$new   = array_diff( (array) $roles, Settings::stored()->webhook_roles );
		if ( $new !== array_filter( $new, static fn( string $role ): bool => Roles::is_harmless( $role, $allowed ) ) ) {
			Form::refuse( 'webhook_roles', __( 'Webhooks cannot give one of these roles: it does not exist, or grants too much and is not allowed above.', 'bridge-for-agile-crm' ) );
		}
		return $roles;
	}

	/**
	 * @param mixed         $rules   Rows as the form sends them.
	 * @param ?list<string> $allowed Roles that the form allows by name.
	 * @return ?list<array{tag: string, role: string}>
	 */
	private static function tag_roles( $rules, ?array $allowed ): ?array {
		if ( ! is_array( $rules ) ) {
			return null;
		}
		$wanted = [];
		foreach ( $rules as $row ) {
			$tag  = self::text( is_array( $row ) ? $row['tag'] ?? null : null );
			$role = self::text( is_array( $row ) ? $row['role'] ?? null : null );
			if ( '' === $tag ) {
				continue;
			}
			$problem = self::problem_of_rule( $tag, $role, array_column( $wanted, 'tag' ), $allowed );
			if ( null !== $problem ) {
				Form::refuse( 'tag_roles', $problem );
			}
			$wanted[] = [
				'tag'  => $tag,
				'role' => $role,
			];
		}
		return $wanted;
	}

	/**
	 * @param list<string>  $before  Tags of the rules before it.
	 * @param ?list<string> $allowed Roles that the form allows by name.
	 */
	private static function problem_of_rule( string $tag, string $role, array $before, ?array $allowed ): ?string {
		return match ( true ) {
			strlen( $tag ) > self::MAX_TAG_BYTES || 0 !== preg_match( '/\p{Cc}/u', $tag )
				=> __( 'A tag of the rules for roles is too long, or has characters that no tag has.', 'bridge-for-agile-crm' ),
			in_array( $tag, $before, true )
				/* translators: %s: a tag. */
				=> sprintf( __( 'The tag "%s" has two rules for roles; the second could never decide.', 'bridge-for-agile-crm' ), $tag ),
			! Roles::is_harmless( $role, $allowed )
				/* translators: %s: a tag. */
				=> sprintf( __( 'The rule for the tag "%s" names no role, one that does not exist, or one that grants too much and is not allowed above.', 'bridge-for-agile-crm' ), $tag ),
			default => null,
		};
	}

	/** @param mixed $value Of the form. */
	private static function text( $value ): string {
		return is_string( $value ) ? trim( $value ) : '';
	}
}
