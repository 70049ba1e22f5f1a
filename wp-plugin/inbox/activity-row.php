<?php
/**
 * An event as an admin sees it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

defined( 'ABSPATH' ) || exit;

final readonly class ActivityRow {

	/**
	 * @param string               $action     As the webhook asked, or `return_password`, what is owed to the CRM.
	 * @param string               $origin     See webhook.php.
	 * @param string               $state      See event.php.
	 * @param string               $status     The contract's wp_status, '' while it is not finished.
	 * @param string               $code       Its wp_code.
	 * @param string               $message    Why it waits or was given up.
	 * @param int                  $due_at     Milliseconds since 1970, as all times here.
	 * @param ?int                 $took       Milliseconds; null where nobody measured it.
	 * @param list<string>         $notes      The contract's wp_notes.
	 * @param array<string, ?string> $changed  Names of fields, with values where the admin keeps them.
	 * @param list<array{int, string}> $steps  When it came into which state.
	 */
	private function __construct(
		public int $id,
		public string $action,
		public string $origin,
		public string $contact_id,
		public string $email,
		public string $state,
		public string $status,
		public string $code,
		public int $user_id,
		public string $message,
		public int $attempts,
		public int $webhooks,
		public int $created_at,
		public int $updated_at,
		public int $due_at,
		public ?int $took,
		public array $notes,
		public array $changed,
		public array $steps,
	) {}

	public static function of_row( object $row ): self {
		$list    = static fn( string $column ): array => (array) json_decode( (string) ( $row->$column ?? '' ), true );
		$changed = $list( 'changed' );
		$is_step = static fn( $step ): bool => is_array( $step ) && is_int( $step[0] ?? null ) && is_string( $step[1] ?? null );
		return new self(
			id: (int) $row->id,
			action: (string) $row->action,
			origin: (string) $row->origin,
			contact_id: (string) $row->contact_id,
			email: (string) $row->email,
			state: (string) $row->state,
			status: (string) $row->status,
			code: (string) $row->code,
			user_id: (int) $row->user_id,
			message: (string) json_decode( (string) $row->message, true ),
			attempts: (int) $row->attempts,
			webhooks: (int) $row->webhooks,
			created_at: (int) $row->created_at,
			updated_at: (int) $row->updated_at,
			due_at: (int) $row->due_at,
			took: isset( $row->duration_ms ) ? (int) $row->duration_ms : null,
			notes: array_values( array_filter( $list( 'notes' ), 'is_string' ) ),
			changed: array_is_list( $changed ) ? array_fill_keys( array_filter( $changed, 'is_string' ), null ) : $changed,
			steps: array_values( array_filter( $list( 'steps' ), $is_step ) ),
		);
	}

	public function is_open(): bool {
		return in_array( $this->state, [ 'waiting', 'running', 'applied' ], true );
	}

	/**
	 * Whether all tries were used up, and an admin may have it tried again. (A password that was given up is wiped.)
	 */
	public function is_given_up(): bool {
		return 'dead' === $this->state && 'return_password' !== $this->action;
	}

	/**
	 * Whether the contact could not be what was asked for, and no other try would change that.
	 */
	public function was_refused(): bool {
		return 'done' === $this->state && in_array( $this->status, [ 'failed', 'rejected' ], true ) && ! $this->was_replayed();
	}

	/**
	 * Whether it was given up, and another event was made of it since.
	 */
	public function was_replayed(): bool {
		return 'replayed' === $this->code;
	}

	/**
	 * Whether a replay could do anything: a password that was wiped is gone, what was refused unread was none, and what is open runs anyway.
	 */
	public function can_be_replayed(): bool {
		return in_array( $this->state, [ 'done', 'dead' ], true ) && ! in_array( $this->action, [ '', 'return_password' ], true );
	}
}
