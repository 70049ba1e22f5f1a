<?php
/**
 * What the settings form sends about alerts and about what is kept, checked. Null is what the form does not have, which stays as it is.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

use AgileBridge\Plugin\Admin\Alerts\AlertMail;
use AgileBridge\Plugin\Inbox\Retention;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Log;

defined( 'ABSPATH' ) || exit;

final class AdvancedSaving {

	private const MAX_ADDRESS_BYTES = 254;

	/**
	 * @param array<string, mixed> $input The form.
	 * @return array<string, mixed> By the names of the settings.
	 */
	public static function wanted( array $input ): array {
		return [
			'alert_address'  => self::address( $input['alert_address'] ?? null ),
			'keep_done_days' => self::days( $input['keep_done_days'] ?? null, 'keep_done_days' ),
			'keep_dead_days' => self::days( $input['keep_dead_days'] ?? null, 'keep_dead_days' ),
		];
	}

	/**
	 * @param bool $alerts Whether mails about what is wrong are wanted from now on.
	 */
	public static function prepare( bool $alerts ): void {
		try {
			$alerts && AlertMail::prepare();
		} catch ( Failure $failure ) {
			// The settings are saved all the same.
			Log::error( $failure );
		}
	}

	/** @param mixed $text Of the form. */
	private static function address( $text ): ?string {
		$address = is_string( $text ) ? trim( $text ) : null;
		if ( null !== $address && '' !== $address && ( ! is_email( $address ) || strlen( $address ) > self::MAX_ADDRESS_BYTES ) ) {
			/* translators: %s: what was typed. */
			Form::refuse( 'alert_address', sprintf( __( '"%s" is not an e-mail address that alerts could be sent to.', 'bridge-for-agile-crm' ), $address ) );
		}
		return $address;
	}

	/**
	 * @param mixed                             $text Of the form.
	 * @param 'keep_done_days'|'keep_dead_days' $name
	 */
	private static function days( $text, string $name ): ?int {
		if ( ! is_string( $text ) ) {
			return null;
		}
		$days = 1 === preg_match( '/^[0-9]{1,4}$/D', trim( $text ) ) ? (int) trim( $text ) : 0;
		if ( $days < Retention::SHORTEST || $days > Retention::LONGEST ) {
			/* translators: 1, 2: numbers. */
			Form::refuse( $name, sprintf( __( 'Events are kept for %1$d to %2$d days.', 'bridge-for-agile-crm' ), Retention::SHORTEST, Retention::LONGEST ) );
			return null;
		}
		return $days;
	}
}
