<?php
/**
 * Whether the CRM's list of changes can be trusted: nobody documents what its filter compares, and how late its index is.
 *
 * A witness is a contact that was fetched by itself. If the time of its last change lies in the look's window, a complete
 * list has it. One that lacks it is doubted; twice running, it is not trusted, and linked users are walked instead
 * (walk.php), until a list again has all that it has to have.
 *
 * Who is fetched: those of whom an event told news in the window, and who are not listed. (Who has changed again since the look
 * began is rightly not on its list: so what counts is what they are now.) And who is walked is a witness too.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Upkeep;

use AgileBridge\AgileCrm;
use AgileBridge\ContactNotFound;
use AgileBridge\Plugin\Inbox\History;
use AgileBridge\Plugin\User\Contact;

defined( 'ABSPATH' ) || exit;

final class Witnesses {

	/** So many doubts in a row, and the list is not trusted. */
	private const TOO_MANY_DOUBTS = 2;

	/** Requests at a look, and how many of them may fail. */
	private const MOST_FETCHED  = 10;
	private const MOST_FAILURES = 2;

	/** @var array<string, true> The contacts on the list, by their ids. */
	private array $listed = [];

	private bool $is_complete = false;

	private int $found = 0;

	private int $missing = 0;

	/**
	 * @param int $doubts_before Of how many lists in a row a contact was missing.
	 */
	public function __construct( private readonly Window $window, private readonly int $doubts_before ) {}

	/**
	 * @param list<string> $contacts Ids of those on a page of the list.
	 */
	public function note_listed( array $contacts ): void {
		$this->listed += array_fill_keys( $contacts, true );
	}

	/**
	 * The list is complete: those of whom an event told news are heard.
	 *
	 * @return list<Contact> Those that had to be fetched.
	 */
	public function call( AgileCrm $crm ): array {
		$this->is_complete = true;
		$fetched           = [];
		$failures          = 0;
		foreach ( History::news_between( $this->window->from, $this->window->settled() ) as $contact_id ) {
			if ( isset( $this->listed[ $contact_id ] ) ) {
				++$this->found;
			} elseif ( count( $fetched ) < self::MOST_FETCHED && $failures < self::MOST_FAILURES ) {
				try {
					$fetched[] = Contact::of_record( $crm->contact( $contact_id ) );
				} catch ( ContactNotFound $gone ) {
					continue;
				} catch ( \AgileBridge\Exception $error ) {
					// Who cannot be fetched says nothing.
					++$failures;
				}
			}
		}
		array_map( $this->hear( ... ), $fetched );
		return $fetched;
	}

	/**
	 * A contact as it was fetched by itself.
	 */
	public function hear( Contact $contact ): void {
		if ( $this->is_complete && 'PERSON' === $contact->type && $this->window->must_list( $contact->updated_time ) ) {
			isset( $this->listed[ $contact->id ] ) ? ++$this->found : ++$this->missing;
		}
	}

	/**
	 * Of how many lists in a row a contact was missing, this one among them.
	 */
	public function doubts(): int {
		return match ( true ) {
			$this->missing > 0 => min( self::TOO_MANY_DOUBTS, $this->doubts_before + 1 ),
			$this->found > 0   => 0,
			default            => $this->doubts_before,
		};
	}

	/**
	 * Whether the list cannot be trusted.
	 */
	public function are_against_it(): bool {
		return $this->doubts() >= self::TOO_MANY_DOUBTS;
	}
}
