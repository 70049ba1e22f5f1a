<?php
/**
 * What the buttons of the activity screen do. All of them post; what changes something ends in a redirect.
 *
 * Hook: load-tools_page_agile-bridge-activity → handle.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Admin\Capability;
use AgileBridge\Plugin\Inbox\Replay;
use AgileBridge\Plugin\Inbox\Schema;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Work\Drain;

defined( 'ABSPATH' ) || exit;

final class Actions {

	/** WordPress' list table prints its own nonce under this name. */
	public const NONCE = 'bulk-events';

	/** So long a page may take, in milliseconds; what is left goes on by itself. */
	private const PROCESSING = 10000;

	private const DONE = 'agile_bridge_done';

	private const COUNT = 'agile_bridge_count';

	public static function handle(): void {
		if ( ! Capability::is_given() ) {
			return;
		}
		Help::add();
		add_screen_option(
			'per_page',
			[
				'default' => 20,
				'option'  => Address::PER_PAGE,
			]
		);
		add_filter( 'manage_' . Address::SCREEN_ID . '_columns', [ EventsTable::class, 'columns' ] );
		add_filter( 'removable_query_args', static fn( $names ): array => [ ...(array) $names, self::DONE, self::COUNT ] );
		if ( 'POST' !== ( $_SERVER['REQUEST_METHOD'] ?? '' ) ) {
			self::show_what_was_done();
			return;
		}
		check_admin_referer( self::NONCE );
		if ( ! Schema::is_there() ) {
			return;
		}
		try {
			self::act();
		} catch ( Failure $failure ) {
			$text = $failure->getMessage();
			add_action( 'admin_notices', static fn() => wp_admin_notice( esc_html( $text ), [ 'type' => 'error' ] ) );
		}
	}

	/**
	 * @param mixed $kept   What WordPress would store.
	 * @param mixed $option
	 * @param mixed $value
	 * @return mixed
	 */
	public static function keep_rows_per_page( $kept = false, $option = '', $value = 0 ) {
		return Address::PER_PAGE === $option ? min( 200, max( 1, (int) $value ) ) : $kept;
	}

	/** @throws Failure */
	private static function act(): void {
		// phpcs:disable WordPress.Security.NonceVerification -- handle() has verified it.
		if ( isset( $_POST['export'] ) ) {
			Export::send( Query::of_request()->filter() );
			exit;
		}
		if ( isset( $_POST['process_now'] ) ) {
			self::leave( 'process_now', Drain::run( self::PROCESSING ) );
		}
		if ( isset( $_POST['replay_dead'] ) ) {
			self::leave( 'replay', Replay::replay_dead_events() );
		}
		$ids = match ( true ) {
			isset( $_POST['replay'] ) => [ $_POST['replay'] ], // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- a number, below.
			in_array( 'replay', [ $_POST['action'] ?? '', $_POST['action2'] ?? '' ], true ) => (array) ( $_POST['events'] ?? [] ),
			default => null,
		};
		// phpcs:enable
		if ( null !== $ids ) {
			self::leave( 'replay', array_sum( array_map( static fn( $id ): int => (int) Replay::replay_event( absint( $id ) ), $ids ) ) );
		}
	}

	private static function leave( string $done, int $count ): never {
		$arguments = Query::of_request()->choice() + [
			self::DONE  => $done,
			self::COUNT => $count,
		];
		wp_safe_redirect( Address::url( $arguments ) );
		exit;
	}

	private static function show_what_was_done(): void {
		// phpcs:disable WordPress.Security.NonceVerification -- it only chooses one of these sentences.
		$count = absint( $_GET[ self::COUNT ] ?? 0 );
		$text  = match ( sanitize_key( $_GET[ self::DONE ] ?? '' ) ) {
			/* translators: %s: a number. */
			'replay'      => sprintf( _n( '%s event is stored anew and will be processed.', '%s events are stored anew and will be processed.', $count, 'bridge-for-agile-crm' ), number_format_i18n( $count ) ),
			'process_now' => $count > 0
				/* translators: %s: a number. */
				? sprintf( _n( '%s event was worked on.', '%s events were worked on.', $count, 'bridge-for-agile-crm' ), number_format_i18n( $count ) )
				: __( 'Nothing was due, or it is being processed already.', 'bridge-for-agile-crm' ),
			default       => null,
		};
		// phpcs:enable
		if ( null !== $text ) {
			add_action( 'admin_notices', static fn() => wp_admin_notice( esc_html( $text ), [ 'type' => 'success', 'dismissible' => true ] ) );
		}
	}
}
