<?php
/**
 * What the CRM answered for a claimed event.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Crm\CrmError;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\User\Contact;

defined( 'ABSPATH' ) || exit;

final readonly class Fetched {

	/**
	 * @param array<string, int> $versions Of the event's identities, read before the contact was fetched.
	 * @param Contact|CrmError   $answer   The contact, or why there is none.
	 */
	public function __construct( public Event $event, public array $versions, public Contact|CrmError $answer ) {}
}
