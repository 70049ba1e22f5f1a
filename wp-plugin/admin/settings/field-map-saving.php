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
		$text = static fn( $row, string $name ): string => is_array( $row ) && is_string( $row[ $name ] ?? null ) ? trim( $row[ $name ] ) : '';
		$rows = [];
		foreach ( $input as $row ) {
			$entry = [
				'crm'        => $text( $row, 'crm' ),
				'wp'         => $text( $row, 'wp' ),
				'type'       => $text( $row, 'type' ),
				'when_empty' => $text( $row, 'when_empty' ),
			];
			if ( '' !== $entry['crm'] || '' !== $entry['wp'] ) {
				$rows[] = array_map( 'wp_check_invalid_utf8', $entry );
			}
		}
		$checked = \AgileBridge\check_field_map( $rows );
		foreach ( $checked['refused'] as $refused ) {
			self::tell( $refused['index'], $rows[ $refused['index'] ], $refused['reason'] );
		}
		$stored = [];
		foreach ( $checked['entries'] as $number => $entry ) {
			if ( Form::database_holds( $entry['crm'] ) ) {
				$stored[] = $entry;
			} else {
				// One question mark, and WordPress could not read the whole map any more.
				self::tell( count( $rows ) + $number, $entry, Form::not_held() );
			}
		}
		return $stored;
	}

	/**
	 * @param array<string, string> $row
	 */
	private static function tell( int $number, array $row, string $reason ): void {
		/* translators: 1: CRM property, 2: WordPress key, 3: the reason. */
		$message = __( 'The field map row "%1$s → %2$s" was not saved: %3$s. Everything else was.', 'bridge-for-agile-crm' );
		Form::tell( "field_map_$number", sprintf( $message, $row['crm'], $row['wp'], $reason ), 'warning' );
	}
}
