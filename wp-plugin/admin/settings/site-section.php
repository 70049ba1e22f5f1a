<?php
/**
 * Whether this is the site itself or a copy of it: what is known, and the buttons by which an admin says otherwise.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Home;
use AgileBridge\Plugin\Site\Whereabouts;

defined( 'ABSPATH' ) || exit;

final class SiteSection {

	public static function show(): void {
		$where = Home::whereabouts();
		?>
		<h2 id="agile-bridge-site"><?php esc_html_e( 'This site', 'bridge-for-agile-crm' ); ?></h2>
		<table class="form-table" role="presentation">
			<tr>
				<th scope="row"><?php esc_html_e( 'Live or a copy', 'bridge-for-agile-crm' ); ?></th>
				<td>
					<p id="agile-bridge-whereabouts"><?php echo esc_html( self::sentence( $where ) ); ?></p>
					<p>
						<?php
						Whereabouts::Live === $where || Buttons::show( 'live_site', self::live_label( $where ) );
						echo ' ';
						Whereabouts::Copy === $where || Buttons::show( 'copy_of_site', self::copy_label() );
						?>
					</p>
					<p class="description"><?php esc_html_e( 'A copy writes nothing to Agile CRM, sends no mail and looks for no missed changes.', 'bridge-for-agile-crm' ); ?></p>
				</td>
			</tr>
		</table>
		<?php
	}

	public static function sentence( Whereabouts $where ): string {
		return match ( $where ) {
			Whereabouts::Live   => __( 'This is the live site.', 'bridge-for-agile-crm' ),
			Whereabouts::Copy   => __( 'This is a copy of the site: you have said so.', 'bridge-for-agile-crm' ),
			/* translators: 1: the address that the site had, 2: the one that it has now, both such as "example.com". */
			Whereabouts::Unsaid => sprintf( __( 'This site was known as %1$s, and is %2$s now. It may be a copy, or it may have moved: until you say which, it is taken for a copy.', 'bridge-for-agile-crm' ), Home::address(), (string) preg_replace( '~^https?://~', '', (string) get_option( 'home' ) ) ),
		};
	}

	public static function live_label( Whereabouts $where ): string {
		return Whereabouts::Unsaid === $where
			? __( 'This is the live site under a new address', 'bridge-for-agile-crm' )
			: __( 'This is the live site', 'bridge-for-agile-crm' );
	}

	public static function copy_label(): string {
		return __( 'This is a copy', 'bridge-for-agile-crm' );
	}
}
