<?php
/**
 * Says, to who can do something about it, which users keep an address that their contact no longer has, and why.
 *
 * Hook: admin_notices → show. In the list of users for two weeks, on our own screen as long as it is so.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Notices;

use AgileBridge\Plugin\Admin\Settings\Place;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\Stats;

defined( 'ABSPATH' ) || exit;

final class EmailNotice {

	/** More names than that nobody reads. */
	private const NAMES = 5;

	public static function show(): void {
		$screen = get_current_screen();
		if ( null === $screen || ! in_array( $screen->id, [ 'users', Place::SCREEN_ID ], true ) || ! current_user_can( 'manage_options' ) || Settings::stored()->follow_emails ) {
			return;
		}
		$since = Place::SCREEN_ID === $screen->id ? 0 : time() - 2 * WEEK_IN_SECONDS;
		$kept  = array_keys( array_filter( Stats::kept_emails(), static fn( int $time ): bool => $time > $since ) );
		$users = array_filter( array_map( 'get_userdata', array_slice( $kept, 0, self::NAMES ) ) );
		if ( [] === $users ) {
			return;
		}
		$names = implode( ', ', array_map( static fn( \WP_User $user ): string => $user->user_login, $users ) ) . ( count( $kept ) > self::NAMES ? ', …' : '' );
		/* translators: %s: a number. */
		$title = sprintf( _n( 'Bridge for Agile CRM: the e-mail address of %s user was not changed with their contact\'s.', 'Bridge for Agile CRM: the e-mail addresses of %s users were not changed with their contacts\'.', count( $kept ), 'bridge-for-agile-crm' ), number_format_i18n( count( $kept ) ) );
		$text  = sprintf(
			is_multisite()
				/* translators: %s: names of users. */
				? __( 'They were not made by a webhook of this site, but matched by their address (%s), and that does not prove that the account is the contact\'s. On a network such addresses never follow; change them by hand where it is right.', 'bridge-for-agile-crm' )
				/* translators: %s: names of users. */
				: __( 'They existed before and were matched by their address (%s), and that does not prove that the account is the contact\'s. Change it by hand where it is right; or let all such addresses follow: Settings → Bridge for Agile CRM, tab Users.', 'bridge-for-agile-crm' ),
			$names
		);
		wp_admin_notice(
			'<p><strong>' . esc_html( $title ) . '</strong> ' . esc_html( $text ) . '</p>',
			[
				'type'           => 'info',
				'id'             => 'agile-bridge-kept-emails',
				'paragraph_wrap' => false,
			]
		);
	}
}
