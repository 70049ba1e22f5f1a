<?php
/**
 * The contact that a user is linked to on this site, as the screens show it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Users;

use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\User\LinkIndex;
use AgileBridge\Plugin\User\Links;

defined( 'ABSPATH' ) || exit;

final class ContactLink {

	/**
	 * A link may be anything that somebody once wrote there.
	 */
	public static function is_linked( int $user_id ): bool {
		return LinkIndex::is_contact_id( Links::contact_of( $user_id ) );
	}

	/**
	 * HTML. The id says nothing to who reads a list, and waits for the mouse; screen readers tell it.
	 */
	public static function html( int $user_id ): string {
		if ( ! self::is_linked( $user_id ) ) {
			return esc_html__( 'not linked', 'bridge-for-agile-crm' );
		}
		$contact = Links::contact_of( $user_id );
		$url     = Account::contact_url( $contact );
		if ( null === $url ) {
			return esc_html( $contact );
		}
		/* translators: %s: the id of a contact. */
		$label = sprintf( __( 'Open contact %s in Agile CRM', 'bridge-for-agile-crm' ), $contact );
		return sprintf( '<a href="%s" aria-label="%s" title="%s">%s</a>', esc_url( $url ), esc_attr( $label ), esc_attr( $contact ), esc_html__( 'Open contact', 'bridge-for-agile-crm' ) );
	}

	/**
	 * HTML, for where there is room: an id is what one asks somebody else about.
	 */
	public static function html_with_id( int $user_id ): string {
		$html    = self::html( $user_id );
		$contact = Links::contact_of( $user_id );
		return str_starts_with( $html, '<a ' ) ? "$html <code>" . esc_html( $contact ) . '</code>' : $html;
	}
}
