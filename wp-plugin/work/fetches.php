<?php
/**
 * Contacts under way: begun for claimed events, handed out as the CRM answers, several at a time.
 *
 * The extension keeps the requests going; while one contact is written the others travel. A contact named by an e-mail whose
 * user is linked is asked for by the link, since searches trail behind writes; by the e-mail if that contact is gone.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\AgileCrm;
use AgileBridge\ContactNotFound;
use AgileBridge\Plugin\Crm\CrmError;
use AgileBridge\Plugin\Crm\SearchBudget;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Identities;
use AgileBridge\Plugin\Inbox\Progress;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\LinkIndex;
use AgileBridge\Plugin\User\Links;

defined( 'ABSPATH' ) || exit;

final class Fetches {

	/** @var array<int, array{event: Event, versions: array<string, int>, by_link: bool}> By the event's id. */
	private array $begun = [];

	public function __construct( private readonly AgileCrm $crm ) {}

	/**
	 * @param array<string, int> $versions Of the event's identity, read before this.
	 * @return bool False where it must wait, since too many addresses were looked for in vain; it is let go of.
	 */
	public function begin( Event $event, array $versions ): bool {
		$id = $event->contact_id;
		if ( '' === $id ) {
			// Linked since it was stored?
			$id = Links::contact_of_email( $event->email );
			if ( '' !== $id ) {
				$versions += Identities::versions( [ Identities::of_contact( $id ) ] );
			}
		}
		// (One that was looked for in vain is counted, and may be looked for again.)
		$wait = '' === $id && $event->attempts <= 1 ? SearchBudget::wait() : 0;
		if ( $wait > 0 ) {
			Progress::postpone( $event, $wait, false, 'Webhooks have named too many e-mail addresses that Agile CRM does not know. This one is looked for when the hour is over.' );
			return false;
		}
		$this->begun[ $event->id ] = [
			'event'    => $event,
			'versions' => $versions,
			'by_link'  => '' !== $event->email && '' !== $id,
		];
		$this->crm->begin( (string) $event->id, '' === $id ? null : $id, '' === $id ? $event->email : null );
		return true;
	}

	/**
	 * Waits for the next one. Only while count() says that there is one.
	 */
	public function next(): Fetched {
		while ( true ) {
			$fetched = $this->crm->next();
			if ( null === $fetched ) {
				throw new \LogicException( 'no fetch was begun' );
			}
			$begun = $this->begun[ (int) $fetched['key'] ];
			if ( $begun['by_link'] && 'contact_not_found' === ( $fetched['error'] ?? '' ) ) {
				// Whoever has written the contact that has this address is to be noticed, as if the address had named it from the first.
				$begun['versions'] += Identities::versions( [ Identities::of_email( $begun['event']->email ) ] );
				$begun['by_link']   = false;

				$this->begun[ $begun['event']->id ] = $begun;
				$this->crm->begin( (string) $begun['event']->id, null, $begun['event']->email );
				continue;
			}
			unset( $this->begun[ $begun['event']->id ] );
			$answer = isset( $fetched['error'] ) ? CrmError::of_fetch( $fetched ) : Contact::of_record( $fetched['contact'] );
			return new Fetched( $begun['event'], $begun['versions'], $answer );
		}
	}

	public function count(): int {
		return count( $this->begun );
	}

	/**
	 * Nobody waits for the answers any more.
	 *
	 * @return list<Event> Those whose contacts were under way.
	 */
	public function abandon(): array {
		$events      = array_column( $this->begun, 'event' );
		$this->begun = [];
		return $events;
	}

	/**
	 * Another contact besides that of an event, waited for.
	 *
	 * @param string $id As stored in a link: it may be anything that somebody once wrote there.
	 * @return ?Contact Null if the contact is gone, or the id is none.
	 * @throws \AgileBridge\Exception If the CRM does not tell.
	 */
	public static function contact_or_null( AgileCrm $crm, string $id ): ?Contact {
		if ( ! LinkIndex::is_contact_id( $id ) ) {
			return null;
		}
		try {
			return Contact::of_record( $crm->contact( $id ) );
		} catch ( ContactNotFound $gone ) {
			return null;
		}
	}
}
