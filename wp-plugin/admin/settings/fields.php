<?php
/**
 * The fields of the settings form: a labelled row each, read-only where a constant of wp-config.php decides.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class Fields {

	public static function field_name( string $name ): string {
		return Settings::OPTION . "[$name]";
	}

	public static function field_id( string $name ): string {
		return 'agile-bridge-' . str_replace( '_', '-', $name );
	}

	/**
	 * One row with one line of text.
	 *
	 * @param string                $value      What it holds now.
	 * @param ?string               $constant   The constant that wins over it.
	 * @param string                $help       Plain text below it.
	 * @param array<string, string> $attributes More of the input's; `dir` also of what stands after it.
	 * @param string                $after      Plain text after it.
	 */
	public static function show_text_row( string $name, string $label, string $value, ?string $constant, string $help, array $attributes = [], string $after = '' ): void {
		$fixed      = null !== $constant && null !== Settings::constant_text( $constant );
		$id         = self::field_id( $name );
		$attributes = $attributes + [
			'type'             => 'text',
			'class'            => 'regular-text',
			'autocomplete'     => 'off',
			'aria-describedby' => "$id-help",
		];
		// A field without a name is not sent: what a constant decides cannot be saved by accident.
		$attributes += $fixed ? [ 'readonly' => 'readonly' ] : [ 'name' => self::field_name( $name ) ];
		?>
		<tr>
			<th scope="row"><label for="<?php echo esc_attr( $id ); ?>"><?php echo esc_html( $label ); ?></label></th>
			<td>
				<span<?php self::show_attributes( array_intersect_key( $attributes, [ 'dir' => true ] ) ); ?>><input id="<?php echo esc_attr( $id ); ?>" value="<?php echo esc_attr( $value ); ?>"<?php self::show_attributes( $attributes ); ?>><span class="agile-bridge-unit"><?php echo esc_html( $after ); ?></span></span>
				<p class="description" id="<?php echo esc_attr( "$id-help" ); ?>">
					<?php $fixed ? self::show_source( (string) $constant ) : print( esc_html( $help ) ); ?>
				</p>
			</td>
		</tr>
		<?php
	}

	/** One row with a switch. The hidden field says 'off': an unticked box is not sent at all. */
	public static function show_checkbox_row( string $name, string $label, bool $on, string $text, string $help ): void {
		$id = self::field_id( $name );
		?>
		<tr>
			<th scope="row"><?php echo esc_html( $label ); ?></th>
			<td>
				<input type="hidden" name="<?php echo esc_attr( self::field_name( $name ) ); ?>" value="0">
				<label for="<?php echo esc_attr( $id ); ?>">
					<input type="checkbox" id="<?php echo esc_attr( $id ); ?>" name="<?php echo esc_attr( self::field_name( $name ) ); ?>" value="1" aria-describedby="<?php echo esc_attr( "$id-help" ); ?>" <?php checked( $on ); ?>>
					<?php echo esc_html( $text ); ?>
				</label>
				<p class="description" id="<?php echo esc_attr( "$id-help" ); ?>"><?php echo esc_html( $help ); ?></p>
			</td>
		</tr>
		<?php
	}

	/**
	 * One row with a choice.
	 *
	 * @param array<string, string> $choices Value => label.
	 * @param string                $help    Plain text below it.
	 */
	public static function show_select_row( string $name, string $label, array $choices, string $chosen, string $help ): void {
		$id = self::field_id( $name );
		?>
		<tr>
			<th scope="row"><label for="<?php echo esc_attr( $id ); ?>"><?php echo esc_html( $label ); ?></label></th>
			<td>
				<?php
				$attributes = [
					'id'               => $id,
					'name'             => self::field_name( $name ),
					'aria-describedby' => "$id-help",
				];
				self::show_select( $choices, $chosen, $attributes );
				?>
				<p class="description" id="<?php echo esc_attr( "$id-help" ); ?>"><?php echo esc_html( $help ); ?></p>
			</td>
		</tr>
		<?php
	}

	/**
	 * @param array<string, string> $choices    Value => label.
	 * @param array<string, string> $attributes See show_attributes().
	 */
	public static function show_select( array $choices, string $chosen, array $attributes ): void {
		echo '<select';
		self::show_attributes( $attributes );
		echo '>';
		foreach ( $choices as $value => $label ) {
			printf( '<option value="%s"%s>%s</option>', esc_attr( (string) $value ), selected( (string) $value, $chosen, false ), esc_html( $label ) );
		}
		echo '</select>';
	}

	/** @param array<string, string> $attributes Names are ours, values anybody's. */
	public static function show_attributes( array $attributes ): void {
		foreach ( $attributes as $name => $value ) {
			printf( ' %s="%s"', esc_attr( $name ), esc_attr( $value ) );
		}
	}

	/** Says where a value comes from. */
	public static function show_source( string $constant ): void {
		printf(
			/* translators: 1: name of a constant, 2: name of a file. */
			esc_html__( 'Set by %1$s in %2$s; change it there.', 'bridge-for-agile-crm' ),
			'<code>' . esc_html( $constant ) . '</code>',
			'<code>wp-config.php</code>'
		);
	}

	/** A warning inside a section, in WordPress' look. */
	public static function show_inline_notice( string $type, string $text ): void {
		wp_admin_notice(
			esc_html( $text ),
			[
				'type'               => $type,
				'additional_classes' => [ 'inline', 'notice-alt' ],
			]
		);
	}

	/**
	 * A value to copy, and its button, which settings.js brings to life; without it the text can be selected by hand.
	 *
	 * @param ?string $shown What is seen in place of a secret; the secret itself one has to ask for.
	 */
	public static function show_copy_field( string $id, string $label, #[\SensitiveParameter] string $value, ?string $shown = null ): void {
		printf(
			'<span class="agile-bridge-copy"><input type="text" class="large-text code" id="%1$s" value="%2$s" aria-label="%3$s" readonly>
			<button type="button" class="button hide-if-no-js" data-agile-bridge-copy="%6$s" aria-label="%4$s">%5$s</button></span>',
			esc_attr( $id ),
			esc_attr( $shown ?? $value ),
			esc_attr( $label ),
			/* translators: %s: what is copied. */
			esc_attr( sprintf( __( 'Copy: %s', 'bridge-for-agile-crm' ), $label ) ),
			esc_html__( 'Copy', 'bridge-for-agile-crm' ),
			esc_attr( null === $shown ? $id : "$id-whole" )
		);
		if ( null !== $shown && $shown !== $value ) {
			printf( '<p class="description hide-if-no-js">%s</p>', esc_html__( 'Copy takes the whole key, not the dots.', 'bridge-for-agile-crm' ) );
			/* translators: %s: what is shown, for instance URL. */
			$whole = sprintf( __( '%s, whole', 'bridge-for-agile-crm' ), $label );
			printf(
				'<details><summary>%s</summary><input type="text" class="large-text code" id="%s-whole" value="%s" aria-label="%s" readonly></details>',
				esc_html__( 'Show the access key', 'bridge-for-agile-crm' ),
				esc_attr( $id ),
				esc_attr( $value ),
				esc_attr( $whole )
			);
		}
	}
}
