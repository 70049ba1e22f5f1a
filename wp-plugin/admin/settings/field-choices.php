<?php
/**
 * What can be chosen in the field map: the fields of the account, the keys of this site, and which of them fit each other.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Crm\KnownField;
use AgileBridge\Plugin\Crm\KnownFields;
use AgileBridge\Plugin\User\AccountFields;
use AgileBridge\Plugin\User\MetaKeys;

defined( 'ABSPATH' ) || exit;

final readonly class FieldChoices {

	/** The ids of lists behind text fields. */
	public const CRM_LIST    = 'agile-bridge-crm-fields';
	public const CUSTOM_LIST = 'agile-bridge-custom-fields';
	public const WP_LIST     = 'agile-bridge-account-fields';

	/** Where it is plain which field of the account it is. */
	private const ACCOUNT = [
		'email'       => 'user_email',
		'first_name'  => 'first_name',
		'last_name'   => 'last_name',
		'website'     => 'user_url',
		'website+URL' => 'user_url',
	];

	/** WooCommerce's. */
	private const SHOP = [
		'company'         => 'billing_company',
		'phone'           => 'billing_phone',
		'phone+work'      => 'billing_phone',
		'address+address' => 'billing_address_1',
		'address+city'    => 'billing_city',
		'address+state'   => 'billing_state',
		'address+zip'     => 'billing_postcode',
		'address+country' => 'billing_country',
	];

	/** Agile CRM's word => ours. Everything else is text: a list holds the text of one of its options. */
	private const TYPES = [
		'DATE'     => 'date',
		'CHECKBOX' => 'checkbox',
		'NUMBER'   => 'number',
		'CONTACT'  => 'multiselect',
		'COMPANY'  => 'multiselect',
	];

	/**
	 * @param array<string, string> $types Agile CRM's word by the name of a field.
	 * @param list<string>          $keys  Of user meta.
	 */
	private function __construct( private array $types, private array $keys ) {}

	public static function of( KnownFields $known ): self {
		$keys = MetaKeys::in_use();
		// A new shop has no customers yet.
		$shop = class_exists( 'WooCommerce', false ) ? array_values( array_unique( self::SHOP ) ) : [];
		$keys = array_values( array_unique( [ ...$keys, ...$shop ] ) );
		sort( $keys );
		return new self( array_column( $known->fields, 'type', 'name' ), $keys );
	}

	/**
	 * The type of our map that fits a field of the account.
	 */
	public function type_for( string $crm ): string {
		return self::TYPES[ $this->types[ $crm ] ?? '' ] ?? 'text';
	}

	/**
	 * The key that fits: a shop's where there is one, else one named as the field; '' if none can be made of its name.
	 */
	public function key_for( string $crm ): string {
		$shop = self::SHOP[ $crm ] ?? '';
		if ( isset( self::ACCOUNT[ $crm ] ) || in_array( $shop, $this->keys, true ) ) {
			return self::ACCOUNT[ $crm ] ?? $shop;
		}
		$key = trim( (string) preg_replace( '/[^a-z0-9]+/', '_', strtolower( remove_accents( $crm ) ) ), '_' );
		return '' === FieldMapVerdict::problem_of_key( $key ) ? $key : '';
	}

	/**
	 * The lists behind the fields of the map. (Typing stays possible: they are only offered.)
	 */
	public function show_lists(): void {
		printf( '<datalist id="%s">', esc_attr( self::CRM_LIST ) );
		foreach ( $this->types as $name => $type ) {
			$name = (string) $name;
			printf(
				'<option value="%s" label="%s" data-type="%s" data-key="%s"></option>',
				esc_attr( $name ),
				esc_attr( self::kind( $type ) ),
				esc_attr( $this->type_for( $name ) ),
				esc_attr( $this->key_for( $name ) )
			);
		}
		printf( '</datalist><datalist id="%s">', esc_attr( self::WP_LIST ) );
		foreach ( AccountFields::ALL as $field ) {
			printf( '<option value="%s" label="%s"></option>', esc_attr( $field ), esc_attr__( 'Field of the account', 'bridge-for-agile-crm' ) );
		}
		foreach ( $this->keys as $key ) {
			printf( '<option value="%s" label="%s"></option>', esc_attr( $key ), esc_attr__( 'User meta of this site', 'bridge-for-agile-crm' ) );
		}
		echo '</datalist>';
	}

	/**
	 * The list of the account's custom fields, as far as they are known without asking: Agile CRM takes a name that it does not know,
	 * without a word.
	 */
	public static function show_custom_list(): void {
		printf( '<datalist id="%s">', esc_attr( self::CUSTOM_LIST ) );
		foreach ( KnownFields::kept()->fields ?? [] as $field ) {
			if ( KnownField::SYSTEM !== $field->type ) {
				printf( '<option value="%s"></option>', esc_attr( $field->name ) );
			}
		}
		echo '</datalist>';
	}

	/** What kind of field it is, in words. */
	private static function kind( string $type ): string {
		return match ( $type ) {
			KnownField::SYSTEM     => __( 'Field of Agile CRM', 'bridge-for-agile-crm' ),
			'DATE'                 => __( 'Custom field: date', 'bridge-for-agile-crm' ),
			'CHECKBOX'             => __( 'Custom field: checkbox', 'bridge-for-agile-crm' ),
			'NUMBER'               => __( 'Custom field: number', 'bridge-for-agile-crm' ),
			'LIST'                 => __( 'Custom field: list', 'bridge-for-agile-crm' ),
			'FORMULA'              => __( 'Custom field: formula', 'bridge-for-agile-crm' ),
			'TEXT', 'TEXTAREA'     => __( 'Custom field: text', 'bridge-for-agile-crm' ),
			'CONTACT', 'COMPANY'   => __( 'Custom field: contacts', 'bridge-for-agile-crm' ),
			default                => __( 'Custom field', 'bridge-for-agile-crm' ),
		};
	}
}
