<?php
/**
 * Says, to who can do something about it, which protected users were linked to a contact by its address alone.
 *
 * Hook: admin_notices → show. In the list of users and on our own screen, for two weeks.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Notices;

use AgileBridge\Plugin\Admin\Settings\Place;
use AgileBridge\Plugin\User\ProtectedLinks;

defined( 'ABSPATH' ) || exit;

final class ProtectedNotice {

	/** More names than that nobody reads. */
	private const NAMES = 5;

	public static function show(): void {
		$screen = get_current_screen();
		if ( null === $screen || ! in_array( $screen->id, [ 'users', Place::SCREEN_ID ], true ) || ! current_user_can( 'manage_options' ) ) {
			return;
		}
		$since = time() - 2 * WEEK_IN_SECONDS;
		$links = array_filter( ProtectedLinks::all(), static fn( ProtectedLinks $link ): bool => $link->time > $since );
		$names = array_filter( array_map( self::name( ... ), array_slice( array_keys( $links ), 0, self::NAMES ), array_slice( $links, 0, self::NAMES ) ) );
		if ( [] === $names ) {
			return;
		}
		/* translators: %s: a number. */
		$title = sprintf( _n( 'Bridge for Agile CRM: %s protected user was linked to a contact that has their address.', 'Bridge for Agile CRM: %s protected users were linked to contacts that have their addresses.', count( $links ), 'bridge-for-agile-crm' ), number_format_i18n( count( $links ) ) );
		/* translators: %s: names of users, each with the id of a contact. */
		$text = sprintf( __( 'An address does not prove that the contact is theirs: %s. They get its tags and mapped fields; their e-mail, password, login and role stay as they are. If a contact is not theirs, take the address out of it in Agile CRM.', 'bridge-for-agile-crm' ), implode( ', ', $names ) . ( count( $links ) > self::NAMES ? ', …' : '' ) );
		wp_admin_notice(
			'<p><strong>' . esc_html( $title ) . '</strong> ' . esc_html( $text ) . '</p>',
			[
				'type'           => 'info',
				'id'             => 'agile-bridge-protected-links',
				'paragraph_wrap' => false,
			]
		);
	}

	private static function name( int $user_id, ProtectedLinks $link ): ?string {
		$user = get_userdata( $user_id );
		if ( ! $user ) {
			return null;
		}
		return '' === $link->former
			/* translators: 1: login of a user, 2: id of a contact. */
			? sprintf( __( '%1$s (contact %2$s)', 'bridge-for-agile-crm' ), $user->user_login, $link->contact )
			/* translators: 1: login of a user, 2: id of a contact, 3: id of another contact. */
			: sprintf( __( '%1$s (contact %2$s, until then %3$s)', 'bridge-for-agile-crm' ), $user->user_login, $link->contact, $link->former );
	}
}
