<?php
/**
 * The last statements of a transaction: that the user is whole, and what is owed for it.
 *
 * Where other code has committed that transaction half-way, all else is stored by now, but the rest of it without our locks. Then
 * they are the last ones of a second, short transaction, in which no code of others runs. It takes the same locks and looks at
 * the versions of what it has locked:
 *
 *   as ours left them   nobody came in between: what was written counts
 *   as before ours      it was undone after all: begun anew
 *   raised by others    who may have written a newer state, before our last writes or among them. What was written counts and
 *                       what is owed is paid, but the event runs once more. A new user whom they have completed is theirs.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Inbox\ClaimLost;
use AgileBridge\Plugin\Inbox\Claims;
use AgileBridge\Plugin\Inbox\ContactStale;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Identities;
use AgileBridge\Plugin\Inbox\Locked;
use AgileBridge\Plugin\Inbox\Owed;
use AgileBridge\Plugin\Inbox\Progress;
use AgileBridge\Plugin\Site\Host;
use AgileBridge\Plugin\Site\Transaction;
use AgileBridge\Plugin\Site\TransactionLost;
use AgileBridge\Plugin\User\Creation;
use AgileBridge\Plugin\User\NewUser;
use AgileBridge\Plugin\User\UserChanged;
use AgileBridge\Plugin\User\Users;

defined( 'ABSPATH' ) || exit;

final readonly class Settlement {

	/** How often a deadlock may undo it. Then the event is tried again later, and completes what is there. */
	private const TRIES = 4;

	/**
	 * @param NewUser            $new      Where one is made.
	 * @param Locked             $locked   By the transaction.
	 * @param array<string, int> $versions Under its locks.
	 */
	public function __construct( private Event $event, private NewUser $new, private Locked $locked, private array $versions ) {}

	/**
	 * Once it is sure that the transaction has held. No code of others runs in here.
	 */
	public function seal( Owed $owed ): void {
		if ( 'created' === $owed->status ) {
			$this->new->unmark( $owed->user_id );
		}
		$is_ours = $owed->is_finished ? Progress::finish( $this->event, Payment::outcome( $owed ) ) : Progress::mark_written( $this->event, $owed );
		if ( ! $is_ours ) {
			throw new ClaimLost( 'the event was claimed by another worker' );
		}
	}

	/**
	 * Where the transaction was cut.
	 *
	 * @param Owed $owed For what it has written.
	 * @throws UserChanged If that is nothing after all.
	 * @throws ContactStale If somebody else has completed the new user.
	 * @throws TransactionLost
	 */
	public function settle( Owed $owed ): Owed {
		for ( $try = 1; ; $try++ ) {
			try {
				return Transaction::run( fn(): Owed => $this->counted( $owed ), $this->seal( ... ) );
			} catch ( TransactionLost $lost ) {
				if ( $try >= self::TRIES || null !== Progress::owed_if_written( $this->event ) ) {
					throw $lost;
				}
				Host::wait_a_moment( $try );
			}
		}
	}

	/**
	 * What counts of it, by what has become of the versions.
	 */
	private function counted( Owed $owed ): Owed {
		$again = Identities::lock( $this->locked->identities );
		$now   = Claims::versions_if_held( $this->event, array_keys( $this->versions ) );
		if ( ! array_diff_assoc( $again->raised( $this->locked->lowered( $this->versions ) ), $now ) ) {
			throw new UserChanged( 'other code has undone what was written' );
		}
		if ( array_diff_assoc( $again->raised( $this->versions ), $now ) ) {
			$user = 'created' === $owed->status ? Users::fresh( $owed->user_id ) : null;
			if ( 'created' === $owed->status && ( null === $user || ! Creation::is_half_made( $user ) ) ) {
				throw new ContactStale( 'somebody else has completed the new user' );
			}
			Progress::run_again( $this->event );
		}
		return $owed;
	}
}
