<?php
/**
 * Contacts under way: begun for claimed events, handed out as the CRM answers, several at a time.
 *
 * The extension keeps the requests going; while one contact is applied the others travel. A contact named by an e-mail whose
 * user is linked is asked for by the link, since searches trail behind writes; by the e-mail if that contact is gone.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

final class Fetches {

	/** @var array<int, array{event: Event, versions: array<string, int>, by_link: bool}> By the event's id. */
	private array $begun = [];

	public function __construct( private readonly \AgileBridge\AgileCrm $crm ) {}

	/**
	 * @param array<string, int> $versions Of the event's identity, read before this.
	 */
	public function begin( Event $event, array $versions ): void {
		$id = $event->contact_id;
		if ( '' === $id ) {
			// Linked since it was stored?
			$id = contact_linked_to( $event->email );
			if ( '' !== $id ) {
				$versions += identity_versions( [ contact_identity( $id ) ] );
			}
		}
		$this->begun[ $event->id ] = [
			'event'    => $event,
			'versions' => $versions,
			'by_link'  => '' !== $event->email && '' !== $id,
		];
		$this->crm->begin( (string) $event->id, '' === $id ? null : $id, '' === $id ? $event->email : null );
	}

	/**
	 * Waits for the next one. Only while count() says that there is one.
	 *
	 * @return array{event: Event, versions: array<string, int>, contact?: array<string, mixed>, error?: string, message?: string, retry_after?: ?int, outage?: bool}
	 */
	public function next(): array {
		while ( true ) {
			$fetched = $this->crm->next();
			if ( null === $fetched ) {
				throw new \LogicException( 'no fetch was begun' );
			}
			$begun = $this->begun[ (int) $fetched['key'] ];
			if ( $begun['by_link'] && 'contact_not_found' === ( $fetched['error'] ?? '' ) ) {
				$this->begun[ $begun['event']->id ]['by_link'] = false;
				$this->crm->begin( (string) $begun['event']->id, null, $begun['event']->email );
				continue;
			}
			unset( $this->begun[ $begun['event']->id ] );
			return $fetched + [
				'event'    => $begun['event'],
				'versions' => $begun['versions'],
			];
		}
	}

	public function count(): int {
		return count( $this->begun );
	}
}
