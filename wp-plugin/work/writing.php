<?php
/**
 * A fetched contact becomes a user: planned, written in one transaction, paid, finished.
 *
 * What may ask others (the site's filters, the CRM about a second contact) comes first, without a transaction. Then, under the
 * locks of everybody whom the contact could be, the user is looked up again and written; if that lookup finds another
 * user than the first one, it begins anew. Mails, actions and the password to the CRM come after the commit.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\AgileCrm;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Inbox\Claims;
use AgileBridge\Plugin\Inbox\ContactStale;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Identities;
use AgileBridge\Plugin\Inbox\Outcome;
use AgileBridge\Plugin\Inbox\Owed;
use AgileBridge\Plugin\Inbox\Progress;
use AgileBridge\Plugin\Site\AfterAnswer;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Hooks;
use AgileBridge\Plugin\Site\Host;
use AgileBridge\Plugin\Site\Transaction;
use AgileBridge\Plugin\Site\TransactionCut;
use AgileBridge\Plugin\Site\TransactionLost;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\Creation;
use AgileBridge\Plugin\User\HeldMails;
use AgileBridge\Plugin\User\Links;
use AgileBridge\Plugin\User\Matching;
use AgileBridge\Plugin\User\NewUser;
use AgileBridge\Plugin\User\ProtectedLinks;
use AgileBridge\Plugin\User\Tags;
use AgileBridge\Plugin\User\Update;
use AgileBridge\Plugin\User\UserChanged;
use AgileBridge\Plugin\User\Users;
use AgileBridge\Plugin\User\Written;

defined( 'ABSPATH' ) || exit;

final class Writing {

	/** How often it begins anew: the transaction was lost, or the user changed meanwhile. Then the event is tried again later. */
	private const TRIES = 4;

	/** And for how long: somebody may wait for the answer. */
	private const SECONDS = 1.5;

	private readonly Tries $tries;

	/** @var ?list<string> The user's tags before the first try that was lost. */
	private ?array $first = null;

	private readonly OtherContacts $others;

	/** Mails of others that do not go out. */
	private int $unsent = 0;

	/**
	 * @param array<string, int> $versions Of the event's identity, read before the fetch.
	 * @param ?AfterAnswer       $after    Where somebody waits for the answer.
	 */
	public function __construct(
		private readonly Event $event,
		private readonly Contact $contact,
		private readonly array $versions,
		private readonly AgileCrm $crm,
		private readonly ?AfterAnswer $after,
	) {
		$this->tries  = new Tries( $versions );
		$this->others = new OtherContacts( $crm );
	}

	/**
	 * @param int $known_user Whose user the contact may be, preloaded; 0 if not known.
	 * @throws \Throwable
	 */
	public function run( int $known_user ): Outcome {
		if ( 'PERSON' !== $this->contact->type ) {
			return $this->finish_ignored( 'not_a_person' );
		}
		$owed = $this->write_until_it_holds( $known_user );
		if ( null === $owed ) {
			UnderWay::decided( fn(): Outcome => $this->finish_ignored( 'no_matching_user' ) );
			Hooks::fire( 'wpf_api_fail', false, $this->event->action, $this->contact->id );
			return $this->finish_ignored( 'no_matching_user' );
		}
		$notes = $owed->notes;
		SideNotes::keep( $this->event, $this->contact, $owed, $this->unsent );
		if ( ! $owed->is_finished ) {
			$notes = [ ...$notes, ...Payment::settle( $this->event, $owed, $this->crm, $this->after ) ];
		}
		return Outcome::done( $owed->status, $owed->user_id, $this->contact->id, array_values( array_unique( $notes ) ) );
	}

	private function finish_ignored( string $code ): Outcome {
		$outcome = Outcome::ignored( $code, $this->contact->id );
		Progress::finish( $this->event, $outcome );
		return $outcome;
	}

	/**
	 * @return ?Owed Null where the contact is nobody's.
	 * @throws \Throwable
	 */
	private function write_until_it_holds( int $known_user ): ?Owed {
		$began = microtime( true );
		for ( $try = 1; ; $try++ ) {
			$decision = Planning::decide( $this->event, $this->contact, $this->others->ask( ... ), 1 === $try ? $known_user : 0 );
			if ( null === $decision ) {
				return null;
			}
			try {
				$owed = $this->write_once( $decision );
				null === $decision->user || $decision->linked === $this->contact->id || ProtectedLinks::note( $decision->user, $decision->linked, $this->contact->id );
				return $owed;
			} catch ( TransactionLost | UserChanged $again ) {
				$owed = Progress::owed_if_written( $this->event );
				if ( null !== $owed ) {
					// The commit arrived, and only its confirmation was lost.
					return $owed;
				}
				if ( $try >= self::TRIES || microtime( true ) - $began > self::SECONDS ) {
					throw $again;
				}
				if ( $again instanceof TransactionLost && $decision->is_update() ) {
					$this->first ??= $decision->before;
				}
				Host::wait_a_moment( $try );
			}
		}
	}

	/**
	 * Writes what was decided: nothing at all where nothing differs, else in one transaction.
	 *
	 * @return Owed What is owed now.
	 */
	private function write_once( Decision $decision ): Owed {
		$user = $decision->user;
		if ( $decision->is_update() ) {
			$changes = $decision->changes( $user, $this->contact->id );
			// What a lost try has stored is to be told, and could be an older state than somebody else's by now: that takes the locks.
			if ( ! $changes->are_any() && ! $this->tries->has_lost() ) {
				$written = new Written( 'unchanged', $user->ID, $changes->notes, $changes->data );
				return Payment::due( $this->event, $this->contact, $decision->notes, $written, Tags::of_user( $user->ID ), [] );
			}
		}
		$new     = new NewUser();
		$stored  = false;
		$is_lost = false;
		UnderWay::if_it_ends( $new->forgetting( $user ) );
		try {
			$owed = HeldMails::during(
				function ( HeldMails $mails ) use ( $decision, $new, &$stored ): Owed {
					$settlement = null;
					try {
						return Transaction::run(
							function () use ( $decision, $new, $mails, &$settlement, &$stored ): Owed {
								$settlement = $this->tries->lock( $this->event, $decision->identities( $this->event, $this->contact->id ), $new );
								$owed       = $this->write_under_locks( $decision, $new, $mails );
								$stored     = wp_using_ext_object_cache() ? get_userdata( $owed->user_id ) : false;
								return $owed;
							},
							static function ( Owed $owed ) use ( &$settlement ): void {
								$settlement->seal( $owed );
							}
						);
					} catch ( TransactionCut $cut ) {
						return $settlement->settle( $cut->result );
					} catch ( TransactionLost $lost ) {
						$this->tries->note_lost( $mails->all() );
						throw $lost;
					}
				}
			);
			$new  = null;
			Users::clean_shared_cache( $stored ?: $owed->user_id );
			return $owed;
		} catch ( TransactionLost | UserChanged $error ) {
			$is_lost = true;
			throw $error;
		} finally {
			$new?->forget( $is_lost );
			if ( null !== $user && ! isset( $owed ) ) {
				Users::fresh( $user->ID );
			}
		}
	}

	/**
	 * In the transaction, everybody whom the contact could be being locked.
	 */
	private function write_under_locks( Decision $decision, NewUser $new, HeldMails $mails ): Owed {
		$user    = $this->require_same_user( $decision );
		$before  = $decision->is_update() ? Tags::of_user( $user->ID ) : [];
		$written = match ( true ) {
			null === $user          => Creation::create( $new, $decision->data, $this->contact->id, $decision->tags, $decision->role, $decision->login, $decision->password ),
			$decision->is_half_made => Creation::complete( $user, $decision->changes( $user, $this->contact->id ), $decision->data, $this->contact->id, $decision->login, $decision->password ),
			default                 => Update::write( $user, $decision->changes( $user, $this->contact->id ), $this->contact->id ),
		};
		if ( 'unchanged' === $written->status && null !== $this->first ) {
			// A lost try has stored what differed.
			[ $written, $before ] = [ $written->as_updated(), $this->first ];
		}
		$held = HeldMails::for_others_than( $this->tries->with_kept( $mails->all() ), $decision->addresses() );
		if ( ! $this->event->is_of_webhook() ) {
			// Where nobody called, nobody expects a mail: an admin who goes through a thousand contacts would send thousands.
			$this->unsent = count( $held );
			$held         = [];
		}
		$owed = Payment::due( $this->event, $this->contact, $decision->notes, $written, $before, $held );
		return Payment::is_anything( $owed ) ? $owed : $owed->with( [ 'is_finished' => true ] );
	}

	/**
	 * Under the locks: who the user is now.
	 *
	 * @throws UserChanged If that is another one than was decided.
	 */
	private function require_same_user( Decision $decision ): ?\WP_User {
		$mark = Database::mark();
		// Links to a contact are made under its lock. Whose version has not changed since before the links were read need not
		// look for them again.
		$known  = isset( $this->versions[ Identities::of_contact( $this->contact->id ) ] ) ? $decision->linked_users : null;
		$linked = fn(): array => null === $known ? Links::users_of( $this->contact->id ) : Links::still_linked( $known, $this->contact->id );
		$user   = Matching::find( $this->contact->id, $decision->emails, $decision->chosen_email, $linked, $this->others->known( ... ) )->user;
		Database::require_since( $mark );
		if ( ( $user->ID ?? 0 ) !== ( $decision->user->ID ?? 0 ) || ( null !== $user && Creation::is_half_made( $user ) ) !== $decision->is_half_made ) {
			throw new UserChanged( 'the contact is another user now' );
		}
		if ( null !== $user && ( Links::contact_of( $user->ID ) !== $decision->linked || $user->user_email !== $decision->user->user_email ) ) {
			throw new UserChanged( 'the user has another link or address now' );
		}
		return $user;
	}
}
