<?php
/**
 * What the tab Fields sends: its rows as they were typed, and the button that was pressed. Only 'Save' stores the map; the others
 * show the same rows again, moved, removed, with one more, or beside another contact. So nothing typed is lost, with or without
 * a script.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Crm\KnownFields;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\User\FieldMap;

defined( 'ABSPATH' ) || exit;

final class FieldMapForm {

	public const ACTION = 'fields';

	/** The names of its buttons and of the box for a contact. */
	public const BUTTON = 'agile_bridge_press';
	public const WHO    = 'agile_bridge_who';

	/** Of what is sent beside the rows, and of each row. */
	private const OTHER_FIELDS  = 20;
	private const FIELDS_OF_ROW = 4;

	/** @var ?list<FieldMapRow> As they were sent; null where the page shows what is stored. */
	private static ?array $rows = null;

	/** The contact that this page has asked for, if it has. */
	private static ?SampleContact $sample = null;

	/** What was typed into its box. */
	private static ?string $who = null;

	/**
	 * @return bool Whether all of it was saved.
	 */
	public static function handle(): bool {
		// phpcs:disable WordPress.Security -- the caller has verified the nonce; rows are checked one by one, by FieldMapVerdict.
		$button = is_string( $_POST[ self::BUTTON ] ?? null ) ? $_POST[ self::BUTTON ] : '';
		$sent   = wp_unslash( $_POST[ FieldMap::OPTION ] ?? null );
		$rest   = wp_unslash( $_POST[ Settings::OPTION ] ?? null );
		$who    = sanitize_text_field( wp_unslash( $_POST[ self::WHO ] ?? '' ) );
		// phpcs:enable
		$rows   = is_array( $sent ) ? array_map( FieldMapRow::of( ... ), array_values( $sent ) ) : [];
		[ $verb, $place ] = explode( ':', $button, 2 ) + [ 1 => '' ];
		if ( '' !== $verb ) {
			self::$who = $who;
			'sample' === $verb && self::choose_contact( $who );
			'reread' === $verb && KnownFields::read( (string) KnownFields::kept()?->contact );
		}
		$rows             = self::fitted( $rows, ! in_array( $verb, [ '', 'check' ], true ) );
		if ( '' !== $verb ) {
			self::$rows = self::changed( $rows, $verb, (int) $place );
			return false;
		}
		return self::save( $rows, $rest );
	}

	/**
	 * @param list<FieldMapRow> $rows
	 * @param mixed             $rest The settings in the form, of which only the last counts: it says that nothing was cut off.
	 */
	private static function save( array $rows, $rest ): bool {
		update_option( Settings::OPTION, $rest );
		update_option( FieldMap::OPTION, array_map( static fn( FieldMapRow $row ): array => $row->rule(), $rows ) );
		if ( Form::is_refused() ) {
			// Cut off: what did not arrive is still there.
			$targets    = array_map( static fn( FieldMapRow $row ): string => $row->wp, $rows );
			$rest       = array_filter( self::stored(), static fn( FieldMapRow $row ): bool => ! in_array( $row->wp, $targets, true ) );
			self::$rows = [ ...$rows, ...array_values( $rest ) ];
			return false;
		}
		$rows    = array_values( array_filter( $rows, static fn( FieldMapRow $row ): bool => ! $row->is_empty() ) );
		$refused = array_filter( FieldMapVerdict::of( $rows )->rows, static fn( FieldMapRow $row ): bool => '' !== $row->problem );
		if ( [] === $refused ) {
			return true;
		}
		self::$rows = array_values( $rows );
		return false;
	}

	/**
	 * With the type that fits where none was chosen, as the script would have chosen it.
	 *
	 * @param list<FieldMapRow> $rows
	 * @param bool              $with_key Whether a key is suggested too, where none was.
	 * @return list<FieldMapRow>
	 */
	private static function fitted( array $rows, bool $with_key ): array {
		$choices = FieldChoices::of( KnownFields::kept() ?? KnownFields::without_asking( '' ) );
		$fit     = static function ( FieldMapRow $row ) use ( $choices, $with_key ): FieldMapRow {
			if ( '' === $row->crm ) {
				return $row;
			}
			$key = '' === $row->wp && $with_key ? $choices->key_for( $row->crm ) : $row->wp;
			return new FieldMapRow( $row->crm, $key, '' === $row->type ? $choices->type_for( $row->crm ) : $row->type, $row->when_empty );
		};
		return array_map( $fit, $rows );
	}

	/**
	 * @param list<FieldMapRow> $rows
	 * @return list<FieldMapRow>
	 */
	private static function changed( array $rows, string $verb, int $place ): array {
		$to = $place + ( 'up' === $verb ? -1 : 1 );
		if ( in_array( $verb, [ 'up', 'down' ], true ) && isset( $rows[ $place ], $rows[ $to ] ) ) {
			[ $rows[ $place ], $rows[ $to ] ] = [ $rows[ $to ], $rows[ $place ] ];
		}
		if ( 'remove' === $verb ) {
			unset( $rows[ $place ] );
		}
		if ( 'add' === $verb && count( $rows ) < self::most_rows() ) {
			$rows[] = new FieldMapRow();
		}
		return array_values( $rows );
	}

	private static function choose_contact( string $who ): void {
		$known        = KnownFields::kept() ?? KnownFields::without_asking( '' );
		self::$sample = '' === $who ? SampleContact::none() : SampleContact::find( $who );
		if ( null !== self::$sample->contact ) {
			$known->with_contact( self::$sample->contact->id );
		}
	}

	/**
	 * The contact that this page has asked for, or null.
	 */
	public static function sample(): ?SampleContact {
		return self::$sample;
	}

	/**
	 * What is in the box for a contact, or null if nothing was sent.
	 */
	public static function typed_contact(): ?string {
		return self::$who;
	}

	/**
	 * What this page shows, with the reasons of those that cannot be saved; rows that somebody is still at have none yet.
	 *
	 * @return list<FieldMapRow>
	 */
	public static function rows(): array {
		$is_saving = get_settings_errors( Form::GROUP ) !== [];
		$rows      = FieldMapVerdict::of( self::$rows ?? self::stored() )->rows;
		return array_values( array_map( static fn( FieldMapRow $row ): FieldMapRow => ! $is_saving && $row->is_half() ? $row->refused( '' ) : $row, $rows ) );
	}

	/**
	 * How many rows fit into what PHP takes of a form; the rest it would cut off.
	 */
	public static function most_rows(): int {
		$most = (int) ini_get( 'max_input_vars' );
		return intdiv( max( 0, $most - self::OTHER_FIELDS ), self::FIELDS_OF_ROW );
	}

	/**
	 * @return list<FieldMapRow>
	 */
	private static function stored(): array {
		return array_map( FieldMapRow::of( ... ), FieldMap::stored() );
	}
}
