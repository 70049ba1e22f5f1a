<?php
/**
 * A row of the settings form with a choice of a few, each with its sentence: the choice is seen whole, and a warning stands with what
 * it warns of.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

defined( 'ABSPATH' ) || exit;

final class Radios {

	/**
	 * @param array<string, string> $choices  Value => label.
	 * @param array<string, string> $helps    Value => plain text below it.
	 * @param list<string>          $disabled Values that cannot be chosen.
	 * @param ?\Closure             $of_last  Shows what belongs to the last choice; seen while that is chosen.
	 */
	public static function show_row( string $name, string $legend, array $choices, string $chosen, array $helps, array $disabled = [], ?\Closure $of_last = null ): void {
		?>
		<tr>
			<th scope="row"><?php echo esc_html( $legend ); ?></th>
			<td>
				<fieldset class="agile-bridge-radios">
					<legend class="screen-reader-text"><span><?php echo esc_html( $legend ); ?></span></legend>
					<?php
					foreach ( $choices as $value => $label ) {
						$value = (string) $value;
						self::show( $name, $value, $label, $helps[ $value ] ?? '', checked( $value, $chosen, false ) . disabled( in_array( $value, $disabled, true ), true, false ) );
					}
					if ( null !== $of_last ) {
						echo '<div class="agile-bridge-of-last">';
						$of_last();
						echo '</div>';
					}
					?>
				</fieldset>
			</td>
		</tr>
		<?php
	}

	/** @param string $state Attributes, escaped. */
	private static function show( string $name, string $value, string $label, string $help, string $state ): void {
		$id = Fields::field_id( $name ) . '-' . sanitize_key( $value );
		printf(
			'<div class="agile-bridge-choice"><label><input type="radio" name="%s" value="%s"%s%s> %s</label>',
			esc_attr( Fields::field_name( $name ) ),
			esc_attr( $value ),
			'' === $help ? '' : ' aria-describedby="' . esc_attr( "$id-help" ) . '"',
			$state, // phpcs:ignore WordPress.Security.EscapeOutput -- WordPress' own checked() and disabled().
			esc_html( $label )
		);
		if ( '' !== $help ) {
			printf( '<p class="description" id="%s">%s</p>', esc_attr( "$id-help" ), esc_html( $help ) );
		}
		echo '</div>';
	}
}
