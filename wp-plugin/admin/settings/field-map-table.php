<?php
/**
 * The rows of the field map. Each reads as a sentence: this field of Agile CRM goes to that field here; below them what the chosen
 * contact has, and what would be stored of it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\User\FieldMap;

defined( 'ABSPATH' ) || exit;

final readonly class FieldMapTable {

	/** What is at work without a row, as long as no row fills the same field. */
	private const ALWAYS = [
		'email'      => 'user_email',
		'first_name' => 'first_name',
		'last_name'  => 'last_name',
	];

	public function __construct( private SampleContact $sample, private bool $editable ) {}

	/**
	 * @param list<FieldMapRow> $rows
	 */
	public function show( array $rows ): void {
		printf( '<table class="widefat agile-bridge-map" id="agile-bridge-map" data-most="%d"><thead><tr>', (int) FieldMapForm::most_rows() );
		foreach ( self::columns() as $column ) {
			printf( '<th scope="col">%s</th>', esc_html( $column ) );
		}
		printf( '<td><span class="screen-reader-text">%s</span></td></tr></thead><tbody>', esc_html__( 'Order', 'bridge-for-agile-crm' ) );
		$taken = array_map( static fn( FieldMapRow $row ): string => $row->wp, $rows );
		foreach ( self::ALWAYS as $crm => $wp ) {
			$this->show_locked( new FieldMapRow( $crm, $wp ), in_array( $wp, $taken, true ) );
		}
		echo '</tbody><tbody class="agile-bridge-rows">';
		foreach ( $rows as $place => $row ) {
			$this->show_row( $place, $row );
		}
		echo '</tbody></table>';
		if ( $this->editable ) {
			echo '<template id="agile-bridge-row">';
			$this->show_row( count( $rows ), new FieldMapRow() );
			echo '</template>';
		}
	}

	/** @return array<string, string> Name in the stored map => what people read. */
	private static function columns(): array {
		return [
			'crm'        => __( 'Agile CRM field', 'bridge-for-agile-crm' ),
			'wp'         => __( 'WordPress field', 'bridge-for-agile-crm' ),
			'type'       => __( 'Type', 'bridge-for-agile-crm' ),
			'when_empty' => __( 'When it is empty', 'bridge-for-agile-crm' ),
		];
	}

	private function show_locked( FieldMapRow $row, bool $is_taken ): void {
		$columns = self::columns();
		printf( '<tr class="agile-bridge-locked"><td data-colname="%s"><code>%s</code>', esc_attr( $columns['crm'] ), esc_html( $row->crm ) );
		self::show_value( '', $this->sample->in_crm( $row ) );
		printf( '</td><td data-colname="%s"><code>%s</code>', esc_attr( $columns['wp'] ), esc_html( $row->wp ) );
		self::show_value( '', $is_taken ? '' : $this->sample->would_be_stored( $row ) );
		printf(
			'</td><td class="agile-bridge-quiet">%s</td><td class="agile-bridge-quiet">%s</td><td><span class="dashicons dashicons-lock" aria-hidden="true"></span> %s</td></tr>',
			$is_taken ? '' : esc_html( self::types()['text'] ),
			$is_taken ? '' : esc_html( self::choices_when_empty()['keep'] ),
			$is_taken ? esc_html__( 'A row below', 'bridge-for-agile-crm' ) : esc_html__( 'Always', 'bridge-for-agile-crm' )
		);
	}

	private function show_row( int $place, FieldMapRow $row ): void {
		$id = "agile-bridge-map-$place";
		echo '<tr>';
		foreach ( self::columns() as $name => $column ) {
			printf( '<td data-colname="%s">', esc_attr( $column ) );
			$attributes = $this->attributes( $place, $name );
			match ( $name ) {
				'crm'        => $this->show_crm( $row, $attributes ),
				'wp'         => $this->show_wp( $row, $attributes, $id ),
				'type'       => Fields::show_select( self::types(), '' === $row->type && ! $row->is_empty() ? 'text' : $row->type, $attributes ),
				'when_empty' => Fields::show_select( self::choices_when_empty(), $row->when_empty, $attributes ),
			};
			echo '</td>';
		}
		echo '<td class="agile-bridge-order">';
		if ( $this->editable ) {
			self::show_buttons( $place );
		}
		echo '</td></tr>';
	}

	/** @return array<string, string> Of a field of the form. */
	private function attributes( int $place, string $name ): array {
		/* translators: 1: name of the column, 2: number of the row. */
		$label = sprintf( __( '%1$s, row %2$d', 'bridge-for-agile-crm' ), self::columns()[ $name ], $place + 1 );
		return [
			'aria-label' => $label,
			'data-name'  => $name,
		] + ( $this->editable ? [ 'name' => FieldMap::OPTION . "[$place][$name]" ] : [ 'disabled' => 'disabled' ] );
	}

	/** @param array<string, string> $attributes See attributes(). */
	private function show_crm( FieldMapRow $row, array $attributes ): void {
		self::show_input( $row->crm, $attributes + [ 'list' => FieldChoices::CRM_LIST ] );
		self::show_value( 'in-crm', $this->sample->in_crm( $row ) );
	}

	/** @param array<string, string> $attributes See attributes(). */
	private function show_wp( FieldMapRow $row, array $attributes, string $id ): void {
		$attributes['aria-describedby'] = "$id-problem $id-stored";
		if ( '' !== $row->problem ) {
			$attributes['aria-invalid'] = 'true';
		}
		self::show_input( $row->wp, $attributes + [ 'list' => FieldChoices::WP_LIST ] );
		printf( '<p class="agile-bridge-problem" id="%s" data-says="problem" lang="en">%s</p>', esc_attr( "$id-problem" ), esc_html( self::sentence( $row->problem ) ) );
		self::show_value( 'stored', $this->sample->would_be_stored( $row ), "$id-stored" );
	}

	/** @param array<string, string> $attributes See Fields::show_attributes(). */
	private static function show_input( string $value, array $attributes ): void {
		printf( '<input type="text" value="%s" autocomplete="off" spellcheck="false"', esc_attr( $value ) );
		Fields::show_attributes( $attributes );
		echo '>';
	}

	/** Something of the contact, in grey. */
	private static function show_value( string $says, string $value, string $id = '' ): void {
		printf( '<p class="description"%s><bdi data-says="%s">%s</bdi></p>', '' === $id ? '' : ' id="' . esc_attr( $id ) . '"', esc_attr( $says ), esc_html( $value ) );
	}

	private static function sentence( string $reason ): string {
		return '' === $reason ? '' : ucfirst( $reason ) . '.';
	}

	private static function show_buttons( int $place ): void {
		$number  = $place + 1;
		$buttons = [
			/* translators: %d: number of a row. */
			'up'     => [ 'arrow-up-alt2', sprintf( __( 'Move row %d up', 'bridge-for-agile-crm' ), $number ) ],
			/* translators: %d: number of a row. */
			'down'   => [ 'arrow-down-alt2', sprintf( __( 'Move row %d down', 'bridge-for-agile-crm' ), $number ) ],
			/* translators: %d: number of a row. */
			'remove' => [ 'no-alt', sprintf( __( 'Remove row %d', 'bridge-for-agile-crm' ), $number ) ],
		];
		printf( '<span class="agile-bridge-handle hide-if-no-js dashicons dashicons-menu" title="%s" aria-hidden="true"></span>', esc_attr__( 'Drag to sort', 'bridge-for-agile-crm' ) );
		foreach ( $buttons as $verb => [ $icon, $label ] ) {
			printf(
				'<button type="submit" class="button-link" name="%s" value="%s" title="%4$s" aria-label="%4$s"><span class="dashicons dashicons-%3$s" aria-hidden="true"></span></button>',
				esc_attr( FieldMapForm::BUTTON ),
				esc_attr( "$verb:$place" ),
				esc_attr( $icon ),
				esc_attr( $label )
			);
		}
	}

	/** @return array<string, string> */
	private static function types(): array {
		return [
			''            => __( 'Automatic', 'bridge-for-agile-crm' ),
			'text'        => __( 'Text', 'bridge-for-agile-crm' ),
			'date'        => __( 'Date', 'bridge-for-agile-crm' ),
			'checkbox'    => __( 'Checkbox', 'bridge-for-agile-crm' ),
			'number'      => __( 'Number', 'bridge-for-agile-crm' ),
			'multiselect' => __( 'List of values', 'bridge-for-agile-crm' ),
			'raw'         => __( 'Unchanged', 'bridge-for-agile-crm' ),
		];
	}

	/** @return array<string, string> */
	private static function choices_when_empty(): array {
		return [
			'keep'  => __( 'Keep the user\'s value', 'bridge-for-agile-crm' ),
			'clear' => __( 'Clear the user\'s value', 'bridge-for-agile-crm' ),
		];
	}
}
