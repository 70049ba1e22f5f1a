<?php
/**
 * A list of the CRM, page by page.
 *
 * Nothing that fails once is insisted on: a page that comes too slowly or is too large is asked for with fewer contacts, down to
 * one. Behind what was heavy there may be thousands who are not: when as many have come as were too many, more are asked for.
 * A contact that is too large for a webhook too is left out, and noted. And where the CRM does not take its own cursor any more (it may have kept it for a day, or not at all) the list begins anew.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\CrmUnavailable;
use AgileBridge\FilterRefused;
use AgileBridge\PageTooHeavy;
use AgileBridge\Plugin\User\Contact;

defined( 'ABSPATH' ) || exit;

final class Pages {

	/** Contacts on a page: as many as the CRM gives at once, and then fewer. */
	private const SIZES = [ 200, 50, 10, 3, 1 ];

	/** The step below which what comes too slowly does so because it is heavy: that passes. */
	private const SLOW_STEPS = 2;

	/** The code of an exception about what came too slowly. */
	private const TIMED_OUT = 504;

	private int $step = 0;

	/** The step above which pages come too slowly: that does not pass behind a few. */
	private int $first_step = 0;

	/** How many contacts have come since the last step. */
	private int $come = 0;

	/** Whether the whole list is read here: not one that goes on where another look was cut off. */
	private bool $is_whole;

	private bool $began_anew = false;

	/**
	 * @param \Closure(?string, int): array{contacts: list<array<string, mixed>>, cursor: ?string} $ask    By cursor and size.
	 * @param ?string                                                                              $cursor Where to go on.
	 */
	public function __construct( private readonly \Closure $ask, private ?string $cursor ) {
		$this->is_whole = null === $cursor;
	}

	/**
	 * @return list<Contact> The next page.
	 * @throws \AgileBridge\Exception
	 */
	public function next(): array {
		while ( true ) {
			try {
				$page         = ( $this->ask )( $this->cursor, self::SIZES[ $this->step ] );
				$this->cursor = $page['cursor'];
				$this->grow();
				LookRecord::note_left_out( $page['skipped'] );
				return array_map( Contact::of_record( ... ), $page['contacts'] );
			} catch ( PageTooHeavy $heavy ) {
				if ( ! isset( self::SIZES[ $this->step + 1 ] ) ) {
					throw $heavy;
				}
				++$this->step;
				$this->come = 0;
				if ( self::TIMED_OUT === $heavy->getCode() ) {
					$this->first_step = min( $this->step, self::SLOW_STEPS );
				}
			} catch ( FilterRefused | CrmUnavailable $refused ) {
				// How the CRM would refuse a cursor nobody documents.
				if ( null === $this->cursor || $this->began_anew ) {
					throw $refused;
				}
				$this->cursor     = null;
				$this->began_anew = true;
				$this->is_whole   = true;
			}
		}
	}

	private function grow(): void {
		$this->come += self::SIZES[ $this->step ];
		if ( $this->step > $this->first_step && $this->come >= self::SIZES[ $this->step - 1 ] ) {
			--$this->step;
			$this->come = 0;
		}
	}

	/**
	 * Where the next page begins; null after the last one.
	 */
	public function cursor(): ?string {
		return $this->cursor;
	}

	/**
	 * Whether the last page was read, and all before it here.
	 */
	public function are_complete(): bool {
		return $this->is_whole && null === $this->cursor;
	}
}
