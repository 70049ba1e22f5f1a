<?php
/**
 * What to put into Agile CRM, the access keys, and what was turned away.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\WpFusion;

defined( 'ABSPATH' ) || exit;

final class WebhooksSection {

	public static function show(): void {
		$keys  = AccessKeys::shown();
		$whole = array_values( array_filter( $keys, static fn( ShownKey $key ): bool => null !== $key->key ) );
		?>
		<h2 id="agile-bridge-webhooks"><?php esc_html_e( 'Put a webhook into Agile CRM', 'bridge-for-agile-crm' ); ?></h2>
		<?php
		AccessKeysSection::show_new();
		if ( WpFusion::answers() ) {
			Fields::show_inline_notice( 'info', __( 'WP Fusion answers webhooks now, with its own access key. What follows counts once you choose otherwise above.', 'bridge-for-agile-crm' ) );
		}
		if ( [] === $keys ) {
			Fields::show_inline_notice( 'error', self::why_no_access_key() );
		} elseif ( [] !== $whole ) {
			WebhookBuilder::show( $whole );
		} elseif ( ! AccessKeys::is_fixed() ) {
			Fields::show_inline_notice( 'warning', __( 'The access key cannot be shown any more, because the secret keys (salts) in wp-config.php were changed. Webhooks go on working with it. Make a new key below to see one.', 'bridge-for-agile-crm' ) );
		}
		AccessKeysSection::show( $keys );
		RefusedSection::show();
	}

	private static function why_no_access_key(): string {
		return match ( true ) {
			/* translators: %d: number of characters. */
			AccessKeys::is_fixed() => sprintf( __( 'Every webhook is refused: AGILE_BRIDGE_ACCESS_KEY in wp-config.php must be a text of at least %d characters.', 'bridge-for-agile-crm' ), Settings::MIN_ACCESS_KEY_BYTES ),
			null !== Extension::problem() => __( 'Every webhook is refused: there is no access key yet. It is made here once the PHP extension is installed.', 'bridge-for-agile-crm' ),
			default => __( 'Every webhook is refused: there is no access key.', 'bridge-for-agile-crm' ),
		};
	}
}
