<?php
/**
 * What is answered where somebody else ends the request: another plugin, the theme, or wpdb without its database.
 *
 * A webhook that is stored is not lost by that, so who sends it is not told that it failed, unless something did fail: a login wall
 * or a spam filter only does not want the visitor.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Webhook;

use AgileBridge\Plugin\Site\Culprit;
use AgileBridge\Plugin\Site\Host;

defined( 'ABSPATH' ) || exit;

final class Ending {

	/** @var ?array{int, array<string, mixed>} Status and body; null: it is not stored. */
	private static ?array $of_stored = null;

	/** Whether the caller, who is the site itself, is told whose code it was. */
	private static bool $names_culprit = false;

	public static function name_culprit(): void {
		self::$names_culprit = true;
	}

	/**
	 * @param array<string, mixed> $body What to answer from here on if nothing has failed.
	 */
	public static function is_stored( int $status, array $body ): void {
		self::$of_stored = [ $status, $body ];
	}

	/**
	 * @return array{int, array<string, mixed>} Status and body.
	 */
	public static function answer(): array {
		global $wpdb;
		// wpdb keeps an error when it gives up on its connection; it then ends the script itself.
		if ( isset( $wpdb->error ) ) {
			return self::failed( 503, 'site_unavailable', 'The database of the site does not answer.' );
		}
		$what = 'Bridge for Agile CRM: another plugin or the theme ended a webhook, by an error, a redirect or exit.';
		if ( null !== self::$of_stored && null === Host::fatal_error() ) {
			self::log( "$what It is stored, and processed later. What keeps visitors out can be told to let webhooks through." );
			return self::$of_stored;
		}
		self::log( $what );
		[ $status, $body ] = self::failed( 500, 'site_error', 'Another plugin or the theme of the site ended the request. The error log of the site says more.' );
		return [ $status, self::$names_culprit ? $body + [ 'wp_culprit' => Culprit::of_end( 0 ) ] : $body ];
	}

	/**
	 * @return array{int, array<string, mixed>} Status and body.
	 */
	private static function failed( int $status, string $code, string $message ): array {
		return [ $status, [ 'success' => false, 'wp_status' => 'failed', 'wp_code' => $code, 'message' => $message ] ];
	}

	private static function log( string $what ): void {
		// (Past Log, which may not be loaded and not be loadable.)
		Host::call( 'error_log', $what );
	}
}
