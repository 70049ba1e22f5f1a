<?php
/**
 * Which property of a contact goes to which field of a user.
 *
 * A table with a few empty rows at its end; saving brings new ones, emptying a row removes it. No script needed.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\User\AccountFields;
use AgileBridge\Plugin\User\FieldMap;

defined( 'ABSPATH' ) || exit;

final class FieldMapSection {

	private const EMPTY_ROWS = 3;

	public static function show(): void {
		$editable = null === Extension::problem();
		$rows     = FieldMap::stored();
		$rows     = $editable ? array_merge( $rows, array_fill( 0, self::EMPTY_ROWS, [] ) ) : $rows;
		?>
		<h2 id="agile-bridge-field-map"><?php esc_html_e( 'Field map', 'bridge-for-agile-crm' ); ?></h2>
		<p>
			<?php esc_html_e( 'E-mail address, first name and last name are always taken over, unless you map something else to them. Add what else a user shall have.', 'bridge-for-agile-crm' ); ?>
			<?php $editable || esc_html_e( 'The map can be changed once the PHP extension is installed.', 'bridge-for-agile-crm' ); ?>
		</p>
		<?php
		if ( [] === $rows ) {
			return;
		}
		?>
		<table class="widefat striped agile-bridge-map">
			<thead>
				<tr>
					<?php foreach ( self::map_columns() as $column ) : ?>
						<th scope="col"><?php echo esc_html( $column ); ?></th>
					<?php endforeach; ?>
				</tr>
			</thead>
			<tbody>
				<?php
				foreach ( $rows as $index => $row ) {
					self::show_map_row( $index, $row, $editable );
				}
				?>
			</tbody>
		</table>
		<datalist id="agile-bridge-account-fields">
			<?php foreach ( AccountFields::ALL as $field ) : ?>
				<option value="<?php echo esc_attr( $field ); ?>"></option>
			<?php endforeach; ?>
		</datalist>
		<p class="description">
			<?php
			esc_html_e( 'Property: a custom field by its label, a field of Agile CRM as phone+work, website+TWITTER or address+city. WordPress field: an account field (user_url, description …) or the key of user meta, in lowercase. Empty a row to remove it; empty rows come back when you save.', 'bridge-for-agile-crm' );
			?>
		</p>
		<?php
	}

	/** @return array<string, string> Name in the stored map => what people read. */
	private static function map_columns(): array {
		return [
			'crm'        => __( 'Property in Agile CRM', 'bridge-for-agile-crm' ),
			'wp'         => __( 'WordPress field', 'bridge-for-agile-crm' ),
			'type'       => __( 'Type', 'bridge-for-agile-crm' ),
			'when_empty' => __( 'When it is empty', 'bridge-for-agile-crm' ),
		];
	}

	/** @param array<string, mixed> $row A rule as stored. */
	private static function show_map_row( int $index, array $row, bool $editable ): void {
		$number = $index + 1;
		$types  = [
			'text'        => __( 'Text', 'bridge-for-agile-crm' ),
			'date'        => __( 'Date', 'bridge-for-agile-crm' ),
			'checkbox'    => __( 'Checkbox', 'bridge-for-agile-crm' ),
			'number'      => __( 'Number', 'bridge-for-agile-crm' ),
			'multiselect' => __( 'List of values', 'bridge-for-agile-crm' ),
			'raw'         => __( 'Unchanged', 'bridge-for-agile-crm' ),
		];
		$empty  = [
			'keep'  => __( 'Keep the user\'s value', 'bridge-for-agile-crm' ),
			'clear' => __( 'Clear the user\'s value', 'bridge-for-agile-crm' ),
		];
		echo '<tr>';
		foreach ( self::map_columns() as $name => $column ) {
			/* translators: 1: name of the column, 2: number of the row. */
			$label      = sprintf( __( '%1$s, row %2$d', 'bridge-for-agile-crm' ), $column, $number );
			$value      = is_string( $row[ $name ] ?? null ) ? $row[ $name ] : '';
			$attributes = [ 'aria-label' => $label ] + ( $editable ? [ 'name' => FieldMap::OPTION . "[$index][$name]" ] : [ 'disabled' => 'disabled' ] );
			printf( '<td data-colname="%s">', esc_attr( $column ) );
			match ( $name ) {
				'type'       => Fields::show_select( $types, $value, $attributes ),
				'when_empty' => Fields::show_select( $empty, $value, $attributes ),
				'wp'         => self::show_map_input( $value, $attributes + [ 'list' => 'agile-bridge-account-fields' ] ),
				default      => self::show_map_input( $value, $attributes ),
			};
			echo '</td>';
		}
		echo '</tr>';
	}

	/** @param array<string, string> $attributes See Fields::show_attributes(). */
	private static function show_map_input( string $value, array $attributes ): void {
		printf( '<input type="text" value="%s" autocomplete="off" spellcheck="false"', esc_attr( $value ) );
		Fields::show_attributes( $attributes );
		echo '>';
	}
}
