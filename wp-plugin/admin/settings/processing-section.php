<?php
/**
 * About the inbox: how webhooks are processed, what waits, and what was given up.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Dates;
use AgileBridge\Plugin\Admin\Numbers;
use AgileBridge\Plugin\Admin\Overview;
use AgileBridge\Plugin\Inbox\Replay;
use AgileBridge\Plugin\Inbox\Retention;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\Stats;
use AgileBridge\Plugin\Upkeep\LookStatus;

defined( 'ABSPATH' ) || exit;

final class ProcessingSection {

	/** Rows of the list of those given up. */
	private const MOST_GIVEN_UP = 5;

	public static function show(): void {
		$settings = Settings::stored();
		?>
		<h2 id="agile-bridge-processing"><?php esc_html_e( 'Processing', 'bridge-for-agile-crm' ); ?></h2>
		<?php self::show_inbox_summary(); ?>
		<table class="form-table" role="presentation">
			<?php
			Fields::show_checkbox_row(
				'paused',
				__( 'Pause', 'bridge-for-agile-crm' ),
				$settings->paused,
				__( 'Store webhooks without processing them', 'bridge-for-agile-crm' ),
				__( 'None is lost: all are processed when you switch this off.', 'bridge-for-agile-crm' )
			);
			Fields::show_text_row(
				'inline_workers',
				__( 'Processed at once', 'bridge-for-agile-crm' ),
				(string) $settings->inline_workers,
				null,
				__( 'More than these wait a moment; keep it well below the number of PHP workers of the site.', 'bridge-for-agile-crm' ),
				[
					'type'  => 'number',
					'class' => 'small-text',
					'min'   => '0',
					'max'   => (string) Saving::MAX_INLINE_WORKERS,
				]
			);
			Fields::show_checkbox_row(
				'reconcile',
				__( 'Missed changes', 'bridge-for-agile-crm' ),
				$settings->reconcile,
				__( 'Look for them every hour', 'bridge-for-agile-crm' ),
				__( 'Repairs linked users whose webhook never arrived.', 'bridge-for-agile-crm' )
			);
			Fields::show_checkbox_row(
				'keeps_values',
				__( 'Changed values', 'bridge-for-agile-crm' ),
				$settings->keeps_values,
				__( 'Keep the values of fields that changed, with the activity', 'bridge-for-agile-crm' ),
				__( 'Otherwise it names the fields alone; of passwords and secrets nothing is kept in any case.', 'bridge-for-agile-crm' )
			);
			?>
		</table>
		<?php
	}

	private static function show_inbox_summary(): void {
		$overview = Overview::read();
		if ( null === $overview ) {
			return;
		}
		$counts   = $overview->counts;
		$repaired = Stats::repaired_count();
		?>
		<p id="agile-bridge-inbox" class="agile-bridge-line">
			<span>
			<?php
			printf(
				/* translators: 1, 2, 3, 4, 5: numbers. */
				esc_html__( 'Waiting: %1$s. Processed in the last %5$d days: %2$s. Given up: %3$s. Missed and repaired: %4$s.', 'bridge-for-agile-crm' ),
				esc_html( Numbers::of_events( $counts->open() ) ),
				esc_html( Numbers::of_events( $counts->done ) ),
				esc_html( Numbers::of_events( $counts->dead ) ),
				esc_html( number_format_i18n( $repaired ) ),
				(int) Retention::days_of_done()
			);
			echo '</span>';
			if ( $counts->dead > 0 ) {
				Buttons::show( 'replay_dead', __( 'Process those given up again', 'bridge-for-agile-crm' ) );
			}
			?>
		</p>
		<?php
		if ( Settings::stored()->reconcile || Settings::stored()->missed_creations_since > 0 ) {
			self::show_look( LookStatus::read() );
		}
		if ( Stats::unsent_mails() > 0 ) {
			echo '<p id="agile-bridge-unsent-mails">' . esc_html(
				sprintf(
					/* translators: %s: a number. */
					_n( '%s mail of WordPress or another plugin was not sent: a replay, the hourly look and a copy of the site send none.', '%s mails of WordPress or other plugins were not sent: a replay, the hourly look and a copy of the site send none.', Stats::unsent_mails(), 'bridge-for-agile-crm' ),
					number_format_i18n( Stats::unsent_mails() )
				)
			) . '</p>';
		}
		if ( $counts->passwords > 0 ) {
			echo '<p id="agile-bridge-passwords">' . esc_html(
				sprintf(
					/* translators: %s: a number. */
					_n( '%s generated password could not be returned to Agile CRM, and is wiped. Its user can ask for a new one on the login page.', '%s generated passwords could not be returned to Agile CRM, and are wiped. Their users can ask for new ones on the login page.', $counts->passwords, 'bridge-for-agile-crm' ),
					Numbers::of_events( $counts->passwords )
				)
			) . '</p>';
		}
		if ( $counts->dead + $counts->passwords > 0 ) {
			self::show_given_up();
		}
		RefusedList::show();
	}

	private static function show_look( LookStatus $look ): void {
		$walks = __( 'So linked users are asked for one by one, which takes longer.', 'bridge-for-agile-crm' );
		$why   = match ( $look->walks ) {
			''            => '',
			'refused'     => __( 'Agile CRM does not list what has changed.', 'bridge-for-agile-crm' ),
			'heavy'       => __( 'Agile CRM lists what has changed too slowly.', 'bridge-for-agile-crm' ),
			'not_trusted' => __( 'Agile CRM\'s list of what has changed cannot be trusted: twice it lacked a contact that had changed.', 'bridge-for-agile-crm' ),
			default       => __( 'Agile CRM\'s list of what has changed fails again and again.', 'bridge-for-agile-crm' ),
		};
		$when  = 0 === $look->full
			? __( 'No full look for missed changes has ended yet.', 'bridge-for-agile-crm' )
			/* translators: %s: date and time. */
			: sprintf( __( 'Last full look for missed changes: %s.', 'bridge-for-agile-crm' ), Dates::date_and_time( intdiv( $look->full, Clock::SECOND ) ) );
		$text  = '' === $why ? $when : "$when $why $walks";
		if ( [] !== $look->left_out ) {
			/* translators: %s: ids of contacts. */
			$text .= ' ' . sprintf( __( 'Left out, because they are larger than 2 MiB: the contacts %s. Shorten their fields in Agile CRM.', 'bridge-for-agile-crm' ), implode( ', ', $look->left_out ) );
		}
		printf( '<p id="agile-bridge-look">%s</p>', esc_html( $text ) );
	}

	private static function show_given_up(): void {
		$columns = [
			__( 'Given up', 'bridge-for-agile-crm' ),
			__( 'Contact', 'bridge-for-agile-crm' ),
			__( 'Action', 'bridge-for-agile-crm' ),
			__( 'Reason', 'bridge-for-agile-crm' ),
		];
		?>
		<table class="widefat striped agile-bridge-stack" id="agile-bridge-given-up">
			<caption class="screen-reader-text"><?php esc_html_e( 'Webhooks given up last', 'bridge-for-agile-crm' ); ?></caption>
			<thead>
				<tr><?php array_map( static fn( string $column ) => printf( '<th scope="col">%s</th>', esc_html( $column ) ), $columns ); ?></tr>
			</thead>
			<tbody>
				<?php foreach ( Replay::latest_dead_events( self::MOST_GIVEN_UP ) as $event ) : ?>
					<tr>
						<td data-colname="<?php echo esc_attr( $columns[0] ); ?>"><?php echo esc_html( Dates::date_and_time( $event->time ) ); ?></td>
						<td data-colname="<?php echo esc_attr( $columns[1] ); ?>"><?php echo esc_html( $event->contact ); ?></td>
						<td data-colname="<?php echo esc_attr( $columns[2] ); ?>"><code><?php echo esc_html( $event->action ); ?></code></td>
						<td data-colname="<?php echo esc_attr( $columns[3] ); ?>" lang="en"><?php echo esc_html( $event->message ); ?></td>
					</tr>
				<?php endforeach; ?>
			</tbody>
		</table>
		<?php
	}
}
