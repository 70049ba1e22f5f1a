<?php
/**
 * What the settings form sends as the field map, checked and stored: rows that cannot work are left out, and told.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\User\FieldMap;

defined( 'ABSPATH' ) || exit;

final class FieldMapSaving {

	/**
	 * @param mixed $input Rows as the form sends them, null if it sent none, or whatever else is being stored.
	 * @return mixed
	 */
	public static function to_store( $input ) {
		static $stored = null;
		if ( Form::is_followed_as_a_link( $input ) ) {
			return get_option( FieldMap::OPTION );
		}
		if ( ! Form::is_sent() || ( null !== $stored && $input === $stored ) ) {
			return $input;
		}
		$stored = FieldMap::stored();
		if ( ! is_array( $input ) || Form::is_refused() || null !== Extension::problem() ) {
			return $stored;
		}
		$verdict = FieldMapVerdict::of( array_map( FieldMapRow::of( ... ), array_values( $input ) ) );
		foreach ( $verdict->rows as $number => $row ) {
			if ( '' !== $row->problem ) {
				self::tell( $number, $row );
			}
		}
		$stored = $verdict->entries;
		return $stored;
	}

	private static function tell( int $number, FieldMapRow $row ): void {
		/* translators: 1: CRM property, 2: WordPress key, 3: the reason. */
		$message = __( 'The field map row "%1$s → %2$s" was not saved: %3$s. Everything else was.', 'bridge-for-agile-crm' );
		Form::tell( "field_map_$number", sprintf( $message, $row->crm, $row->wp, $row->problem ), 'warning' );
	}
}
