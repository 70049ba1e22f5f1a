<?php
/**
 * Identities that a transaction has locked, and by how much it has raised their versions.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

defined( 'ABSPATH' ) || exit;

final readonly class Locked {

	/**
	 * @param list<string> $identities
	 */
	public function __construct( public array $identities, public int $step ) {}

	/**
	 * @param array<string, int> $versions Before.
	 * @return array<string, int> After.
	 */
	public function raised( array $versions ): array {
		return $this->moved( $versions, $this->step );
	}

	/**
	 * @param array<string, int> $versions After.
	 * @return array<string, int> Before.
	 */
	public function lowered( array $versions ): array {
		return $this->moved( $versions, -$this->step );
	}

	/**
	 * @param array<string, int> $versions
	 * @return array<string, int>
	 */
	private function moved( array $versions, int $by ): array {
		foreach ( array_intersect( array_keys( $versions ), $this->identities ) as $identity ) {
			$versions[ $identity ] += $by;
		}
		return $versions;
	}
}
