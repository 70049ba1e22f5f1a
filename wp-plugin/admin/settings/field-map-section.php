<?php
/**
 * The tab Fields: what the account has, whose values are shown, and the map.
 *
 * One form. Every button sends all of it, so whatever was typed is there again on the page that answers.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Overview;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Crm\Connection;
use AgileBridge\Plugin\Crm\KnownField;
use AgileBridge\Plugin\Crm\KnownFields;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\User\FieldMap;

defined( 'ABSPATH' ) || exit;

final class FieldMapSection {

	public static function show(): void {
		printf( '<h2 id="agile-bridge-field-map">%s</h2>', esc_html__( 'Field map', 'bridge-for-agile-crm' ) );
		if ( null !== Extension::problem() ) {
			self::show_read_only();
			return;
		}
		$known = KnownFields::kept() ?? self::read();
		printf( '<p>%s</p>', esc_html__( 'Which field of a contact goes to which field of the user: choose from the lists, or type a name.', 'bridge-for-agile-crm' ) );
		Form::begin( Place::url( Tab::Fields ) );
		printf( '<input type="hidden" name="agile_bridge_action" value="%s">', esc_attr( FieldMapForm::ACTION ) );
		// Browsers press the first button when somebody types Enter.
		echo '<input type="submit" hidden>';
		$sample = FieldMapForm::sample() ?? SampleContact::of( $known );
		self::show_account( $known, $sample );
		$rows = FieldMapForm::rows();
		if ( count( $rows ) >= FieldMapForm::most_rows() ) {
			/* translators: 1: number of rows, 2: number of rows, 3: a setting of PHP. */
			$full = __( 'PHP of this server takes %1$d rows of a form, and the map has %2$d. More cannot be saved here until its setting %3$s is raised (by 4 for each row).', 'bridge-for-agile-crm' );
			Fields::show_inline_notice( 'warning', sprintf( $full, FieldMapForm::most_rows(), count( $rows ), 'max_input_vars' ) );
		}
		$last = end( $rows );
		if ( count( $rows ) < FieldMapForm::most_rows() && ( false === $last || ! $last->is_empty() ) ) {
			$rows[] = new FieldMapRow();
		}
		( new FieldMapTable( $sample, true ) )->show( $rows );
		FieldChoices::of( $known )->show_lists();
		echo '<p>';
		self::show_button( 'add', __( 'Add a field', 'bridge-for-agile-crm' ) );
		echo '</p>';
		printf( '<p class="description">%s</p>', esc_html__( 'In Agile CRM a custom field goes by its label, other fields as phone+work, website+TWITTER, address+city. For a WordPress key that is not in the list, type its name.', 'bridge-for-agile-crm' ) );
		Form::end();
	}

	private static function show_read_only(): void {
		printf( '<p>%s</p>', esc_html__( 'The map can be changed once the PHP extension is installed.', 'bridge-for-agile-crm' ) );
		$rows = array_map( FieldMapRow::of( ... ), FieldMap::stored() );
		( new FieldMapTable( SampleContact::none(), false ) )->show( $rows );
	}

	/**
	 * The account is asked only where it is likely to answer: who opens this page waits for it.
	 */
	private static function read(): KnownFields {
		return match ( Overview::read()?->connection() ) {
			Connection::NotSetUp, Connection::KeyLost => KnownFields::without_asking( TryTab::not_connected() ),
			Connection::Connected, Connection::Unconfirmed => KnownFields::read( '' ),
			default => KnownFields::without_asking( __( 'Agile CRM is not asked now; the line at the top of this page says why.', 'bridge-for-agile-crm' ) ),
		};
	}

	private static function show_account( KnownFields $known, SampleContact $sample ): void {
		$own = count( array_filter( $known->fields, static fn( KnownField $field ): bool => KnownField::SYSTEM !== $field->type ) );
		echo '<div class="agile-bridge-account" id="agile-bridge-account">';
		if ( '' !== $known->problem ) {
			$message = 0 === $known->read_at
				? __( 'The custom fields of your account are not known. Their names can be typed all the same.', 'bridge-for-agile-crm' )
				: __( 'Agile CRM did not tell all fields of your account. What is missing from the list can be typed all the same.', 'bridge-for-agile-crm' );
			Fields::show_inline_notice( 'warning', $message . ' ' . ucfirst( rtrim( $known->problem, '.' ) ) . '.' );
		}
		if ( null !== Account::connection() ) {
			printf( '<p class="agile-bridge-line"><label for="agile-bridge-who">%s</label>', esc_html__( 'Show the values of', 'bridge-for-agile-crm' ) );
			printf(
				'<input type="text" id="agile-bridge-who" name="%s" value="%s" class="regular-text" dir="ltr" autocomplete="off" spellcheck="false" aria-describedby="agile-bridge-who-is">',
				esc_attr( FieldMapForm::WHO ),
				esc_attr( FieldMapForm::typed_contact() ?? $known->contact )
			);
			self::show_button( 'sample', __( 'Show', 'bridge-for-agile-crm' ) );
			echo '</p>';
			printf( '<p id="agile-bridge-who-is" class="description">%s</p>', esc_html( self::who( $sample ) ) );
			echo '<p class="agile-bridge-line">';
			if ( $known->read_at > 0 ) {
				/* translators: 1: a number, 2: how long ago, for instance "3 minutes". */
				printf( '<span>%s</span>', esc_html( sprintf( _n( '%1$d custom field, read %2$s ago.', '%1$d custom fields, read %2$s ago.', $own, 'bridge-for-agile-crm' ), $own, human_time_diff( $known->read_at, time() ) ) ) );
			}
			self::show_button( 'reread', __( 'Reload fields', 'bridge-for-agile-crm' ) );
			echo '</p>';
		}
		echo '</div>';
	}

	private static function who( SampleContact $sample ): string {
		return match ( true ) {
			'' !== $sample->problem   => $sample->problem,
			null === $sample->contact => __( 'E-mail address or contact id of a contact of yours.', 'bridge-for-agile-crm' ),
			/* translators: %s: name of a contact. */
			default                   => sprintf( __( 'In grey: what %s has in Agile CRM, and what would be stored of it.', 'bridge-for-agile-crm' ), $sample->name() ),
		};
	}

	private static function show_button( string $press, string $label ): void {
		printf( '<button type="submit" class="button" name="%s" value="%s">%s</button>', esc_attr( FieldMapForm::BUTTON ), esc_attr( $press ), esc_html( $label ) );
	}
}
