<?php
/**
 * What an admin is to see of a user who was written, besides the event: mails that did not go out, an address that did not follow,
 * a role that was refused.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Owed;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Stats;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\Ownership;
use AgileBridge\Plugin\User\RefusedRoles;

defined( 'ABSPATH' ) || exit;

final class SideNotes {

	/**
	 * The user is stored, whatever comes of this.
	 *
	 * @param int $unsent Mails of others that do not go out.
	 */
	public static function keep( Event $event, Contact $contact, Owed $owed, int $unsent ): void {
		try {
			0 === $unsent || Stats::count_unsent_mails( $unsent );
			Ownership::note_kept_email( $owed->user_id, $contact, $owed->notes );
			in_array( 'role_refused', $owed->notes, true ) && RefusedRoles::note( $event->role, $contact->tags );
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}
}
