<?php
/**
 * What there is to know when a webhook was stored while its caller waits.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\LeaseRecord;

defined( 'ABSPATH' ) || exit;

final readonly class Arrival {

	/**
	 * @param ?Event             $event          If it is ours now.
	 * @param array<string, int> $versions       Of its identities.
	 * @param int                $inline_workers How many workers, we among them, now process while their request waits.
	 * @param bool               $others_wait_for_drain Whether a worker drains now, and other events wait for it.
	 * @param LeaseRecord        $crm            What is known of the CRM.
	 * @param int                $known_user     Whose user the contact was the last time, 0 if that is not known: a hint.
	 * @param int                $key_used_at    What is noted of its access key: milliseconds since 1970, 0 for nothing.
	 */
	public function __construct(
		public ?Event $event,
		public array $versions,
		public int $inline_workers,
		public bool $others_wait_for_drain,
		public LeaseRecord $crm,
		public int $known_user,
		public int $key_used_at,
	) {}
}
