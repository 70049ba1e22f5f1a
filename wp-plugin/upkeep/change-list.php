<?php
/**
 * The CRM's list of what has changed since the last look, and what becomes of it.
 *
 * The moment up to which changes are known moves on only when the list was read to its end. A look that was cut off goes on
 * where it was.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\AgileCrm;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Site\Clock;

defined( 'ABSPATH' ) || exit;

final class ChangeList {

	/** Searches trail behind writes by seconds, and clocks differ: each look begins this much before the last one. */
	private const OVERLAP = 10 * Clock::MINUTE;

	/** At a look; what is left is for the next one. */
	private const MOST_PAGES = 50;

	private const BEGIN_ANEW = [
		'began'  => null,
		'cursor' => null,
	];

	private readonly int $now;

	private readonly Window $window;

	private readonly Pages $pages;

	public readonly Witnesses $witnesses;

	private int $stored = 0;

	private bool $is_through = false;

	public function __construct( private readonly AgileCrm $crm ) {
		$this->now       = Clock::now();
		$record          = LookRecord::read();
		$since           = (int) ( $record['since'] ?? $this->now - Clock::HOUR );
		$window          = new Window( $since - self::OVERLAP, (int) ( $record['began'] ?? $this->now ) );
		$this->window    = $window;
		$this->witnesses = new Witnesses( $window, (int) ( $record['doubts'] ?? 0 ) );
		$this->pages     = new Pages(
			static fn( ?string $cursor, int $size ): array => $crm->changedBetween( $window->from, $window->until, $cursor, $size ),
			isset( $record['cursor'] ) ? (string) $record['cursor'] : null
		);
	}

	/**
	 * @throws \AgileBridge\Exception Where the CRM does not list.
	 */
	public function read(): void {
		for ( $page = 1; $page <= self::MOST_PAGES && ! $this->is_through; $page++ ) {
			$contacts = $this->pages->next();
			if ( ! Account::is_current( $this->crm ) ) {
				// An admin has saved another account or key meanwhile: the next look is that one's.
				return;
			}
			$this->stored += News::store( $contacts, $this->now );
			$this->witnesses->note_listed( [ ...array_column( $contacts, 'id' ), ...LookRecord::left_out() ] );
			$this->is_through = null === $this->pages->cursor();
			LookRecord::change( $this->is_through ? [ 'since' => $this->window->until ] + self::BEGIN_ANEW : $this->place() );
		}
		LookRecord::change( [ 'failed' => null ] );
		if ( $this->pages->are_complete() ) {
			$this->stored += News::store( $this->witnesses->call( $this->crm ), $this->now );
		}
	}

	/**
	 * The next look begins it anew: no cursor is kept that leads nowhere.
	 */
	public function give_up(): void {
		LookRecord::change( self::BEGIN_ANEW );
	}

	/**
	 * Whether it was read to its end.
	 */
	public function is_through(): bool {
		return $this->is_through;
	}

	/**
	 * How many events were stored.
	 */
	public function stored(): int {
		return $this->stored;
	}

	/**
	 * @return array{since: int, began: int, cursor: ?string} Where the next look goes on.
	 */
	private function place(): array {
		return [
			'since'  => $this->window->from + self::OVERLAP,
			'began'  => $this->window->until,
			'cursor' => $this->pages->cursor(),
		];
	}
}
