<?php
/**
 * *Sync now*: linked users are brought up to date by hand, one by a button in their row or on their profile, several by the bulk
 * action of the list. Stored as events like any other, and processed at once as far as that is quick; the rest by whoever drains.
 *
 * WordPress' list of users is a form that is sent by GET, and what changes something here is only done by POST: the row's button asks
 * for that itself, the bulk action is sent so by users.js, and where no script runs it leads to a button first.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Users;

use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Inbox\Batch;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\WpFusion;
use AgileBridge\Plugin\User\Links;
use AgileBridge\Plugin\Work\Drain;

defined( 'ABSPATH' ) || exit;

final class Sync {

	/** Of the button, whose value is a user, and of the bulk action. */
	public const NAME = 'agile_bridge_sync';

	/** WordPress' own of its list, in whose form the buttons stand. */
	public const NONCE = 'bulk-users';

	/** So long a page may take, in milliseconds; what is left goes on by itself. */
	private const PROCESSING = 3000;

	/**
	 * Where a button of ours was pressed, does it and leaves. (The caller has asked who may.)
	 */
	public static function handle(): void {
		if ( 'POST' !== ( $_SERVER['REQUEST_METHOD'] ?? '' ) ) {
			return;
		}
		$users = self::chosen();
		if ( null === $users ) {
			return;
		}
		check_admin_referer( self::NONCE );
		$problem = self::obstacle();
		if ( null === $problem ) {
			try {
				self::run( $users );
				wp_safe_redirect( add_query_arg( self::NAME, '1', (string) ( wp_get_raw_referer() ?: admin_url( 'users.php' ) ) ) );
				exit;
			} catch ( Failure $failure ) {
				$problem = $failure->getMessage();
			}
		}
		add_action( 'admin_notices', static fn() => wp_admin_notice( esc_html( $problem ), [ 'type' => 'error' ] ) );
	}

	/**
	 * Why nobody can be brought up to date, null if somebody can.
	 */
	public static function obstacle(): ?string {
		return match ( true ) {
			null === Account::connection() => __( 'No account of Agile CRM is set up yet, so nobody was queued.', 'bridge-for-agile-crm' ),
			WpFusion::answers()            => __( 'WP Fusion answers the webhooks of this site, and this plugin processes nothing, so nobody was queued.', 'bridge-for-agile-crm' ),
			default                        => null,
		};
	}

	/**
	 * A button that sends the user to this page.
	 *
	 * @param array<string, string> $attributes
	 */
	public static function button( int $user_id, string $label, array $attributes ): string {
		$html = '';
		foreach ( $attributes as $name => $value ) {
			$html .= sprintf( ' %s="%s"', esc_attr( $name ), esc_attr( $value ) );
		}
		return sprintf( '<button type="submit" name="%s" value="%d"%s>%s</button>', esc_attr( self::NAME ), $user_id, $html, esc_html( $label ) );
	}

	/**
	 * @return ?list<int> Null where nothing of ours was pressed.
	 */
	private static function chosen(): ?array {
		// phpcs:disable WordPress.Security -- handle() verifies the nonce; numbers, and compared.
		$users = match ( true ) {
			isset( $_POST[ self::NAME ] )                                                    => [ $_POST[ self::NAME ] ],
			in_array( self::NAME, [ $_POST['action'] ?? '', $_POST['action2'] ?? '' ], true ) => (array) ( $_POST['users'] ?? [] ),
			default                                                                          => null,
		};
		// phpcs:enable
		return null === $users ? null : self::ids( $users );
	}

	/**
	 * @param array<mixed> $users As a form sends them.
	 * @return list<int>
	 */
	public static function ids( array $users ): array {
		return array_values( array_unique( array_filter( array_map( static fn( $id ): int => is_string( $id ) ? absint( $id ) : 0, $users ) ) ) );
	}

	/**
	 * @param list<int> $users
	 * @throws Failure If nothing could be stored.
	 */
	private static function run( array $users ): void {
		$contacts = Links::contacts_of( $users );
		$events   = Batch::store( array_values( array_unique( $contacts ) ) );
		( new SyncRecord( $events, array_values( array_diff( $users, array_keys( $contacts ) ) ) ) )->store();
		if ( [] !== $events ) {
			Drain::run( self::PROCESSING );
		}
	}
}
