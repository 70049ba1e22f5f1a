<?php
/**
 * What a worker has in hand, and what becomes of it if code of the site ends the script: by exit, or by a fatal error.
 *
 * Neither comes past a `finally`. So what has to be done all the same is done while PHP shuts down: the transaction is rolled back,
 * the event is booked as an attempt that failed, and all else is let go of. Only a process that is killed leaves that to the
 * leases; only it is counted in `crashes`.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Outcome;
use AgileBridge\Plugin\Inbox\Progress;
use AgileBridge\Plugin\Site\Culprit;
use AgileBridge\Plugin\Site\Hooks;
use AgileBridge\Plugin\Site\Host;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\PrivateCache;
use AgileBridge\Plugin\Site\ResponseHeaders;
use AgileBridge\Plugin\Site\Schedule;
use AgileBridge\Plugin\Site\Surroundings;
use AgileBridge\Plugin\Site\Transaction;

defined( 'ABSPATH' ) || exit;

final class UnderWay {

	/** Seconds for all of it: where the time was up, PHP gives little more. */
	private const SECONDS = 30;

	private static bool $is_watched = false;

	private static ?Event $event = null;

	/** As they were before the event. */
	private static ?Surroundings $before = null;

	/** As it was before the event. */
	private static ?ResponseHeaders $headers = null;

	/** Stores what the event has come to, of which others are being told. */
	private static ?\Closure $end = null;

	/** Cleans the caches of what is rolled back. */
	private static ?\Closure $forget = null;

	/** Lets go of what is held besides the event. */
	private static ?\Closure $release = null;

	/** Given back where the memory ran out. */
	private static string $reserve = '';

	/**
	 * Works on one event. Whatever code of the site has changed meanwhile, the next one does not see it.
	 *
	 * @template T
	 * @param callable(): T $work
	 * @return T
	 */
	public static function during( Event $event, callable $work ) {
		self::watch();
		Paid::begin( $event->owed->told ?? [] );
		self::$event   = $event;
		self::$before  = Surroundings::now();
		self::$headers = ResponseHeaders::now();
		try {
			return $work();
		} finally {
			self::$event  = null;
			self::$end    = null;
			self::$forget = null;
			self::$before->restore();
		}
	}

	/**
	 * @param ?\Closure(): void $release Lets go of what this worker holds besides events that it works on; null: nothing.
	 */
	public static function hold( ?\Closure $release ): void {
		self::watch();
		self::$release = $release;
		self::$before  = Surroundings::now();
	}

	/**
	 * @param \Closure(): void $forget What to do once the transaction is rolled back.
	 */
	public static function if_it_ends( \Closure $forget ): void {
		self::$forget = $forget;
	}

	/**
	 * @param \Closure(): mixed $end Stores what the event has come to, should somebody who is told of it end the script.
	 */
	public static function decided( \Closure $end ): void {
		self::$end = $end;
	}

	/**
	 * The script ends. If something is still in hand, somebody else ended it.
	 */
	public static function settle(): void {
		[ $event, $release, $forget ] = [ self::$event, self::$release, self::$forget ];
		self::$event                  = null;
		self::$release                = null;
		if ( null === $event && null === $release ) {
			return;
		}
		self::$reserve = '';
		Host::set( 'memory_limit', '-1' );
		Host::call( 'set_time_limit', self::SECONDS );
		$culprit = Culprit::of_end( self::$before->hooks ?? 0 );
		Log::note( "code of the site ended the script while webhooks were processed: $culprit." );
		self::$headers?->restore();
		$steps = [
			static fn() => self::$before?->restore_site(),
			Transaction::abandon( ... ),
			PrivateCache::leave( ... ),
			static fn() => null === $event || self::book( $event, $culprit ),
			static fn() => null === $release || $release(),
			// (Code of the site listens to this, and may exit once more.)
			static fn() => null === $forget || $forget(),
			Schedule::drain_soon( ... ),
		];
		foreach ( $steps as $step ) {
			try {
				$step();
			} catch ( \Throwable $error ) {
				Log::error( $error );
			}
		}
	}

	/**
	 * By the same schedule as any failure of the site.
	 */
	private static function book( Event $event, string $culprit ): bool {
		if ( null !== self::$end ) {
			( self::$end )();
			return true;
		}
		$message = "Code of the site ended PHP while this was processed: $culprit. What is not stored by then is not stored; the event is kept and will be tried again.";
		$delay   = \AgileBridge\retry_delay( max( 1, $event->attempts ), null );
		if ( null === $delay ) {
			$message = "Code of the site ended PHP at every try: $culprit. Change that code, then process the event again.";
			Progress::give_up( $event, Outcome::noted( 'failed', 'site_error', $message, 0, $event->contact_id ) );
			Hooks::fire( 'wpf_api_fail', false, $event->action, '' === $event->contact_id ? false : $event->contact_id );
			return false;
		}
		Progress::postpone( $event, (int) ( 1000 * $delay ), true, $message );
		Progress::postpone_owed( $event, (int) ( 1000 * $delay ), $message, Paid::left_of( ... ) );
		return true;
	}

	/**
	 * By both ways: a callback of `shutdown` that exits ends all shutdown functions after it.
	 */
	private static function watch(): void {
		if ( ! self::$is_watched ) {
			self::$is_watched = true;
			self::$reserve    = str_repeat( ' ', 262144 );
			add_action( 'shutdown', [ self::class, 'settle' ], PHP_INT_MIN );
			register_shutdown_function( [ self::class, 'settle' ] );
		}
	}
}
