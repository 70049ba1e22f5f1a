<?php
/**
 * A self-test takes its turns: one step a request, so that none of them lasts long, and one self-test at a time.
 *
 * Who has the turn holds a lease, whose owner the page knows and sends for the next step; while a step is at work the lease has
 * another owner, so that of two windows only one goes on. Where nobody goes on, it runs out. All that is kept is beside the lease.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\SelfTest;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Host;
use AgileBridge\Plugin\Site\Lease;
use AgileBridge\Plugin\Site\LeaseRecord;
use AgileBridge\Plugin\Site\Primary;

defined( 'ABSPATH' ) || exit;

final readonly class Turns {

	private const LEASE = 'self_test';

	/** More than a step takes: two calls, and names to be looked up. */
	private const LIFETIME = 2 * Clock::MINUTE;

	/**
	 * @param ?Run   $run  The last that was begun; null: none was.
	 * @param string $turn What the next step has to be asked for with; '' where there is none, or one is at work.
	 * @param bool   $is_under_way Whether somebody has the lease.
	 */
	private function __construct( public ?Run $run, public string $turn, public bool $is_under_way ) {}

	/**
	 * How it stands.
	 *
	 * @throws Failure
	 */
	public static function read(): self {
		$record = Primary::during( static fn(): LeaseRecord => Lease::record( self::LEASE ) );
		$run    = Run::of_array( (array) ( $record->details['run'] ?? [] ) );
		return new self( $run, (string) ( $record->details['turn'] ?? '' ), null !== $run && ! $run->is_finished() && $record->until_at > Clock::now() );
	}

	/**
	 * Begins a self-test, with its first step.
	 *
	 * @return bool False if one is under way.
	 * @throws Failure
	 */
	public static function begin( int $user_id ): bool {
		Lease::add( self::LEASE );
		$owner = Lease::new_owner();
		if ( ! Lease::take( self::LEASE, $owner, self::LIFETIME ) ) {
			return false;
		}
		self::step( new Run( Plan::steps( home_url( '/' ), static fn( string $host ) => Host::call( 'gethostbynamel', $host ) ?? false ), [], $user_id, Clock::now() ), $owner );
		return true;
	}

	/**
	 * Its next step.
	 *
	 * @param string $turn Of the page.
	 * @return bool False if somebody else has gone on, or begun another.
	 * @throws Failure
	 */
	public static function go_on( string $turn ): bool {
		$owner = Lease::new_owner();
		if ( 1 !== preg_match( '/^[0-9a-f]{32}$/D', $turn ) || ! Lease::hand_over( self::LEASE, $turn, $owner, self::LIFETIME ) ) {
			return false;
		}
		$run = self::read()->run;
		if ( null !== $run && [] !== $run->steps ) {
			self::step( $run, $owner );
		}
		return true;
	}

	/**
	 * @throws Failure
	 */
	private static function step( Run $run, string $owner ): void {
		// What is stored has no turn meanwhile.
		self::keep( $run, '' );
		$run = $run->after( Call::make( $run->steps[0] ), Clock::now() );
		if ( ! Lease::renew( self::LEASE, $owner, self::LIFETIME ) ) {
			// It took so long that another was begun, whose result this one is not.
			return;
		}
		self::keep( $run, $run->is_finished() ? '' : $owner );
		if ( $run->is_finished() ) {
			Lease::release( self::LEASE, $owner );
		}
	}

	/**
	 * @throws Failure
	 */
	private static function keep( Run $run, string $turn ): void {
		Lease::keep(
			self::LEASE,
			[
				'run'  => $run->to_array(),
				'turn' => $turn,
			]
		);
	}
}
