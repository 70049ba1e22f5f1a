<?php
/**
 * Who may do what until when: one row for each thing that only one worker may do at a time, on any number of web servers.
 *
 * Not GET_LOCK, which a reconnect loses, Galera refuses and SQLite always grants; not a transient, which two can set. A
 * lease that is not renewed runs out, so a killed worker holds up nothing for long. Nothing relies on a lease for being
 * right: two drains at once would only be wasteful, because every event has an owner of its own.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Lease {

	public static function table(): string {
		return $GLOBALS['wpdb']->prefix . 'agile_bridge_leases';
	}

	/**
	 * Names one worker's hold on something: 128 random bits, lowercase hex.
	 */
	public static function new_owner(): string {
		return bin2hex( random_bytes( 16 ) );
	}

	/**
	 * Takes a lease that nobody holds, in one statement.
	 *
	 * @param 'drain'|'reconcile'|'cleanup'|'count'|'links'|'intake'|'schema'|'self_test'|'alerts' $name
	 */
	public static function take( string $name, string $owner, int $milliseconds ): bool {
		$now   = Clock::now();
		$taken = Database::execute(
			'UPDATE ' . self::table() . ' SET owner = %s, until_at = %d WHERE name = %s AND until_at <= %d',
			$owner,
			$now + $milliseconds,
			$name,
			$now
		);
		// A statement that wpdb had to send twice changes nothing the second time.
		return $taken > 0 || [] !== Primary::during( static fn(): array => Database::rows( 'SELECT name FROM ' . self::table() . ' WHERE name = %s AND owner = %s', $name, $owner ) );
	}

	/**
	 * Whoever holds it, it runs out then; and where nobody does, nobody takes it before.
	 *
	 * @param int $milliseconds From now on.
	 */
	public static function end_in( string $name, int $milliseconds ): void {
		Database::execute( 'UPDATE ' . self::table() . ' SET until_at = %d WHERE name = %s', Clock::now() + $milliseconds, $name );
	}

	/**
	 * @return bool False if somebody else has taken it meanwhile.
	 */
	public static function renew( string $name, string $owner, int $milliseconds ): bool {
		return 0 < Database::execute(
			'UPDATE ' . self::table() . ' SET until_at = %d WHERE name = %s AND owner = %s',
			Clock::now() + $milliseconds,
			$name,
			$owner
		);
	}

	/**
	 * The same for another owner, from whom it has: of two who say so at once only one is heard.
	 *
	 * @return bool False if somebody else has it by now.
	 */
	public static function hand_over( string $name, string $from, string $to, int $milliseconds ): bool {
		return 0 < Database::execute(
			'UPDATE ' . self::table() . ' SET owner = %s, until_at = %d WHERE name = %s AND owner = %s',
			$to,
			Clock::now() + $milliseconds,
			$name,
			$from
		);
	}

	public static function release( string $name, string $owner ): void {
		Database::execute( 'UPDATE ' . self::table() . " SET owner = '', until_at = 0 WHERE name = %s AND owner = %s", $name, $owner );
	}

	/**
	 * What is kept beside a lease.
	 */
	public static function record( string $name ): LeaseRecord {
		return LeaseRecord::of_row( Database::rows( 'SELECT until_at, failures, details FROM ' . self::table() . ' WHERE name = %s', $name )[0] ?? null );
	}

	/**
	 * @param array<string, mixed> $details
	 */
	public static function keep( string $name, array $details ): void {
		Database::execute( 'UPDATE ' . self::table() . ' SET details = %s WHERE name = %s', Database::json( $details ), $name );
	}

	/**
	 * The same, if nobody else has done so since it was read. (Where it is used `failures` counts how often it was written.)
	 *
	 * @param array<mixed> $details
	 */
	public static function replace( string $name, LeaseRecord $seen, array $details ): bool {
		return 0 < Database::execute(
			'UPDATE ' . self::table() . ' SET details = %s, failures = failures + 1 WHERE name = %s AND failures = %d',
			Database::json( $details ),
			$name,
			$seen->failures
		);
	}

	/**
	 * A row for what few sites ever do, where it is missing.
	 *
	 * @throws Failure
	 */
	public static function add( string $name ): void {
		Database::execute( 'INSERT IGNORE INTO ' . self::table() . " (name, details) VALUES (%s, '')", $name );
	}

	/**
	 * A row for each thing, where it is missing: without its row nothing could ever be taken.
	 *
	 * @throws Failure
	 */
	public static function insert_all(): void {
		Database::execute( 'INSERT IGNORE INTO ' . self::table() . " (name, details) VALUES ('drain', ''), ('crm', ''), ('reconcile', ''), ('cleanup', ''), ('count', ''), ('links', ''), ('intake', ''), ('schema', ''), ('alerts', '')" );
	}
}
