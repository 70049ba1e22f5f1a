<?php
/**
 * The way of an event through its states, as its column `steps` keeps it: when it came into which.
 *
 * Claims are not written down when they are made, which would be one more thing to write in the busiest statements: whoever holds
 * an event adds its claim together with what came of it. So of a worker that was killed, the claim is missing.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Database;

defined( 'ABSPATH' ) || exit;

final readonly class Steps {

	/** Of more, the first and the newest are kept. */
	private const MOST = 20;

	/**
	 * @param list<array{int, string}> $all Milliseconds since 1970, and the state.
	 */
	private function __construct( private array $all ) {}

	/**
	 * @param ?string $json       As the column holds it; null for an event that came as it is.
	 * @param int     $created_at When that was.
	 */
	public static function of_stored( ?string $json, int $created_at ): self {
		$is_step = static fn( $step ): bool => is_array( $step ) && is_int( $step[0] ?? null ) && is_string( $step[1] ?? null );
		$all     = array_values( array_filter( (array) json_decode( (string) $json, true ), $is_step ) );
		return new self( [] === $all ? [ [ $created_at, 'waiting' ] ] : $all );
	}

	/**
	 * The same, and one more.
	 */
	public function then( int $time, string $state ): self {
		$all = [ ...$this->all, [ $time, $state ] ];
		return new self( count( $all ) > self::MOST ? [ $all[0], ...array_slice( $all, 1 - self::MOST ) ] : $all );
	}

	public function json(): string {
		return Database::json( $this->all );
	}
}
