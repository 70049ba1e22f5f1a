<?php
/**
 * What the caller is told: an outcome by the keys that campaigns know.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Webhook;

use AgileBridge\Plugin\Inbox\Outcome;

defined( 'ABSPATH' ) || exit;

final class Answer {

	public static function send( Outcome $outcome ): void {
		Output::send( $outcome->http_status, self::body( $outcome ) );
	}

	/**
	 * What the caller is told if somebody else ends the request, other than by an error.
	 */
	public static function give_if_ended( Outcome $outcome ): void {
		Ending::is_stored( $outcome->http_status, self::body( $outcome ) );
	}

	/**
	 * @return array<string, mixed> What is not known is left out.
	 */
	private static function body( Outcome $outcome ): array {
		$body = [
			'success'       => $outcome->http_status < 400,
			'wp_status'     => $outcome->status,
			'wp_code'       => $outcome->code,
			'message'       => $outcome->message,
			'wp_user_id'    => $outcome->user_id,
			'wp_contact_id' => $outcome->contact_id,
			'wp_notes'      => $outcome->notes,
		];
		return array_filter( $body, static fn( $value ): bool => '' !== $value && 0 !== $value && null !== $value );
	}
}
