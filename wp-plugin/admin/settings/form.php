<?php
/**
 * The settings form as WordPress' options.php hands it over: it has checked the nonce and the capability before. (On the first
 * tab Actions does both.)
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Column;
use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class Form {

	/** The settings group, and the slug under which its errors are shown. */
	public const GROUP = 'agile_bridge';

	/**
	 * @param string $action Where it is sent to.
	 */
	public static function begin( string $action ): void {
		printf( '<form action="%s" method="post">', esc_url( $action ) );
		settings_fields( self::GROUP );
	}

	/**
	 * @param ?string $save_and_test The label of the button that asks Agile CRM too; null for WordPress' own.
	 */
	public static function end( ?string $save_and_test = null ): void {
		// Comes last: what PHP cut off before it must not count as emptied.
		printf( '<input type="hidden" name="%s" value="1">', esc_attr( Fields::field_name( 'complete' ) ) );
		if ( null !== $save_and_test ) {
			printf( '<input type="hidden" name="agile_bridge_action" value="%s">', esc_attr( Buttons::SAVE_AND_TEST ) );
		}
		submit_button( (string) $save_and_test );
		echo '</form>';
	}

	/**
	 * Whether options.php is storing our form, and not some other code an option.
	 */
	public static function is_sent(): bool {
		// phpcs:ignore WordPress.Security.NonceVerification -- options.php has verified it; this only tells the two apart.
		return self::GROUP === ( $_POST['option_page'] ?? '' );
	}

	/**
	 * Whether options.php was asked by GET, as by a link: it takes that for a form in which all was emptied, and would store nulls.
	 *
	 * @param mixed $input What is to be stored.
	 */
	public static function is_followed_as_a_link( $input ): bool {
		return null === $input && ! self::is_sent();
	}

	/**
	 * What was typed into a field, trimmed; null where the form has no such field or a constant decides.
	 *
	 * @param array<string, mixed> $input The form.
	 */
	public static function typed( array $input, string $name, string $constant ): ?string {
		$text = $input[ $name ] ?? null;
		return is_string( $text ) && null === Settings::constant_text( $constant ) ? trim( $text ) : null;
	}

	/**
	 * Whether the options give this text back as it is.
	 */
	public static function database_holds( string $text ): bool {
		return Column::holds( $GLOBALS['wpdb']->options, 'option_value', $text );
	}

	/**
	 * Why it does not.
	 */
	public static function not_held(): string {
		return __( 'the database cannot hold these letters; convert its table of options to utf8mb4', 'bridge-for-agile-crm' );
	}

	public static function refuse( string $code, string $message ): void {
		self::tell( $code, $message . ' ' . __( 'Nothing was saved.', 'bridge-for-agile-crm' ), 'error' );
	}

	/**
	 * WordPress carries what is told over to the next page in its table of options, so letters are written as entities.
	 *
	 * @param 'error'|'warning' $kind
	 */
	public static function tell( string $code, string $message, string $kind ): void {
		$entity = static function ( array $letter ): string {
			$number = ord( $letter[0] ) & ( 0x7F >> strlen( $letter[0] ) );
			foreach ( str_split( substr( $letter[0], 1 ) ) as $byte ) {
				$number = $number << 6 | ( ord( $byte ) & 0x3F );
			}
			return "&#$number;";
		};
		add_settings_error( self::GROUP, $code, (string) preg_replace_callback( '/[^\x00-\x7F]/u', $entity, esc_html( $message ) ), $kind );
	}

	/**
	 * Whether anything of this form was refused.
	 */
	public static function is_refused(): bool {
		return [] !== array_filter( get_settings_errors( self::GROUP ), static fn( array $error ): bool => 'error' === $error['type'] );
	}
}
