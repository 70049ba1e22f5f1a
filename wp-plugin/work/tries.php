<?php
/**
 * The tries to write one contact, of which other code may have undone or committed all but the last.
 *
 * A try that was committed half-way has raised the versions of what it had locked: that is nobody else's newer state, and what it
 * has written stays, and so do the mails about it. One that was undone has left the versions as they were; its mails are
 * about what never was.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Inbox\Claims;
use AgileBridge\Plugin\Inbox\ContactStale;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Identities;
use AgileBridge\Plugin\User\HeldMail;
use AgileBridge\Plugin\User\NewUser;

defined( 'ABSPATH' ) || exit;

final class Tries {

	/** @var list<array{array<string, int>, list<HeldMail>}> Versions under the locks of each that was lost; mails held until then. */
	private array $lost = [];

	/** @var array<string, int> Versions under the locks of the present one. */
	private array $versions = [];

	/** @var list<HeldMail> Mails about what those before have stored. */
	private array $mails = [];

	/**
	 * @param array<string, int> $seen Versions as read before the contact was fetched.
	 */
	public function __construct( private readonly array $seen ) {}

	/**
	 * The first statements of a try: locks everybody whom the contact could be.
	 *
	 * @param list<string> $identities
	 * @throws ContactStale If somebody else has written a newer state.
	 */
	public function lock( Event $event, array $identities, NewUser $new ): Settlement {
		$locked         = Identities::lock( $identities );
		$this->versions = Claims::require_held( $event, $locked, [ $this->seen, ...array_column( $this->lost, 0 ) ] );
		$this->mails    = [];
		foreach ( $this->lost as [ $versions, $mails ] ) {
			if ( ! array_diff_assoc( $locked->raised( $versions ), $this->versions ) ) {
				$this->mails = $mails;
			}
		}
		return new Settlement( $event, $new, $locked, $this->versions );
	}

	/**
	 * The present one was lost.
	 *
	 * @param list<HeldMail> $mails Held by it.
	 */
	public function note_lost( array $mails ): void {
		if ( [] !== $this->versions ) {
			$this->lost[]   = [ $this->versions, $this->with_kept( $mails ) ];
			$this->versions = [];
		}
	}

	/**
	 * Whether one has perhaps stored something.
	 */
	public function has_lost(): bool {
		return [] !== $this->lost;
	}

	/**
	 * Mails of the present one and those that were kept. What was undone is written again, and says the same again.
	 *
	 * @param list<HeldMail> $mails
	 * @return list<HeldMail>
	 */
	public function with_kept( array $mails ): array {
		// (Equal, and not the same: a mail that is held again is another object.)
		return [ ...$this->mails, ...array_filter( $mails, fn( HeldMail $mail ): bool => ! in_array( $mail, $this->mails, false ) ) ];
	}
}
