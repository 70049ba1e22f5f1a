<?php
/**
 * The bulk action *Sync now* where no script has sent it by POST: the list comes again with a button for those who were chosen, as
 * WordPress asks before it deletes somebody. Without the nonce of that list nobody is asked anything.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Users;

defined( 'ABSPATH' ) || exit;

final class BulkChoice {

	public static function begin(): void {
		// phpcs:disable WordPress.Security.NonceVerification -- below, where it is ours.
		$is_chosen = in_array( Sync::NAME, [ $_GET['action'] ?? '', $_GET['action2'] ?? '' ], true );
		$users     = $is_chosen && is_array( $_GET['users'] ?? null ) ? Sync::ids( wp_unslash( $_GET['users'] ) ) : [];
		// phpcs:enable
		if ( [] === $users ) {
			return;
		}
		check_admin_referer( Sync::NONCE );
		// WordPress would look for somebody who handles it, and lead away; with the address that it came from it leads to one without the nonce.
		unset( $_REQUEST['action'], $_REQUEST['action2'], $_GET['_wp_http_referer'] );
		add_action( 'admin_notices', static fn() => self::show( $users ) );
	}

	/** @param list<int> $users */
	private static function show( array $users ): void {
		$text = sprintf(
			/* translators: %s: a number. */
			_n( 'Bring %s user up to date with their contact in Agile CRM?', 'Bring %s users up to date with their contacts in Agile CRM?', count( $users ), 'bridge-for-agile-crm' ),
			number_format_i18n( count( $users ) )
		);
		$back = remove_query_arg( [ 'action', 'action2', 'users', '_wpnonce', '_wp_http_referer' ] );
		printf( '<form class="notice notice-info" method="post" action="%s"><p>%s ', esc_url( admin_url( 'users.php' ) ), esc_html( $text ) );
		wp_nonce_field( Sync::NONCE, '_wpnonce', false );
		printf( '<input type="hidden" name="_wp_http_referer" value="%s"><input type="hidden" name="action" value="%s">', esc_attr( $back ), esc_attr( Sync::NAME ) );
		foreach ( $users as $user_id ) {
			printf( '<input type="hidden" name="users[]" value="%d">', (int) $user_id );
		}
		printf( '<button type="submit" class="button button-primary">%s</button></p></form>', esc_html__( 'Sync now', 'bridge-for-agile-crm' ) );
	}
}
