<?php
/**
 * The key of a self-test (self-test/turns.php): for two minutes it opens `wpf_action=test`, and never anything else.
 *
 * Who makes it holds it in memory, for the calls of one step; what is stored is its digest, beside a lease that says until when. It
 * begins with a word of ours, so that a call with any other wrong key is refused without a question to the database.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class SelfTestKey {

	private const LEASE = 'self_test_key';

	private const LIFETIME = 2 * Clock::MINUTE;

	/**
	 * A new one, in place of the one before.
	 *
	 * @throws Failure
	 */
	public static function issue(): string {
		$key = Settings::SELF_TEST_PREFIX . bin2hex( random_bytes( 32 ) );
		Lease::add( self::LEASE );
		Lease::keep( self::LEASE, [ 'digest' => hash( 'sha256', $key ) ] );
		Lease::end_in( self::LEASE, self::LIFETIME );
		return $key;
	}

	/**
	 * Nothing is open any more.
	 *
	 * @throws Failure
	 */
	public static function revoke(): void {
		Lease::end_in( self::LEASE, 0 );
		Lease::keep( self::LEASE, [] );
	}

	/**
	 * What opens now, for the extension's comparison: SHA-256 in lowercase hex. Where the database does not answer, nothing.
	 *
	 * @return list<string>
	 */
	public static function digests(): array {
		if ( ! TablesVersion::are_there() ) {
			return [];
		}
		try {
			// It may have been issued a moment ago, by another server.
			$record = Primary::during( static fn(): LeaseRecord => Lease::record( self::LEASE ) );
		} catch ( Failure $failure ) {
			return [];
		}
		$digest = $record->details['digest'] ?? null;
		return is_string( $digest ) && $record->until_at > Clock::now() ? [ $digest ] : [];
	}
}
