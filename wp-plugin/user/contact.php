<?php
/**
 * A contact, as the CRM has it now.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final readonly class Contact {

	/**
	 * @param string               $type         `PERSON`, `COMPANY` or `LEAD`, as the CRM sends it.
	 * @param ?list<string>        $tags         Each once, in the CRM's order; null where the CRM did not tell, which is not none.
	 * @param int                  $created_time Seconds since 1970; 0 where the CRM did not tell.
	 * @param int                  $updated_time The same; 0 if never updated.
	 * @param array<string, mixed> $record       As the extension gave it and takes it, and as hooks get it.
	 */
	private function __construct( public string $id, public string $type, public ?array $tags, public int $created_time, public int $updated_time, public array $record ) {}

	/**
	 * @param array<string, mixed> $record As the extension's AgileCrm gives it.
	 */
	public static function of_record( array $record ): self {
		$tags = null === $record['tags'] ? null : array_values( array_unique( $record['tags'] ) );
		return new self( $record['id'], $record['type'], $tags, (int) $record['created_time'], (int) $record['updated_time'], $record );
	}

	/**
	 * Whether an address is one of the contact's, or may be the one that nobody can read.
	 *
	 * @param string $address In lower case.
	 */
	public function may_have( string $address ): bool {
		$read = \AgileBridge\user_data( $this->record, [], 'UTC' );
		return in_array( $address, $read['emails'], true ) || ! ( $read['emails_whole'] ?? true );
	}

	/**
	 * Whether the contact has addresses, and this is none of them.
	 *
	 * @param string $address In lower case.
	 */
	public function has_only_others_than( string $address ): bool {
		$read = \AgileBridge\user_data( $this->record, [], 'UTC' );
		return [] !== $read['emails'] && ! in_array( $address, $read['emails'], true ) && ( $read['emails_whole'] ?? true );
	}

	/**
	 * The contact as other plugins may see it: without the properties that give or take passwords, and without what cannot be
	 * read.
	 *
	 * @return array<string, mixed>
	 */
	public function without_passwords(): array {
		$names    = self::password_names();
		$is_shown = static fn( array $property ): bool => isset( $property['subtype'], $property['value'] ) && ! in_array( $property['name'], $names, true );
		return array_replace( $this->record, [ 'properties' => array_values( array_filter( $this->record['properties'] ?? [], $is_shown ) ) ] );
	}

	/**
	 * @param string $property As the field map names it.
	 */
	public static function is_password( string $property ): bool {
		return '' !== $property && in_array( $property, self::password_names(), true );
	}

	/**
	 * @return list<string> Properties that hold a password of the user.
	 */
	private static function password_names(): array {
		$names = [ Settings::return_password_field() ];
		foreach ( FieldMap::stored() as $rule ) {
			if ( 'user_pass' === ( $rule['wp'] ?? '' ) ) {
				// `name+subtype`, or a name with a plus sign in it.
				$names[] = (string) ( $rule['crm'] ?? '' );
				$names[] = (string) preg_replace( '/\+[^+]*$/D', '', (string) ( $rule['crm'] ?? '' ) );
			}
		}
		return $names;
	}
}
