<?php
/**
 * Which calls became no webhook: with a wrong key, left to WP Fusion, and those with a valid key, which somebody has to set right.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Inbox\RefusedCalls;
use AgileBridge\Plugin\Site\Stats;

defined( 'ABSPATH' ) || exit;

final class RefusedSection {

	public static function show(): void {
		$wrong_key = Stats::last_refusal( 'invalid_access_key' );
		$left      = Stats::last_refusal( 'left_to_wp_fusion' );
		if ( null !== $wrong_key || null !== $left ) {
			echo '<table class="form-table" role="presentation">';
			self::show_last_refusal( $wrong_key );
			self::show_left_to_wp_fusion( $left );
			echo '</table>';
		}
		self::show_calls();
	}

	/** @param ?array{time: int, day: string, count: int} $last */
	private static function show_last_refusal( ?array $last ): void {
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
	 *
	 * @param ?array{time: int, day: string, count: int} $last
	 */
	private static function show_left_to_wp_fusion( ?array $last ): void {
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

	/**
	 * Calls with a valid key that became no event.
	 */
	private static function show_calls(): void {
		$calls = RefusedCalls::latest();
		if ( [] === $calls ) {
			return;
		}
		$columns = [ __( 'When', 'bridge-for-agile-crm' ), __( 'What came', 'bridge-for-agile-crm' ), __( 'Why it became no event', 'bridge-for-agile-crm' ), __( 'What to do', 'bridge-for-agile-crm' ) ];
		printf(
			'<details id="agile-bridge-no-events"><summary><strong>%s</strong> %s</summary>',
			esc_html__( 'Calls with a valid key that became no event', 'bridge-for-agile-crm' ),
			esc_html(
				sprintf(
					/* translators: 1: a number, 2: how long ago, for instance "5 minutes". */
					_n( '(%1$d, %2$s ago)', '(%1$d, the last %2$s ago)', count( $calls ), 'bridge-for-agile-crm' ),
					count( $calls ),
					human_time_diff( $calls[0]->time )
				)
			)
		);
		printf( '<p class="description">%s</p>', esc_html__( 'The last hundred. Nobody without a key is among them, and neither keys nor contacts are noted.', 'bridge-for-agile-crm' ) );
		printf( '<table class="widefat striped agile-bridge-stack"><caption class="screen-reader-text">%s</caption><thead><tr>', esc_html__( 'Calls with a valid key that became no event', 'bridge-for-agile-crm' ) );
		array_map( static fn( string $column ) => printf( '<th scope="col">%s</th>', esc_html( $column ) ), $columns );
		echo '</tr></thead><tbody>';
		foreach ( $calls as $call ) {
			$cells = [ Dates::date_and_time( $call->time ), RefusedCallWords::way( $call ), ...RefusedCallWords::why_and_what_to_do( $call ) ];
			echo '<tr>';
			array_map( static fn( string $column, string $cell ) => printf( '<td data-colname="%s">%s</td>', esc_attr( $column ), esc_html( $cell ) ), $columns, $cells );
			echo '</tr>';
		}
		echo '</tbody></table></details>';
	}
}
