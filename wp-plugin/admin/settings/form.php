<?php
/**
 * The settings form as WordPress' options.php hands it over: it has checked the nonce and the capability before.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Site\Settings;

defined( 'ABSPATH' ) || exit;

final class Form {

	/** The settings group, and the slug under which its errors are shown. */
	public const GROUP = 'agile_bridge';

	/**
	 * Whether options.php is storing our form, and not some other code an option.
	 */
	public static function is_sent(): bool {
		// phpcs:ignore WordPress.Security.NonceVerification -- options.php has verified it; this only tells the two apart.
		return self::GROUP === ( $_POST['option_page'] ?? '' );
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

	public static function refuse( string $code, string $message ): void {
		add_settings_error( self::GROUP, $code, esc_html( $message . ' ' . __( 'Nothing was saved.', 'bridge-for-agile-crm' ) ), 'error' );
	}

	/**
	 * Whether anything of this form was refused.
	 */
	public static function is_refused(): bool {
		return [] !== array_filter( get_settings_errors( self::GROUP ), static fn( array $error ): bool => 'error' === $error['type'] );
	}
}
