<?php
/**
 * The list of events, in WordPress' own table. Its pages go by ids: the list grows while one reads.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Inbox\Activity;
use AgileBridge\Plugin\Inbox\ActivityFilter;
use AgileBridge\Plugin\Inbox\ActivityRow;

defined( 'ABSPATH' ) || exit;

require_once ABSPATH . 'wp-admin/includes/class-wp-list-table.php';

final class EventsTable extends \WP_List_Table {

	/** What older events are below; 0 where there are none. */
	private int $older = 0;

	private People $people;

	/** @var array<string, int> See Activity::counts(). */
	private array $counts = [];

	public function __construct( private Query $query ) {
		parent::__construct(
			[
				'singular' => 'event',
				'plural'   => 'events',
				'screen'   => Address::SCREEN_ID,
			]
		);
	}

	/** @return array<string, string> */
	public static function columns(): array {
		return [
			'cb'       => '<input type="checkbox">',
			// The first one stays on a phone.
			'contact'  => __( 'Contact', 'bridge-for-agile-crm' ),
			'happened' => __( 'What happened', 'bridge-for-agile-crm' ),
			'came'     => __( 'What came', 'bridge-for-agile-crm' ),
			'when'     => __( 'When', 'bridge-for-agile-crm' ),
			'took'     => __( 'Took', 'bridge-for-agile-crm' ),
		];
	}

	/** @return array<string, string> */
	public function get_columns() {
		return self::columns();
	}

	protected function get_default_primary_column_name() {
		return 'contact';
	}

	public function prepare_items() {
		$page        = Activity::page( $this->query->filter(), $this->query->before(), $this->get_items_per_page( Address::PER_PAGE ) );
		$this->items = $page->events;
		$this->older = $page->before;
		$this->people = People::of( $this->items );
		$this->counts = Activity::counts();
	}

	public function show_verdict(): void {
		Verdict::show( $this->counts['dead'], $this->counts['waiting'] );
	}

	public function no_items() {
		$this->older > 0
			? esc_html_e( 'None among the newest of them. Go on with the older ones, below.', 'bridge-for-agile-crm' )
			: esc_html_e( 'No event is like that.', 'bridge-for-agile-crm' );
	}

	/** @return array<string, string> */
	protected function get_views() {
		$labels = [
			''        => __( 'All', 'bridge-for-agile-crm' ),
			'waiting' => __( 'Waiting', 'bridge-for-agile-crm' ),
			'dead'    => __( 'Given up', 'bridge-for-agile-crm' ),
			'changed' => __( 'Changed something', 'bridge-for-agile-crm' ),
			'refused' => __( 'Refused', 'bridge-for-agile-crm' ),
		];
		if ( $this->counts['passwords'] > 0 ) {
			$labels['passwords'] = __( 'Passwords not returned', 'bridge-for-agile-crm' );
		}
		$chosen = isset( ActivityFilter::VIEWS[ $this->query->get( 'view' ) ] ) ? $this->query->get( 'view' ) : '';
		$links  = [];
		foreach ( $labels as $view => $label ) {
			$links[ "view-$view" ] = sprintf(
				'<a href="%s"%s>%s <span class="count">(%s)</span></a>',
				esc_url( Address::url( array_filter( [ 'view' => $view ] ) ) ),
				$chosen === $view ? ' class="current" aria-current="page"' : '',
				esc_html( $label ),
				esc_html( Verdict::number( $this->counts[ $view ] ) )
			);
		}
		return $links;
	}

	/** @return array<string, string> */
	protected function get_bulk_actions() {
		return [ 'replay' => __( 'Process again', 'bridge-for-agile-crm' ) ];
	}

	/** @param string $which */
	protected function extra_tablenav( $which ) {
		if ( 'top' === $which ) {
			echo '<div class="alignleft actions agile-bridge-buttons">';
			if ( 'dead' === $this->query->get( 'view' ) && [] !== $this->items ) {
				self::show_button( 'replay_dead', '1', __( 'Process all given up again', 'bridge-for-agile-crm' ) );
			}
			self::show_button( 'process_now', '1', __( 'Process what waits now', 'bridge-for-agile-crm' ) );
			self::show_button( 'export', '1', __( 'Export as CSV', 'bridge-for-agile-crm' ) );
			echo '</div>';
		}
	}

	/** @param string $which */
	protected function pagination( $which ) {
		echo '<div class="tablenav-pages"><span class="pagination-links agile-bridge-buttons">';
		if ( $this->query->before() > 0 ) {
			printf( '<a class="button" href="%s">%s</a>', esc_url( Address::url( $this->query->choice() ) ), esc_html__( 'Newest', 'bridge-for-agile-crm' ) );
		}
		if ( $this->older > 0 ) {
			printf( '<a class="button" href="%s">%s</a>', esc_url( Address::url( $this->query->choice() + [ 'before' => $this->older ] ) ), esc_html__( 'Older', 'bridge-for-agile-crm' ) );
		}
		echo '</span></div>';
	}

	/** @param ActivityRow $event */
	protected function column_cb( $event ) {
		if ( ! $event->can_be_replayed() ) {
			return '';
		}
		/* translators: %d: the number of an event. */
		$label = sprintf( __( 'Select event %d', 'bridge-for-agile-crm' ), $event->id );
		return sprintf( '<input type="checkbox" name="events[]" value="%d" aria-label="%s">', (int) $event->id, esc_attr( $label ) );
	}

	/** @param ActivityRow $event */
	public function single_row( $event ) {
		printf( '<tr class="%s">', esc_attr( Cells::row_class( $event ) ) );
		$this->single_row_columns( $event );
		echo '</tr>';
	}

	/**
	 * @param ActivityRow $event
	 * @param string      $column
	 */
	protected function column_default( $event, $column ) {
		return 'contact' === $column ? Cells::contact( $event, $this->people->name( $event ) ) : Cells::cell( $event, $column );
	}

	/**
	 * @param ActivityRow $event
	 * @param string      $column
	 * @param string      $primary
	 */
	protected function handle_row_actions( $event, $column, $primary ) {
		if ( $column !== $primary ) {
			return '';
		}
		$actions = [ 'view' => sprintf( '<a href="%s">%s</a>', esc_url( Address::url( [ 'event' => $event->id ] ) ), esc_html__( 'View', 'bridge-for-agile-crm' ) ) ];
		if ( $event->can_be_replayed() ) {
			$actions['replay'] = sprintf( '<button type="submit" class="button-link" name="replay" value="%d">%s</button>', (int) $event->id, esc_html__( 'Process again', 'bridge-for-agile-crm' ) );
		}
		$url = Account::contact_url( $event->contact_id );
		if ( null !== $url ) {
			$actions['crm'] = sprintf( '<a href="%s">%s</a>', esc_url( $url ), esc_html__( 'Open contact', 'bridge-for-agile-crm' ) );
		}
		// Where something is to be done, what does it is not looked for with the mouse.
		return $this->row_actions( $actions, $event->is_given_up() );
	}

	private static function show_button( string $name, string $value, string $label ): void {
		printf( '<button type="submit" class="button" name="%s" value="%s">%s</button>', esc_attr( $name ), esc_attr( $value ), esc_html( $label ) );
	}
}
