<?php
/**
 * Whether we answer or WP Fusion, where both could.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class WhoAnswers {

	public static function show(): void {
		$choices = [
			'wp_fusion' => __( 'WP Fusion, as until now', 'bridge-for-agile-crm' ),
			'bridge'    => __( 'Bridge for Agile CRM', 'bridge-for-agile-crm' ),
		];
		$chosen  = Settings::answer_beside_wp_fusion() ? 'bridge' : 'wp_fusion';
		$legend  = __( 'Who answers webhooks', 'bridge-for-agile-crm' );
		?>
		<table class="form-table" role="presentation">
		<tr>
			<th scope="row"><?php echo esc_html( $legend ); ?></th>
			<td>
				<fieldset>
					<legend class="screen-reader-text"><span><?php echo esc_html( $legend ); ?></span></legend>
					<?php foreach ( $choices as $choice => $label ) : ?>
						<label><input type="radio" name="<?php echo esc_attr( Fields::field_name( 'who_answers' ) ); ?>" value="<?php echo esc_attr( $choice ); ?>" <?php checked( $choice, $chosen ); ?>> <?php echo esc_html( $label ); ?></label><br>
					<?php endforeach; ?>
					<p class="description"><?php esc_html_e( 'WP Fusion is active with Agile CRM, and both understand the same URLs. Only one of them answers, with its own access key.', 'bridge-for-agile-crm' ); ?></p>
				</fieldset>
			</td>
		</tr>
		</table>
		<?php
	}
}
