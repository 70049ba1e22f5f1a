<?php
/**
 * A stored webhook: one row of the inbox, as its worker sees it.
 *
 * States: *waiting* (until `due_at`), *running* (a worker holds it until `lease_until`), *applied* (users are written; mails,
 * actions or the password are still owed, and are in `owed`), *done* (with `status` and `code`, the contract's wp_status and
 * wp_code), *dead* (given up; an admin may replay it).
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

final class Event {

	/**
	 * @param 'add'|'update'|'update_tags'|'return_password' $action   The last is our own: what is still owed to the CRM.
	 * @param string                                         $contact_id '' where the contact is named by e-mail.
	 * @param string                                         $email      In lower case; '' where it is not known.
	 * @param ?string                                        $role       As the webhook named it.
	 * @param string                                         $owner      Of our claim.
	 * @param int                                            $taken      How many webhooks were in it when we claimed it.
	 * @param int                                            $attempts   Counted ones, this one included.
	 * @param ?array<string, mixed>                          $owed       See after-effects.php.
	 */
	private function __construct(
		public readonly int $id,
		public readonly string $state,
		public readonly string $action,
		public readonly string $contact_id,
		public readonly string $email,
		public readonly ?string $role,
		public readonly bool $send_notification,
		public readonly string $owner,
		public readonly int $taken,
		public readonly int $attempts,
		public readonly int $crashes,
		public readonly ?array $owed,
	) {}

	public static function of_row( object $row ): self {
		$role = json_decode( (string) $row->role, true );
		$owed = json_decode( (string) $row->owed, true );
		return new self(
			id: (int) $row->id,
			state: (string) $row->state,
			action: (string) $row->action,
			contact_id: (string) $row->contact_id,
			email: (string) $row->email,
			role: is_string( $role ) ? $role : null,
			send_notification: 1 === (int) $row->send_notification,
			owner: (string) $row->owner,
			taken: (int) $row->taken,
			attempts: (int) $row->attempts,
			crashes: (int) $row->crashes,
			owed: is_array( $owed ) ? $owed : null,
		);
	}

	/**
	 * What names the contact, as the locks name it.
	 */
	public function identity(): string {
		return '' !== $this->contact_id ? contact_identity( $this->contact_id ) : email_identity( $this->email );
	}
}
