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

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/clock.php';
require_once __DIR__ . '/database.php';
require_once __DIR__ . '/schema.php';

/**
 * Names one worker's hold on something: 128 random bits, lowercase hex.
 */
function new_owner(): string {
	return bin2hex( random_bytes( 16 ) );
}

/**
 * Takes a lease that nobody holds, in one statement.
 *
 * @param 'drain'|'reconcile'|'cleanup' $name
 */
function take_lease( string $name, string $owner, int $milliseconds ): bool {
	$now   = now_ms();
	$taken = execute(
		'UPDATE ' . leases_table() . ' SET owner = %s, until_at = %d WHERE name = %s AND until_at <= %d',
		$owner,
		$now + $milliseconds,
		$name,
		$now
	);
	// A statement that wpdb had to send twice changes nothing the second time.
	return $taken > 0 || [] !== rows( 'SELECT name FROM ' . leases_table() . ' WHERE name = %s AND owner = %s', $name, $owner );
}

/**
 * @return bool False if somebody else has taken it meanwhile.
 */
function renew_lease( string $name, string $owner, int $milliseconds ): bool {
	return 0 < execute(
		'UPDATE ' . leases_table() . ' SET until_at = %d WHERE name = %s AND owner = %s',
		now_ms() + $milliseconds,
		$name,
		$owner
	);
}

function release_lease( string $name, string $owner ): void {
	execute( 'UPDATE ' . leases_table() . " SET owner = '', until_at = 0 WHERE name = %s AND owner = %s", $name, $owner );
}

/**
 * What is kept beside a lease.
 *
 * @return array{until_at: int, failures: int, details: array<string, mixed>}
 */
function lease_record( string $name ): array {
	$rows = rows( 'SELECT until_at, failures, details FROM ' . leases_table() . ' WHERE name = %s', $name );
	return lease_of_row( $rows[0] ?? null );
}

/**
 * @return array{until_at: int, failures: int, details: array<string, mixed>}
 */
function lease_of_row( ?object $row ): array {
	$details = json_decode( (string) ( $row->details ?? '' ), true );
	return [
		'until_at' => (int) ( $row->until_at ?? 0 ),
		'failures' => (int) ( $row->failures ?? 0 ),
		'details'  => is_array( $details ) ? $details : [],
	];
}

/**
 * @param array<string, mixed> $details
 */
function keep_with_lease( string $name, array $details ): void {
	execute( 'UPDATE ' . leases_table() . ' SET details = %s WHERE name = %s', ascii_json( $details ), $name );
}

/**
 * JSON in ASCII, whatever is in it: see schema.php.
 *
 * @param mixed $value
 */
function ascii_json( $value ): string {
	// phpcs:ignore WordPress.WP.AlternativeFunctions -- wp_json_encode() changes what is not UTF-8 by guessing.
	return (string) json_encode( $value, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRESERVE_ZERO_FRACTION );
}
