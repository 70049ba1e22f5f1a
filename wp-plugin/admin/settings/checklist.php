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
		$arrived   = $overview->has_webhooks();
		$items     = [
			[ null === Extension::problem(), __( 'Install the PHP extension', 'bridge-for-agile-crm' ), self::extension() ],
			[ Connection::Connected === $overview->connection(), __( 'Connect the account', 'bridge-for-agile-crm' ), '' ],
			[ [] !== Settings::key_digests(), __( 'Make an access key', 'bridge-for-agile-crm' ), '' ],
			[ $arrived, __( 'Put a webhook into Agile CRM', 'bridge-for-agile-crm' ), $arrived ? '' : null ],
			[ $processed, __( 'Process the first webhook', 'bridge-for-agile-crm' ), '' ],
		];
		$is_done   = array_column( $items, 0 );
		$next      = array_search( false, $is_done, true );
		?>
		<details id="agile-bridge-checklist" class="agile-bridge-checklist"<?php echo $processed ? '' : ' open'; ?>>
			<summary>
				<strong><?php esc_html_e( 'Getting started', 'bridge-for-agile-crm' ); ?></strong>
				<?php
				/* translators: 1, 2: numbers. */
				echo esc_html( sprintf( __( '%1$d of %2$d done', 'bridge-for-agile-crm' ), count( array_filter( $is_done ) ), count( $items ) ) );
				?>
			</summary>
			<ul>
				<?php
				foreach ( $items as $place => $item ) {
					self::show_item( $place === $next, ...$item );
				}
				?>
			</ul>
		</details>
		<?php
	}

	private static function extension(): string {
		/* translators: 1, 2: version numbers. */
		return null === Extension::problem() ? sprintf( __( '(%1$s for PHP %2$s)', 'bridge-for-agile-crm' ), (string) phpversion( 'agile_bridge' ), PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION ) : __( 'The notice above says how.', 'bridge-for-agile-crm' );
	}

	/** @param ?string $more Plain text; null for the way to the webhooks. */
	private static function show_item( bool $is_next, bool $done, string $text, ?string $more ): void {
		[ $kind, $icon, $word ] = match ( true ) {
			$done    => [ 'done', 'yes-alt', __( 'Done:', 'bridge-for-agile-crm' ) ],
			$is_next => [ 'next', is_rtl() ? 'arrow-left-alt' : 'arrow-right-alt', __( 'Next:', 'bridge-for-agile-crm' ) ],
			default  => [ 'later', 'marker', __( 'To do:', 'bridge-for-agile-crm' ) ],
		};
		printf(
			'<li class="agile-bridge-is-%s"><span class="dashicons dashicons-%s" aria-hidden="true"></span> <span>%s ',
			esc_attr( $kind ),
			esc_attr( $icon ),
			$is_next
				? sprintf( '<strong>%s %s</strong>', esc_html( $word ), esc_html( $text ) )
				: sprintf( '<span class="screen-reader-text">%s</span> %s', esc_html( $word ), esc_html( $text ) )
		);
		if ( null !== $more ) {
			printf( '<span class="description">%s</span>', esc_html( $more ) );
		} elseif ( $is_next ) {
			printf( '<a href="%s">%s</a>', esc_url( Place::url( Tab::Webhooks ) ), esc_html__( 'Copy it from the tab Webhooks.', 'bridge-for-agile-crm' ) );
		}
		echo '</span></li>';
	}
}
