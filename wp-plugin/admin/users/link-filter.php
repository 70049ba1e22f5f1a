<?php
/**
 * The filter of the list of users: who is linked to a contact, who is not. Left out while the index of links is not whole.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Users;

use AgileBridge\Plugin\Admin\Settings\Fields;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\User\LinkIndex;
use AgileBridge\Plugin\User\LinkList;

defined( 'ABSPATH' ) || exit;

final class LinkFilter {

	private const NAME = 'agile_bridge_linked';

	/** As WordPress begins each query for users. */
	private const EVERYBODY = 'WHERE 1=1';

	public static function begin(): void {
		global $wpdb;
		try {
			if ( ! LinkIndex::is_whole() ) {
				return;
			}
			$is_linked = 'yes' === self::chosen();
			$links     = '' === self::chosen() ? null : LinkList::of_site();
			$where     = $links?->where( $is_linked, "{$wpdb->users}.ID" );
		} catch ( Failure $failure ) {
			return;
		}
		add_action( 'manage_users_extra_tablenav', self::show( ... ) );
		if ( null !== $where ) {
			// To no other query on this page.
			add_filter( 'users_list_table_query_args', static fn( $query ): array => (array) $query + [ self::NAME => self::chosen() ] );
			$count = $is_linked ? $links->count() : null;
			add_action( 'pre_user_query', static fn( $query ) => self::narrow( $query, $where, $count ) );
		}
	}

	/** @return 'yes'|'no'|'' */
	private static function chosen(): string {
		// phpcs:ignore WordPress.Security.NonceVerification -- it only chooses what is shown.
		$chosen = $_GET[ self::NAME ] ?? '';
		return in_array( $chosen, [ 'yes', 'no' ], true ) ? $chosen : '';
	}

	/**
	 * @param mixed   $query
	 * @param ?string $count SQL that counts them where nothing else is asked for; null: what the list finds is counted.
	 */
	private static function narrow( $query, string $where, ?string $count ): void {
		global $wpdb;
		if ( ! $query instanceof \WP_User_Query || null === $query->get( self::NAME ) ) {
			return;
		}
		$is_plain = self::EVERYBODY === $query->query_where && "FROM {$wpdb->users}" === $query->query_from;

		$query->query_where .= " AND $where";
		if ( null !== $count && $is_plain ) {
			// Else the database would go through all of them, only to count them.
			$query->query_fields = str_replace( 'SQL_CALC_FOUND_ROWS ', '', $query->query_fields );
			add_filter( 'found_users_query', static fn( $sql, $of = null ) => $of === $query ? $count : $sql, 10, 2 );
		}
	}

	/** @param mixed $which `top` or `bottom`. */
	private static function show( $which = '' ): void {
		if ( 'top' !== $which ) {
			return;
		}
		$choices    = [
			''    => __( 'Agile CRM: all users', 'bridge-for-agile-crm' ),
			'yes' => __( 'Agile CRM: linked', 'bridge-for-agile-crm' ),
			'no'  => __( 'Agile CRM: not linked', 'bridge-for-agile-crm' ),
		];
		$attributes = [
			'name'       => self::NAME,
			'aria-label' => __( 'Filter by Agile CRM', 'bridge-for-agile-crm' ),
		];
		echo '<div class="alignleft actions">';
		Fields::show_select( $choices, self::chosen(), $attributes );
		printf( ' <button type="submit" class="button" name="filter_action" value="1">%s</button></div>', esc_html__( 'Filter', 'bridge-for-agile-crm' ) );
	}
}
