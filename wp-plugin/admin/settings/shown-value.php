<?php
/**
 * A value as the screens show it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\User\Contact;

defined( 'ABSPATH' ) || exit;

final class ShownValue {

	/** In place of what nobody is to read. */
	public const HIDDEN = '••••';

	/** Of a value, as it is shown. */
	private const LENGTH = 200;

	/**
	 * What a contact has for one field, as Agile CRM sends it. Read by the code that maps in earnest, so that parts of an address and
	 * subtypes are what the field map means by them.
	 *
	 * @param string $crm As in the field map, `address+city` for instance; '' is no field.
	 * @return string '' for nothing.
	 */
	public static function in_crm( Contact $contact, string $crm ): string {
		if ( Contact::is_password( $crm ) ) {
			return self::HIDDEN;
		}
		if ( '' === $crm ) {
			return '';
		}
		$rule = ( new FieldMapRow( $crm, 'value', 'raw' ) )->rule();
		$read = \AgileBridge\user_data( $contact->record, [ $rule ], wp_timezone_string() );
		return self::text( $read['data']['value'] ?? '' );
	}

	/** @param mixed $value Of user meta, anything. */
	public static function text( $value ): string {
		$text = is_array( $value ) ? implode( ', ', array_filter( $value, 'is_scalar' ) ) : ( is_scalar( $value ) ? (string) $value : '' );
		return mb_strlen( $text ) > self::LENGTH ? mb_substr( $text, 0, self::LENGTH ) . '…' : $text;
	}
}
