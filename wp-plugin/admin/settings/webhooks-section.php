<?php
/**
 * What to put into Agile CRM, the access key, and who was turned away.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\Stats;
use AgileBridge\Plugin\Site\WpFusion;

defined( 'ABSPATH' ) || exit;

final class WebhooksSection {

	public static function show(): void {
		$keys  = AccessKeys::shown_access_keys();
		$fixed = null !== Settings::constant_text( 'AGILE_BRIDGE_ACCESS_KEY' );
		?>
		<h2 id="agile-bridge-webhooks"><?php esc_html_e( 'Webhooks', 'bridge-for-agile-crm' ); ?></h2>
		<?php
		if ( WpFusion::answers() ) {
			Fields::show_inline_notice( 'info', __( 'WP Fusion answers webhooks now, with its own access key. What follows counts once you choose otherwise above.', 'bridge-for-agile-crm' ) );
		}
		if ( [] === $keys ) {
			Fields::show_inline_notice( 'error', self::why_no_access_key( $fixed ) );
		}
		if ( ! $fixed && [] !== $keys && null === $keys[0]['key'] ) {
			Fields::show_inline_notice( 'warning', __( 'The access key cannot be shown any more, because the secret keys (salts) in wp-config.php were changed. Webhooks go on working with it. Replace the key to see a new one.', 'bridge-for-agile-crm' ) );
		}
		if ( isset( $keys[0]['key'] ) ) {
			WebhookBuilder::show( $keys[0]['key'] );
		}
		?>
		<table class="form-table" role="presentation">
			<tr>
				<th scope="row"><?php esc_html_e( 'Access key', 'bridge-for-agile-crm' ); ?></th>
				<td>
					<?php
					if ( isset( $keys[0] ) ) {
						self::show_access_key( $keys[0], 'agile-bridge-access-key', __( 'Access key', 'bridge-for-agile-crm' ) );
					}
					if ( $fixed ) {
						?>
						<p class="description"><?php Fields::show_source( 'AGILE_BRIDGE_ACCESS_KEY' ); ?></p>
						<?php
					} else {
						self::show_key_changes( $keys );
					}
					?>
				</td>
			</tr>
			<?php
			self::show_last_refusal();
			self::show_left_to_wp_fusion();
			?>
		</table>
		<?php
	}

	private static function why_no_access_key( bool $fixed ): string {
		return match ( true ) {
			/* translators: %d: number of characters. */
			$fixed => sprintf( __( 'Every webhook is refused: AGILE_BRIDGE_ACCESS_KEY in wp-config.php must be a text of at least %d characters.', 'bridge-for-agile-crm' ), Settings::MIN_ACCESS_KEY_BYTES ),
			null !== Extension::problem() => __( 'Every webhook is refused: there is no access key yet. It is made here once the PHP extension is installed.', 'bridge-for-agile-crm' ),
			default => __( 'Every webhook is refused: there is no access key.', 'bridge-for-agile-crm' ),
		};
	}

	/** @param array{key: ?string, weak: bool, created: int} $key As AccessKeys::shown_access_keys() gives it. */
	private static function show_access_key( array $key, string $id, string $label ): void {
		if ( null !== $key['key'] ) {
			Fields::show_copy_field( $id, $label, $key['key'], AccessKeys::masked( $key['key'] ) );
		}
		if ( $key['weak'] ) {
			/* translators: %d: number of characters. */
			Fields::show_inline_notice( 'warning', sprintf( __( 'This key is weak: shorter than %d characters. It works, but replace it when you can.', 'bridge-for-agile-crm' ), AccessKeys::STRONG_ACCESS_KEY_BYTES ) );
		}
	}

	/** @param list<array{key: ?string, weak: bool, created: int}> $keys The one in use first. */
	private static function show_key_changes( array $keys ): void {
		if ( isset( $keys[1] ) ) {
			?>
			<p class="description">
				<?php
				printf(
					/* translators: %s: date and time. */
					esc_html__( 'In use since %s. The former key is still valid, so that you can change the URLs in Agile CRM one by one:', 'bridge-for-agile-crm' ),
					esc_html( Dates::date_and_time( $keys[0]['created'] ) )
				);
				?>
			</p>
			<?php self::show_access_key( $keys[1], 'agile-bridge-former-key', __( 'Former access key', 'bridge-for-agile-crm' ) ); ?>
			<p><?php Buttons::show( 'remove_key', __( 'Remove the former key', 'bridge-for-agile-crm' ) ); ?></p>
			<?php
			return;
		}
		?>
		<p class="description"><?php esc_html_e( 'Who has this key can create and change users of this site. Keep it secret.', 'bridge-for-agile-crm' ); ?></p>
		<p><?php Buttons::show( 'replace_key', __( 'Replace with a new key', 'bridge-for-agile-crm' ), null === Extension::problem() ); ?></p>
		<details>
			<summary><?php esc_html_e( 'Use a key of your own', 'bridge-for-agile-crm' ); ?></summary>
			<p class="description" id="agile-bridge-own-key-help">
				<?php esc_html_e( 'With WP Fusion\'s access key its webhook URLs go on working unchanged. The key in use now stays valid until you remove it.', 'bridge-for-agile-crm' ); ?>
			</p>
			<p>
				<input type="text" class="regular-text code" name="agile_bridge_key" form="<?php echo esc_attr( Buttons::form_id( 'own_key' ) ); ?>"
					aria-label="<?php esc_attr_e( 'Key of your own', 'bridge-for-agile-crm' ); ?>" aria-describedby="agile-bridge-own-key-help"
					minlength="<?php echo esc_attr( (string) Settings::MIN_ACCESS_KEY_BYTES ); ?>" autocomplete="off" spellcheck="false" required>
				<?php Buttons::show( 'own_key', __( 'Use this key', 'bridge-for-agile-crm' ) ); ?>
			</p>
		</details>
		<?php
	}

	private static function show_last_refusal(): void {
		$last = Stats::last_refusal( 'invalid_access_key' );
		if ( null === $last ) {
			return;
		}
		$today = wp_date( 'Y-m-d' ) === $last['day'];
		?>
		<tr>
			<th scope="row"><?php esc_html_e( 'Refused calls', 'bridge-for-agile-crm' ); ?></th>
			<td id="agile-bridge-refusals">
				<?php
				if ( $today ) {
					printf(
						/* translators: 1: a number, 2: date and time. */
						esc_html( _n( 'Somebody called with a wrong access key at least %1$d time today; the last call that was noted came on %2$s.', 'Somebody called with a wrong access key at least %1$d times today; the last call that was noted came on %2$s.', $last['count'], 'bridge-for-agile-crm' ) ),
						(int) $last['count'],
						esc_html( Dates::date_and_time( $last['time'] ) )
					);
				} else {
					printf(
						/* translators: %s: date and time. */
						esc_html__( 'Nobody called with a wrong access key today; the last such call came on %s.', 'bridge-for-agile-crm' ),
						esc_html( Dates::date_and_time( $last['time'] ) )
					);
				}
				?>
				<p class="description"><?php esc_html_e( 'At most one call a minute is counted. If it is your own campaign or webhook, put what is above into Agile CRM.', 'bridge-for-agile-crm' ); ?></p>
			</td>
		</tr>
		<?php
	}

	/**
	 * Webhooks of another CRM, which WP Fusion answers.
	 */
	private static function show_left_to_wp_fusion(): void {
		$last = Stats::last_refusal( 'left_to_wp_fusion' );
		if ( null === $last ) {
			return;
		}
		?>
		<tr>
			<th scope="row"><?php esc_html_e( 'Left to WP Fusion', 'bridge-for-agile-crm' ); ?></th>
			<td id="agile-bridge-left-to-wp-fusion">
				<?php
				printf(
					/* translators: 1: a number, 2: date and time. */
					esc_html__( 'Calls without one of the keys above, or with an action that is not one of these: at least %1$d today; the last that was noted came on %2$s.', 'bridge-for-agile-crm' ),
					(int) ( wp_date( 'Y-m-d' ) === $last['day'] ? $last['count'] : 0 ),
					esc_html( Dates::date_and_time( $last['time'] ) )
				);
				?>
				<p class="description"><?php esc_html_e( 'WP Fusion works with another CRM, whose webhooks look like those of Agile CRM. If these were to come here, put what is above into Agile CRM.', 'bridge-for-agile-crm' ); ?></p>
			</td>
		</tr>
		<?php
	}
}
