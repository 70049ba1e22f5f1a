<?php
/**
 * The list of webhooks that were answered 202 unread while the extension was missing, and refused when they were read: their
 * callers never learn of it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Inbox\Finished;

defined( 'ABSPATH' ) || exit;

final class RefusedList {

	private const MOST = 5;

	public static function show(): void {
		$refused = Finished::latest_refused( self::MOST );
		if ( [] === $refused ) {
			return;
		}
		$arrived = __( 'Arrived', 'bridge-for-agile-crm' );
		$reason  = __( 'Reason', 'bridge-for-agile-crm' );
		?>
		<p><?php esc_html_e( 'Kept while the PHP extension was missing, and refused when they were read:', 'bridge-for-agile-crm' ); ?></p>
		<table class="widefat striped agile-bridge-stack" id="agile-bridge-refused">
			<caption class="screen-reader-text"><?php esc_html_e( 'Kept webhooks refused last', 'bridge-for-agile-crm' ); ?></caption>
			<thead>
				<tr>
					<th scope="col"><?php echo esc_html( $arrived ); ?></th>
					<th scope="col"><?php echo esc_html( $reason ); ?></th>
				</tr>
			</thead>
			<tbody>
				<?php foreach ( $refused as $webhook ) : ?>
					<tr>
						<td data-colname="<?php echo esc_attr( $arrived ); ?>"><?php echo esc_html( Dates::date_and_time( $webhook['time'] ) ); ?></td>
						<td data-colname="<?php echo esc_attr( $reason ); ?>" lang="en"><?php echo esc_html( $webhook['message'] ); ?></td>
					</tr>
				<?php endforeach; ?>
			</tbody>
		</table>
		<?php
	}
}
