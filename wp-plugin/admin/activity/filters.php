<?php
/**
 * The search of the list, a form of the page's own address.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Admin\Settings\Fields;

defined( 'ABSPATH' ) || exit;

final class Filters {

	private const ACTIONS = [ 'add', 'update', 'update_tags', 'return_password' ];

	private const ORIGINS = [ 'webhook', 'reconcile', 'replay', 'admin', 'sync', 'retry' ];

	/**
	 * Folded where there is little room (by the style sheet; no script is needed), but where something is chosen.
	 */
	public static function show( Query $query ): void {
		printf( '<details class="agile-bridge-fold"%s><summary>%s</summary>', $query->is_search() ? ' open' : '', esc_html__( 'Search and filter', 'bridge-for-agile-crm' ) );
		printf( '<form method="get" action="%s" class="agile-bridge-filters" role="search">', esc_url( admin_url( 'tools.php' ) ) );
		printf( '<input type="hidden" name="page" value="%s"><input type="hidden" name="view" value="%s">', esc_attr( Address::SLUG ), esc_attr( $query->get( 'view' ) ) );
		self::show_input( 'search', 's', __( 'Contact or user', 'bridge-for-agile-crm' ), $query, __( 'id, e-mail address or login', 'bridge-for-agile-crm' ) );
		self::show_select( 'do', __( 'Every action', 'bridge-for-agile-crm' ), self::named( self::ACTIONS, Words::action( ... ) ), $query );
		self::show_select( 'origin', __( 'From everywhere', 'bridge-for-agile-crm' ), self::named( self::ORIGINS, Words::origin( ... ) ), $query );
		echo '<span class="agile-bridge-days">';
		self::show_input( 'date', 'since', __( 'From', 'bridge-for-agile-crm' ), $query );
		self::show_input( 'date', 'until', __( 'To', 'bridge-for-agile-crm' ), $query );
		echo '</span>';
		printf( '<button type="submit" class="button">%s</button>', esc_html__( 'Filter', 'bridge-for-agile-crm' ) );
		if ( $query->is_search() ) {
			printf( ' <a href="%s">%s</a>', esc_url( Address::url( array_filter( [ 'view' => $query->get( 'view' ) ] ) ) ), esc_html__( 'Show all', 'bridge-for-agile-crm' ) );
		}
		echo '</form></details>';
	}

	private static function show_input( string $type, string $name, string $label, Query $query, string $placeholder = '' ): void {
		printf(
			'<span class="agile-bridge-field"><label for="agile-bridge-%1$s">%2$s</label> <input type="%3$s" id="agile-bridge-%1$s" name="%1$s" value="%4$s" placeholder="%5$s"></span>',
			esc_attr( $name ),
			esc_html( $label ),
			esc_attr( $type ),
			esc_attr( $query->get( $name ) ),
			esc_attr( $placeholder )
		);
	}

	/**
	 * @param list<string>             $values
	 * @param callable(string): string $label
	 * @return array<string, string>
	 */
	private static function named( array $values, callable $label ): array {
		return array_combine( $values, array_map( $label, $values ) );
	}

	/** @param array<string, string> $choices Value => label. */
	private static function show_select( string $name, string $all, array $choices, Query $query ): void {
		$attributes = [
			'name'       => $name,
			'aria-label' => $all,
		];
		Fields::show_select( [ '' => $all ] + $choices, $query->get( $name ), $attributes );
	}
}
