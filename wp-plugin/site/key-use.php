<?php
/**
 * When each access key was used last: a row beside the leases, named by the beginning of the key's digest.
 *
 * To the hour: within one a key is written once, after the answer. Whether it is time for that a webhook knows from the statement
 * that looks around when it is stored (inbox/inbox.php), so that it costs no statement but the one of the hour.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class KeyUse {

	/** So long a note is good enough. */
	public const EXACTNESS = Clock::HOUR;

	private const PREFIX = 'key:';

	/**
	 * The name of its row, as long as a name may be; that of no key has none.
	 *
	 * @param string $digest Of an access key; '' if there is none.
	 */
	public static function row( string $digest ): string {
		return self::PREFIX . substr( $digest, 0, 28 );
	}

	/**
	 * Notes that somebody has called with it, if that is news. Where this fails the next call is noted.
	 *
	 * @param string $digest  Of the key; '' if it is not known.
	 * @param ?int   $used_at What is noted; milliseconds since 1970, 0 for nothing, null where nobody has looked.
	 */
	public static function note( string $digest, ?int $used_at ): void {
		if ( '' === $digest || ! TablesVersion::are_there() ) {
			return;
		}
		try {
			$used_at ??= Lease::record( self::row( $digest ) )->until_at;
			$now       = Clock::now();
			// A time in the future is a clock that was set back; it must not silence the note.
			if ( $used_at <= $now - self::EXACTNESS || $used_at > $now ) {
				Database::execute(
					'INSERT INTO ' . Lease::table() . " (name, until_at, details) VALUES (%s, %d, '') ON DUPLICATE KEY UPDATE until_at = VALUES(until_at)",
					self::row( $digest ),
					$now
				);
			}
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}

	/**
	 * @return array<string, int> Row => seconds since 1970; none where the database does not tell.
	 */
	public static function all(): array {
		try {
			$rows = TablesVersion::are_there() ? Database::rows( 'SELECT name, until_at FROM ' . Lease::table() . ' WHERE name LIKE %s', self::PREFIX . '%' ) : [];
		} catch ( Failure $failure ) {
			$rows = [];
		}
		return array_map( static fn( $at ): int => intdiv( (int) $at, Clock::SECOND ), array_column( $rows, 'until_at', 'name' ) );
	}

	/**
	 * The key is no more.
	 */
	public static function forget( string $digest ): void {
		try {
			TablesVersion::are_there() && Database::execute( 'DELETE FROM ' . Lease::table() . ' WHERE name = %s', self::row( $digest ) );
		} catch ( Failure $failure ) {
			Log::error( $failure );
		}
	}
}
