<?php
/**
 * WordPress' list of users: who is linked to which contact, with which tags, a filter by that, and *Sync now*. On a network that of
 * each site; the network's own list, of people of all sites, stays as it is.
 *
 * What the columns show WordPress has read already: it reads all meta of a page's users by one query.
 *
 * Hook: load-users.php → begin. Everything else is hooked there, for that page alone.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Users;

use AgileBridge\Plugin\Admin\Capability;
use AgileBridge\Plugin\User\Tags;

defined( 'ABSPATH' ) || exit;

final class UsersList {

	private const CONTACT = 'agile_bridge_contact';

	private const TAGS = 'agile_bridge_tags';

	/** Of a user's tags. */
	private const MOST_TAGS = 10;

	public static function begin(): void {
		if ( is_network_admin() || is_user_admin() || ! Capability::is_given() ) {
			return;
		}
		Sync::handle();
		add_filter( 'manage_users_columns', self::add_columns( ... ) );
		add_filter( 'manage_users_custom_column', self::cell( ... ), 10, 3 );
		LinkFilter::begin();
		if ( null === Sync::obstacle() ) {
			add_filter( 'user_row_actions', self::add_row_action( ... ), 10, 2 );
			add_filter( 'bulk_actions-users', self::add_bulk_action( ... ) );
			BulkChoice::begin();
		}
		Assets::enqueue();
		add_action( 'admin_notices', static fn() => SyncNotice::show( true ) );
	}

	/**
	 * @param mixed $columns
	 * @return array<string, string>
	 */
	private static function add_columns( $columns ): array {
		return (array) $columns + [
			self::CONTACT => __( 'Agile CRM', 'bridge-for-agile-crm' ),
			self::TAGS    => __( 'Agile CRM tags', 'bridge-for-agile-crm' ),
		];
	}

	/**
	 * @param mixed $html
	 * @param mixed $column
	 * @param mixed $user_id
	 * @return mixed
	 */
	private static function cell( $html = '', $column = '', $user_id = 0 ) {
		return match ( $column ) {
			self::CONTACT => ContactLink::html( (int) $user_id ),
			self::TAGS    => self::tags( Tags::of_user( (int) $user_id ) ),
			default       => $html,
		};
	}

	/**
	 * HTML. Each is kept on a line, hyphens or not.
	 *
	 * @param list<string> $tags
	 */
	private static function tags( array $tags ): string {
		$shown = array_slice( $tags, 0, self::MOST_TAGS );
		$last  = count( $shown ) - 1;
		$html  = '';
		foreach ( $shown as $number => $tag ) {
			$html .= sprintf( '<span class="agile-bridge-tag">%s</span> ', esc_html( $number < $last ? "$tag," : $tag ) );
		}
		$more = count( $tags ) - count( $shown );
		/* translators: %s: how many more there are. */
		return $more > 0 ? $html . esc_html( sprintf( __( 'and %s more', 'bridge-for-agile-crm' ), number_format_i18n( $more ) ) ) : $html;
	}

	/**
	 * @param mixed $actions
	 * @param mixed $user
	 * @return array<string, string>
	 */
	private static function add_row_action( $actions, $user = null ): array {
		$actions = (array) $actions;
		if ( ! $user instanceof \WP_User || ! ContactLink::is_linked( $user->ID ) ) {
			return $actions;
		}
		$attributes = [
			'class'      => 'button-link',
			'formmethod' => 'post',
			'formaction' => admin_url( 'users.php' ),
		];
		return $actions + [ self::CONTACT => Sync::button( $user->ID, __( 'Sync now', 'bridge-for-agile-crm' ), $attributes ) ];
	}

	/**
	 * @param mixed $actions
	 * @return array<string, mixed>
	 */
	private static function add_bulk_action( $actions ): array {
		return (array) $actions + [ Sync::NAME => __( 'Sync now with Agile CRM', 'bridge-for-agile-crm' ) ];
	}
}
