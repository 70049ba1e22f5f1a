<?php
/**
 * The extension is back: what was kept without it becomes events.
 *
 * One after the other in the order of their arrival, by the one parser, under a lease. An event is stored in the transaction that
 * removes its row, so none is lost and none is twice there. What the parser refuses is a finished event with the reason; so is
 * what cannot be read at all, or has ended PHP again and again: it holds up nobody. What a webhook alone says, a role and the
 * welcome mail, is left out where one that came later has said it already: it came when the extension was back, or to a server
 * that has it, and was quicker.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Extension;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Transaction;

defined( 'ABSPATH' ) || exit;

final class Reading {

	private const LEASE = 30 * Clock::SECOND;

	/** Rows of one batch. */
	private const BATCH = 20;

	/** One that has ended PHP so often while it was read is not read again. */
	private const MOST_TRIES = 5;

	/**
	 * Whether this PHP can: an extension of the release before has no function for it, and they wait.
	 */
	public static function is_possible(): bool {
		return null === Extension::problem() && function_exists( 'AgileBridge\read_kept_webhook' ) && function_exists( 'gzinflate' );
	}

	/**
	 * @param int $budget Milliseconds, by the real clock.
	 * @return int How many were read; 0 also where somebody else reads, or it is not possible.
	 */
	public static function run( int $budget ): int {
		if ( ! self::is_possible() ) {
			return 0;
		}
		Schema::ensure();
		// The tables of an older release have no row for it.
		Lease::insert_all();
		$owner = Lease::new_owner();
		$end   = microtime( true ) + $budget / Clock::SECOND;
		$count = 0;
		if ( ! Lease::take( 'intake', $owner, self::LEASE ) ) {
			return 0;
		}
		try {
			do {
				$rows   = KeptRequests::next( self::BATCH );
				$count += self::read_batch( $rows );
			} while ( [] !== $rows && microtime( true ) < $end && Lease::renew( 'intake', $owner, self::LEASE ) );
		} finally {
			Lease::release( 'intake', $owner );
		}
		return $count;
	}

	/**
	 * @param list<object> $rows
	 */
	private static function read_batch( array $rows ): int {
		foreach ( $rows as $place => $row ) {
			try {
				self::read( $row );
			} catch ( \Throwable $error ) {
				// The database. Those behind it have to wait, or they would be before it.
				KeptRequests::count_tries( array_slice( $rows, $place ), -1 );
				throw $error;
			}
		}
		return count( $rows );
	}

	private static function read( object $row ): void {
		$arrived = (int) $row->arrived_at;
		$read    = (int) $row->tries >= self::MOST_TRIES ? Outcome::noted( 'rejected', 'invalid_request', 'PHP ended each time that it was read.', 0, '' ) : self::parsed( $row );
		Transaction::run(
			static function () use ( $row, $read, $arrived ): void {
				if ( ! KeptRequests::take( (int) $row->id ) ) {
					return;
				}
				$read instanceof Webhook ? self::store( $read, $arrived ) : Finished::store( (string) $row->digest, $read, $arrived );
			}
		);
	}

	/**
	 * @return Webhook|Outcome The latter where there is nothing to do.
	 */
	private static function parsed( object $row ) {
		try {
			// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see kept-requests.php.
			$request = KeptRequest::of_packed( (string) base64_decode( (string) $row->request, true ) );
			$read    = null === $request ? null : \AgileBridge\read_kept_webhook( $request->method, $request->query, $request->content_type, $request->body );
		} catch ( \Throwable $error ) {
			Log::error( $error );
			$read = null;
		}
		if ( isset( $read['webhook'] ) ) {
			$webhook = Webhook::of_extension( $read['webhook'] );
			return match ( true ) {
				$webhook->is_about_a_contact() => $webhook,
				'test' === $webhook->action => Outcome::ok(),
				default => Outcome::ignored( $webhook->ignored, $webhook->contact_id ),
			};
		}
		$why = $read['refusal'] ?? [
			'code'    => 'invalid_request',
			'message' => null === $read ? 'What was kept of it cannot be read.' : 'It is no webhook: no parameter is named wpf_action.',
		];
		return Outcome::noted( 'rejected', $why['code'], $why['message'], 0, '' );
	}

	private static function store( Webhook $webhook, int $arrived ): void {
		$names = Inbox::names( $webhook );
		$said  = null === $webhook->role && null === $webhook->send_notification ? null : Database::rows(
			'SELECT MAX(CASE WHEN role = %s THEN 0 ELSE 1 END) AS role, MAX(CASE WHEN send_notification IS NULL THEN 0 ELSE 1 END) AS mail FROM ' . Tables::events() . "
				WHERE contact_id = %s AND subject_key = %s AND (created_at > %d OR (state = 'waiting' AND updated_at > %d))",
			'',
			$names['contact_id'],
			$names['identity'],
			$arrived,
			$arrived
		)[0];
		Inbox::store( $webhook->as_of( $arrived, has_role: 0 === (int) $said?->role, has_mail: 0 === (int) $said?->mail ) );
	}
}
