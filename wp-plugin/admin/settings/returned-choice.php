<?php
/**
 * What Agile CRM gets back of a new user: nothing, a link to set the password, or the password. One choice on the screen; stored are
 * the field that takes it, and which of the two.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\User\SetPasswordLink;

defined( 'ABSPATH' ) || exit;

final class ReturnedChoice {

	private const FIELD = 'return_password_field';

	/** Decides over the field, and so whether there is a choice. */
	private const CONSTANT = 'AGILE_BRIDGE_RETURN_PASSWORD_FIELD';

	private const MAX_FIELD_NAME = 100;

	public static function show_rows(): void {
		FieldChoices::show_custom_list();
		$choices = [
			'nothing'  => __( 'Nothing', 'bridge-for-agile-crm' ),
			'link'     => __( 'A link to set the password (recommended)', 'bridge-for-agile-crm' ),
			'password' => __( 'The password itself', 'bridge-for-agile-crm' ),
		];
		$helps   = [
			/* translators: %s: how long, for instance "1 day". */
			'link'     => sprintf( __( 'It works once and for %s, so let a campaign mail it soon.', 'bridge-for-agile-crm' ), human_time_diff( 0, SetPasswordLink::lifetime() ) ),
			'password' => __( 'Warning: whoever may see the contact in Agile CRM can then log in as the user.', 'bridge-for-agile-crm' ),
		];
		Radios::show_row( 'returns', __( 'Agile CRM gets back', 'bridge-for-agile-crm' ), $choices, self::chosen(), $helps, self::impossible() );
		Fields::show_text_row(
			self::FIELD,
			__( 'Custom field', 'bridge-for-agile-crm' ),
			Settings::return_password_field(),
			self::CONSTANT,
			__( 'The field of the contact that takes it, named exactly as in Agile CRM.', 'bridge-for-agile-crm' ),
			[
				'spellcheck' => 'false',
				'maxlength'  => (string) self::MAX_FIELD_NAME,
				'list'       => FieldChoices::CUSTOM_LIST,
			]
		);
	}

	/** @return 'nothing'|'link'|'password' */
	private static function chosen(): string {
		return match ( true ) {
			'' === Settings::return_password_field() => 'nothing',
			Settings::stored()->returns_link         => 'link',
			default                                  => 'password',
		};
	}

	/** @return list<string> Choices that the constant rules out. */
	private static function impossible(): array {
		return match ( Settings::constant_text( self::CONSTANT ) ) {
			null    => [],
			''      => [ 'link', 'password' ],
			default => [ 'nothing' ],
		};
	}

	/**
	 * What the form sends about it, checked. Null is what it does not have, which stays as it is.
	 *
	 * @param array<string, mixed> $input The form.
	 * @return array{return_password_field: ?string, returns_link: ?bool}
	 */
	public static function wanted( array $input ): array {
		$choice = $input['returns'] ?? null;
		$field  = Form::typed( $input, self::FIELD, self::CONSTANT );
		if ( 'nothing' === $choice && null !== $field ) {
			$field = '';
		}
		$problem = self::problem( $choice, $field );
		if ( null !== $problem ) {
			Form::refuse( self::FIELD, $problem );
		}
		// Which of the two goes back counts only with the field it goes to.
		$is_whole = null !== $field || null !== Settings::constant_text( self::CONSTANT );
		return [
			self::FIELD    => $field,
			'returns_link' => $is_whole && in_array( $choice, [ 'link', 'password' ], true ) ? 'link' === $choice : null,
		];
	}

	/**
	 * @param mixed   $choice Of the form.
	 * @param ?string $field  Of the form; null where a constant decides, or there is none.
	 */
	private static function problem( $choice, ?string $field ): ?string {
		return match ( true ) {
			! in_array( $choice, [ null, 'nothing', 'link', 'password' ], true )
				=> __( 'Agile CRM can get back nothing, a link or the password; the form named something else.', 'bridge-for-agile-crm' ),
			in_array( $choice, self::impossible(), true )
				/* translators: 1: name of a constant, 2: name of a file. */
				=> sprintf( __( 'What Agile CRM gets back cannot be chosen like this: %1$s in %2$s decides whether something goes back.', 'bridge-for-agile-crm' ), self::CONSTANT, 'wp-config.php' ),
			null === $field => null,
			'' === $field && in_array( $choice, [ 'link', 'password' ], true )
				=> __( 'Name the custom field of Agile CRM that takes the link or the password.', 'bridge-for-agile-crm' ),
			0 !== preg_match( '/\p{Cc}/u', $field ) || strlen( $field ) > self::MAX_FIELD_NAME
				=> __( 'The name of the custom field for the password has characters that no field name has, or is too long.', 'bridge-for-agile-crm' ),
			! Form::database_holds( $field )
				/* translators: %s: the reason. */
				=> sprintf( __( 'The name of the custom field for the password is refused: %s.', 'bridge-for-agile-crm' ), Form::not_held() ),
			default => null,
		};
	}
}
