<?php
/**
 * A stored webhook: one row of the inbox, as its worker sees it.
 *
 * Its state in the table, and the step that it stands for: `waiting` stored, until `due_at`; `running` claimed, a worker holds
 * it until `lease_until`; `applied` written, mails, actions or the password are still owed, and are in `owed`; `done` finished,
 * with `status` and `code`, the contract's wp_status and wp_code; `dead` given up, an admin may replay it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;

defined( 'ABSPATH' ) || exit;

final readonly class Event {

	/** How long a claim of it lasts without a sign of life. */
	public const LEASE = Clock::MINUTE;

	/**
	 * @param 'add'|'update'|'update_tags'|'return_password' $action The last is our own: what is still owed to the CRM.
	 * @param string  $contact_id '' where the contact is named by e-mail.
	 * @param string  $email      In lower case; '' where it is not known.
	 * @param ?string $role       As the webhook named it.
	 * @param string  $origin     Who stored it: see webhook.php.
	 * @param string  $owner      Of our claim.
	 * @param int     $taken      How many webhooks were in it when we claimed it.
	 * @param int     $attempts   Counted ones, this one included.
	 * @param ?Owed   $owed       Once its users are written.
	 * @param int     $claimed_at Milliseconds since 1970.
	 * @param Steps   $steps      Up to our claim.
	 */
	private function __construct(
		public int $id,
		public string $state,
		public string $action,
		public string $contact_id,
		public string $email,
		public ?string $role,
		public bool $send_notification,
		public string $origin,
		public string $owner,
		public int $taken,
		public int $attempts,
		public ?Owed $owed,
		private int $claimed_at,
		public Steps $steps,
	) {}

	public static function of_row( object $row ): self {
		$role = json_decode( (string) $row->role, true );
		$owed = json_decode( (string) $row->owed, true );
		$claimed_at = (int) $row->lease_until - self::LEASE;
		// (Older tables have no steps.)
		$steps = Steps::of_stored( $row->steps ?? null, (int) $row->created_at );
		return new self(
			id: (int) $row->id,
			state: (string) $row->state,
			action: (string) $row->action,
			contact_id: (string) $row->contact_id,
			email: (string) $row->email,
			role: is_string( $role ) ? $role : null,
			send_notification: 1 === (int) $row->send_notification,
			origin: (string) $row->origin,
			owner: (string) $row->owner,
			taken: (int) $row->taken,
			attempts: (int) $row->attempts,
			owed: is_array( $owed ) ? Owed::of_stored( $owed ) : null,
			claimed_at: $claimed_at,
			steps: $steps->then( $claimed_at, (string) $row->state ),
		);
	}

	/**
	 * One that is in no table: to ask what would become of it.
	 *
	 * @param 'add'|'update'|'update_tags' $action
	 */
	public static function imagined( string $action, string $contact_id, string $email ): self {
		$columns = [ 'id', 'state', 'role', 'send_notification', 'owner', 'taken', 'attempts', 'owed', 'lease_until', 'created_at' ];
		$given   = [
			'action'     => $action,
			'contact_id' => $contact_id,
			'email'      => $email,
			'origin'     => 'admin',
		];
		return self::of_row( (object) ( $given + array_fill_keys( $columns, '' ) ) );
	}

	/**
	 * Whether it needs no contact any more: only what is owed is left.
	 */
	public function is_only_owed(): bool {
		return 'applied' === $this->state || 'return_password' === $this->action;
	}

	/**
	 * Whether somebody called for it: else it is an admin's replay, or an hourly look has found it.
	 */
	public function is_of_webhook(): bool {
		return 'webhook' === $this->origin;
	}

	/**
	 * Milliseconds since we claimed it.
	 */
	public function duration( int $now ): int {
		return max( 0, $now - $this->claimed_at );
	}

	/**
	 * What names the contact, as the locks name it.
	 */
	public function identity(): string {
		return '' !== $this->contact_id ? Identities::of_contact( $this->contact_id ) : Identities::of_email( $this->email );
	}
}
