<?php
/**
 * A webhook, read and authentic. Stored are those about a contact.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

defined( 'ABSPATH' ) || exit;

final readonly class Webhook {

	/**
	 * @param 'add'|'update'|'update_tags'|'test'|'return_password' $action     The last is our own: what is still owed to the CRM.
	 * @param string                                                $contact_id '' where the contact is named by e-mail.
	 * @param string                                                $email      In lower case; '' where it is not known.
	 * @param ?string                                               $role       As the caller named it; null if they did not.
	 * @param ?bool                                                 $send_notification Null if the caller did not say.
	 * @param bool                                                  $is_async   Whether the caller does not wait for the result.
	 * @param string                                                $ignored    Why it is about nobody: `deal_event` or `not_a_person`.
	 * @param 'webhook'|'reconcile'|'replay'|'retry'|'admin'|'sync' $origin     Who stores it.
	 * @param ?int                                                  $arrived_at Milliseconds since 1970, where it did not come just now.
	 * @param string                                                $key_digest Of the access key that it came with; '' where it came with none.
	 */
	public function __construct(
		public string $action,
		public string $contact_id = '',
		public string $email = '',
		public ?string $role = null,
		public ?bool $send_notification = null,
		public bool $is_async = false,
		public string $ignored = '',
		public string $origin = 'webhook',
		public ?int $arrived_at = null,
		public string $key_digest = '',
	) {}

	/**
	 * @param array<string, mixed> $webhook    Of the extension's receive_webhook().
	 * @param string               $key_digest Of its access key, if that is to be noted.
	 */
	public static function of_extension( array $webhook, string $key_digest = '' ): self {
		return new self(
			action: $webhook['action'],
			contact_id: (string) $webhook['contact_id'],
			email: strtolower( (string) $webhook['email'] ),
			role: $webhook['role'],
			send_notification: $webhook['send_notification'],
			is_async: $webhook['async'],
			ignored: (string) $webhook['ignored'],
			key_digest: $key_digest,
		);
	}

	/**
	 * The same as it came then, without what others have said since.
	 */
	public function as_of( int $arrived_at, bool $has_role, bool $has_mail ): self {
		return new self(
			action: $this->action,
			contact_id: $this->contact_id,
			email: $this->email,
			role: $has_role ? $this->role : null,
			send_notification: $has_mail ? $this->send_notification : null,
			arrived_at: $arrived_at,
		);
	}

	/**
	 * Whether it is about a contact: a test of the key is not, nor are deals and companies.
	 */
	public function is_about_a_contact(): bool {
		return 'test' !== $this->action && '' === $this->ignored;
	}
}
