<?php
/**
 * Mails that WordPress and other plugins send while a user is written.
 *
 * They are held until the writes are done: a mail cannot be taken back, a write can. On creation none is sent at all; the
 * one that the webhook asked for comes after.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\OwnCall;

defined( 'ABSPATH' ) || exit;

final class HeldMails {

	/**
	 * @template T
	 * @param callable(callable(): list<array<string, mixed>>): T $work Gets what tells the mails held so far, as wp_mail() would have
	 *                                                                 sent them.
	 * @return T
	 */
	public static function during( callable $work ) {
		$mails = [];
		// True, so that who sends believes it: a plugin that reports a failed mail would be wrong.
		$hold = static function ( $sent = null, $mail = null ) use ( &$mails ) {
			if ( null !== $sent || ! is_array( $mail ) ) {
				// Another plugin has dealt with it, or asks what would be.
				return $sent;
			}
			$mails[] = $mail;
			return true;
		};
		add_filter( 'pre_wp_mail', $hold, PHP_INT_MAX, 2 );
		try {
			return $work(
				static function () use ( &$mails ): array {
					return $mails;
				}
			);
		} finally {
			remove_filter( 'pre_wp_mail', $hold, PHP_INT_MAX );
		}
	}

	/**
	 * @param list<array<string, mixed>> $mails
	 */
	public static function send( array $mails ): void {
		foreach ( $mails as $mail ) {
			// They have been through this filter: a footer must not be added twice.
			$call     = new OwnCall();
			$as_it_is = static fn( $other ) => $call->is_here() ? $mail : $other;
			add_filter( 'wp_mail', $as_it_is, PHP_INT_MAX );
			try {
				wp_mail( $mail['to'], $mail['subject'], $mail['message'], $mail['headers'] ?? '', $mail['attachments'] ?? [] );
			} catch ( \Throwable $error ) {
				Log::error( $error );
			} finally {
				remove_filter( 'wp_mail', $as_it_is, PHP_INT_MAX );
			}
		}
	}
}
