<?php
/**
 * Rows of the field map, checked by the extension and by what the database can hold: those that work, and why others do not.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

defined( 'ABSPATH' ) || exit;

final readonly class FieldMapVerdict {

	/**
	 * @param array<int, FieldMapRow>     $rows    All of them, by their place; those that do not work say why.
	 * @param list<array<string, string>> $entries The rules that work, as the map is stored.
	 */
	private function __construct( public array $rows, public array $entries ) {}

	/**
	 * @param array<int, FieldMapRow> $rows Empty ones are no rules and no problem.
	 */
	public static function of( array $rows ): self {
		$typed  = array_filter( $rows, static fn( FieldMapRow $row ): bool => ! $row->is_empty() );
		$places = array_keys( $typed );
		foreach ( $typed as $place => $row ) {
			if ( ! Form::database_holds( $row->crm ) ) {
				// One question mark, and WordPress could not read the whole map any more.
				$rows[ $place ] = $row->refused( Form::not_held() );
			}
		}
		$checked = \AgileBridge\check_field_map( array_values( array_map( static fn( FieldMapRow $row ): array => $row->rule(), $typed ) ) );
		foreach ( $checked['refused'] as $refused ) {
			$place          = $places[ $refused['index'] ];
			$rows[ $place ] = $typed[ $place ]->refused( $refused['reason'] );
		}
		$is_held = static fn( array $entry ): bool => Form::database_holds( $entry['crm'] );
		return new self( $rows, array_values( array_filter( $checked['entries'], $is_held ) ) );
	}

	/**
	 * Why a contact may not write this key; '' if it may.
	 */
	public static function problem_of_key( string $key ): string {
		return self::of( [ new FieldMapRow( '?', $key ) ] )->rows[0]->problem;
	}
}
