<?php
/**
 * One attempt at a claimed event: from what the CRM answered to its next state, finished, tried again later, or given up.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\AgileCrm;
use AgileBridge\Exception;
use AgileBridge\Plugin\Crm\Breaker;
use AgileBridge\Plugin\Crm\CrmError;
use AgileBridge\Plugin\Crm\SearchBudget;
use AgileBridge\Plugin\Inbox\ClaimLost;
use AgileBridge\Plugin\Inbox\ContactStale;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Outcome;
use AgileBridge\Plugin\Inbox\Owed;
use AgileBridge\Plugin\Site\AfterAnswer;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\User\Users;

defined( 'ABSPATH' ) || exit;

final readonly class Attempt {

	/**
	 * @param ?AfterAnswer $after Where somebody waits for the answer.
	 */
	public function __construct( private AgileCrm $crm, private ?AfterAnswer $after = null ) {}

	/**
	 * @param Breaker $breaker    As read before the CRM answered.
	 * @param int     $known_user Whose user the contact may be, if the caller has preloaded them.
	 * @return Outcome What to answer, if somebody waits.
	 */
	public function run( Fetched $fetched, Breaker $breaker, int $known_user = 0 ): Outcome {
		$event  = $fetched->event;
		$answer = $fetched->answer;
		$mark   = Database::mark();
		try {
			if ( $answer instanceof CrmError ) {
				return $this->setback( $event )->of_crm( $answer );
			}
			$breaker->note_well( $this->crm );
			if ( '' === $event->contact_id && $event->attempts > 1 ) {
				SearchBudget::give_back();
			}
			return ( new Writing( $event, $answer, $fetched->versions, $this->crm, $this->after ) )->run( $known_user );
		} catch ( ClaimLost $lost ) {
			return Outcome::queued( $event->contact_id );
		} catch ( ContactStale $stale ) {
			return $this->setback( $event )->of_stale_contact();
		} catch ( Exception $error ) {
			// A question to the CRM besides the contact itself: whether another contact still has the address.
			return $this->setback( $event )->of_crm( CrmError::of_exception( $error ) );
		} catch ( \Throwable $error ) {
			return $this->setback( $event )->of_failure( Setback::failure_of( $error, $mark ), $answer instanceof CrmError ? $event->contact_id : $answer->id );
		}
	}

	/**
	 * Pays what needs no contact: what a worker that died still owed, and a password that the CRM did not take.
	 */
	public function pay( Event $event ): void {
		if ( 'return_password' === $event->action ) {
			$mark = Database::mark();
			try {
				PasswordReturn::retry( $event, $this->crm );
			} catch ( ClaimLost $lost ) {
				// Somebody else took over.
				return;
			} catch ( \Throwable $error ) {
				$this->setback( $event )->of_failure( Setback::failure_of( $error, $mark ), $event->contact_id );
			}
			return;
		}
		$owed = $event->owed ?? new Owed();
		if ( ! $owed->is_whole() ) {
			// Its lease runs out; after five times it is given up, and an admin sees it.
			throw new \UnexpectedValueException( "what event $event->id owes cannot be read" );
		}
		// Who died after the commit may not have come so far.
		Users::clean_shared_cache( $owed->user_id );
		Payment::settle( $event, $owed, $this->crm );
	}

	private function setback( Event $event ): Setback {
		return new Setback( $event, $this->crm );
	}
}
