<?php
/**
 * What became of a webhook, by the contract's words: answered to who waits, and kept with the event that is finished.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final readonly class Outcome {

	/**
	 * @param int           $http_status Of the answer, 0 where nobody waits for one.
	 * @param string        $status      The contract's wp_status.
	 * @param string        $code        Its wp_code, '' if there is none.
	 * @param string        $message     For whoever reads it; no data of a contact.
	 * @param int           $user_id     0 if not known.
	 * @param string        $contact_id  '' if not known.
	 * @param ?list<string> $notes       Its wp_notes; null where none are told.
	 * @param list<string>|array<string, ?string> $changed What was changed of the user: see record.php.
	 */
	private function __construct(
		public int $http_status,
		public string $status,
		public string $code = '',
		public string $message = '',
		public int $user_id = 0,
		public string $contact_id = '',
		public ?array $notes = [],
		public array $changed = [],
	) {}

	/**
	 * The key is right, and nothing else was asked.
	 */
	public static function ok(): self {
		return new self( 200, 'ok' );
	}

	/**
	 * Stored: somebody else processes it, or we do so later.
	 */
	public static function queued( string $contact_id ): self {
		return new self( 202, 'queued', contact_id: $contact_id );
	}

	/**
	 * Nothing to do.
	 *
	 * @param 'no_matching_user'|'deal_event'|'not_a_person' $code
	 */
	public static function ignored( string $code, string $contact_id ): self {
		return new self( 200, 'ignored', $code, contact_id: $contact_id );
	}

	public static function failed( Failure $failure, string $contact_id ): self {
		return new self( $failure->getCode(), 'failed', $failure->wp_code, $failure->getMessage(), contact_id: $contact_id, notes: null );
	}

	/**
	 * For the record alone: nobody waits for an answer.
	 */
	public static function noted( string $status, string $code, string $message, int $user_id, string $contact_id ): self {
		return new self( 0, $status, $code, $message, $user_id, $contact_id );
	}

	/**
	 * @param 'created'|'updated'|'unchanged' $status
	 * @param list<string>                    $notes
	 * @param list<string>|array<string, ?string> $changed
	 */
	public static function done( string $status, int $user_id, string $contact_id, array $notes = [], array $changed = [] ): self {
		return new self( 200, $status, user_id: $user_id, contact_id: $contact_id, notes: $notes, changed: $changed );
	}
}
