<?php
/**
 * What an `add` for a contact would do now, decided by the very code that would do it. Nothing is written.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\AgileCrm;
use AgileBridge\Exception;
use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\User\Changes;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\Links;

defined( 'ABSPATH' ) || exit;

final readonly class Preview {

	/**
	 * @param ?Contact  $contact  Null where the CRM gave none.
	 * @param ?Decision $decision Null where the contact would stay nobody's.
	 * @param ?Changes  $changes  Of a user who is there.
	 * @param string    $code     The contract's wp_code of what is in the way, '' if nothing is.
	 * @param string    $message  The same for people.
	 */
	private function __construct(
		public ?Contact $contact,
		public ?Decision $decision = null,
		public ?Changes $changes = null,
		public string $code = '',
		public string $message = '',
	) {}

	/**
	 * @param string $contact_id '' where it is named by e-mail.
	 * @param string $email      In lower case.
	 */
	public static function of( AgileCrm $crm, string $contact_id, string $email ): self {
		$id      = '' === $contact_id ? Links::contact_of_email( $email ) : $contact_id;
		$contact = null;
		try {
			$contact = Contact::of_record( '' === $id ? $crm->contactByEmail( $email ) : $crm->contact( $id ) );
			if ( 'PERSON' !== $contact->type ) {
				return new self( $contact, code: 'not_a_person' );
			}
			$decision = Planning::decide( Event::imagined( 'add', $contact->id, $email ), $contact, ( new OtherContacts( $crm ) )->ask( ... ), 0 );
			$changes  = null !== $decision && $decision->is_update() ? $decision->changes( $decision->user, $contact->id ) : null;
			return new self( $contact, $decision, $changes );
		} catch ( Failure $failure ) {
			return new self( $contact, code: $failure->wp_code, message: $failure->admin_message() );
		} catch ( Exception $error ) {
			return new self( $contact, message: ucfirst( $error->getMessage() ) . '.' );
		}
	}
}
