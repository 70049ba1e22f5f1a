<?php
/**
 * The events of one user, the newest first, as the list under Tools tells them.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Inbox\Activity;
use AgileBridge\Plugin\Inbox\ActivityFilter;
use AgileBridge\Plugin\Inbox\ActivityRow;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final readonly class History {

	private const MOST = 20;

	/** @param list<ActivityRow> $events */
	private function __construct( private \WP_User $user, private array $events ) {}

	/**
	 * @throws Failure If the database fails.
	 */
	public static function of( \WP_User $user ): self {
		$filter = new ActivityFilter( subject: Query::subject_of( $user ) );
		return new self( $user, Schema::is_there() ? Activity::page( $filter, 0, self::MOST )->events : [] );
	}

	/**
	 * When the user last was as the contact; milliseconds since 1970, null where none of these events has seen to that.
	 */
	public function last_synced(): ?int {
		foreach ( $this->events as $event ) {
			if ( 'done' === $event->state && $event->user_id === $this->user->ID && in_array( $event->status, [ 'created', 'updated', 'unchanged' ], true ) ) {
				return $event->updated_at;
			}
		}
		return null;
	}

	public function show(): void {
		if ( [] === $this->events ) {
			printf( '<p>%s</p>', esc_html__( 'Nothing has come for this user, or it is no longer kept.', 'bridge-for-agile-crm' ) );
			return;
		}
		$columns = array_intersect_key( EventsTable::columns(), array_flip( [ 'happened', 'came', 'when', 'took' ] ) );
		echo '<table class="widefat striped agile-bridge-history"><thead><tr>';
		foreach ( $columns as $label ) {
			printf( '<th scope="col">%s</th>', esc_html( $label ) );
		}
		echo '</tr></thead><tbody>';
		foreach ( $this->events as $event ) {
			printf( '<tr class="%s">', esc_attr( Cells::row_class( $event ) ) );
			foreach ( array_keys( $columns ) as $column ) {
				$link = 'when' === $column ? sprintf( '<br><a href="%s">%s</a>', esc_url( Address::url( [ 'event' => $event->id ] ) ), esc_html__( 'View', 'bridge-for-agile-crm' ) ) : '';
				// phpcs:ignore WordPress.Security.EscapeOutput -- escaped where it is made.
				echo '<td>', Cells::cell( $event, $column ), $link, '</td>';
			}
			echo '</tr>';
		}
		echo '</tbody></table>';
		printf( '<p><a href="%s">%s</a></p>', esc_url( Address::url( [ 's' => Query::search_for( $this->user ) ] ) ), esc_html__( 'All events of this user', 'bridge-for-agile-crm' ) );
	}
}
