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
			$row = $rows[ $refused['index'] ];
			add_settings_error(
				Form::GROUP,
				'field_map_' . $refused['index'],
				sprintf(
					/* translators: 1: CRM property, 2: WordPress key, 3: the reason. */
					esc_html__( 'The field map row "%1$s → %2$s" was not saved: %3$s. Everything else was.', 'bridge-for-agile-crm' ),
					esc_html( $row['crm'] ),
					esc_html( $row['wp'] ),
					esc_html( $refused['reason'] )
				),
				'warning'
			);
		}
		$stored = $checked['entries'];
		return $stored;
	}
}
