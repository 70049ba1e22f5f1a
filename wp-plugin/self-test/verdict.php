<?php
/**
 * What came of one step.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\SelfTest;

defined( 'ABSPATH' ) || exit;

final readonly class Verdict {

	/**
	 * @param string $detail Where it was led to, what was printed, which status: plain text, without parameters.
	 * @param string $by     Who gives themselves away as the one; '' if nobody.
	 */
	public function __construct( public Step $step, public Meaning $meaning, public string $detail = '', public string $by = '' ) {}

	/**
	 * As WordPress' Site Health has it. What becomes of an address that is only like the site's harms nobody who uses the site's.
	 *
	 * @return 'good'|'recommended'|'critical'
	 */
	public function level(): string {
		return match ( true ) {
			Meaning::Arrived === $this->meaning, ! $this->step->is_home => 'good',
			$this->meaning->is_doubtful() => 'recommended',
			default => 'critical',
		};
	}

	/**
	 * @return array<string, string|bool>
	 */
	public function to_array(): array {
		return get_object_vars( $this->step ) + [
			'meaning' => $this->meaning->value,
			'detail'  => $this->detail,
			'by'      => $this->by,
		];
	}
}
