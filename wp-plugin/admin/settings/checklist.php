<?php
/**
 * What is done and what comes next, until the first webhook was processed; then it folds away.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Overview;
use AgileBridge\Plugin\Crm\Connection;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class Checklist {

	public static function show( Overview $overview ): void {
		$processed = $overview->was_ever_processed();
		$arrived   = $processed || null !== $overview->last_webhook;
		$connected = Connection::Connected === $overview->connection();
		$items     = [
			[ null === Extension::problem(), __( 'PHP extension loaded', 'bridge-for-agile-crm' ), self::extension() ],
			[ $connected, __( 'API key accepted', 'bridge-for-agile-crm' ), $connected ? '' : __( 'Fill in the fields below.', 'bridge-for-agile-crm' ) ],
			[ [] !== Settings::key_digests(), __( 'Access key made', 'bridge-for-agile-crm' ), '' ],
			[ $arrived, __( 'A webhook put into Agile CRM', 'bridge-for-agile-crm' ), $arrived ? '' : null ],
			[ $processed, __( 'First webhook processed', 'bridge-for-agile-crm' ), '' ],
		];
		$done      = count( array_filter( array_column( $items, 0 ) ) );
		?>
		<details id="agile-bridge-checklist" class="agile-bridge-checklist"<?php echo $processed ? '' : ' open'; ?>>
			<summary>
				<strong><?php esc_html_e( 'Getting started', 'bridge-for-agile-crm' ); ?></strong>
				<?php
				/* translators: 1, 2: numbers. */
				echo esc_html( sprintf( __( '%1$d of %2$d done', 'bridge-for-agile-crm' ), $done, count( $items ) ) );
				?>
			</summary>
			<ul>
				<?php array_map( static fn( array $item ) => self::show_item( ...$item ), $items ); ?>
			</ul>
		</details>
		<?php
	}

	private static function extension(): string {
		/* translators: 1, 2: version numbers. */
		return null === Extension::problem() ? sprintf( __( '%1$s for PHP %2$s', 'bridge-for-agile-crm' ), (string) phpversion( 'agile_bridge' ), PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION ) : __( 'The notice above says how.', 'bridge-for-agile-crm' );
	}

	/** @param ?string $more Plain text; null for the way to the webhooks. */
	private static function show_item( bool $done, string $text, ?string $more ): void {
		printf(
			'<li><span class="dashicons dashicons-%s" aria-hidden="true"></span> <span class="screen-reader-text">%s</span> <strong>%s</strong> ',
			$done ? 'yes' : 'marker',
			$done ? esc_html__( 'Done:', 'bridge-for-agile-crm' ) : esc_html__( 'To do:', 'bridge-for-agile-crm' ),
			esc_html( $text )
		);
		if ( null === $more ) {
			printf( '<a href="%s">%s</a>', esc_url( Place::url( Tab::Webhooks ) ), esc_html__( 'Copy it from the tab Webhooks.', 'bridge-for-agile-crm' ) );
		} else {
			echo esc_html( $more );
		}
		echo '</li>';
	}
}
