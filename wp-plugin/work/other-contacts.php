<?php
/**
 * What the CRM says about contacts besides the event's own, each asked for once, and never under a lock.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\AgileCrm;
use AgileBridge\Plugin\Crm\Account;
use AgileBridge\Plugin\Inbox\ContactStale;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\UserChanged;

defined( 'ABSPATH' ) || exit;

final class OtherContacts {

	/** @var array<string, array{?Contact}> By their ids. */
	private array $asked = [];

	public function __construct( private readonly AgileCrm $crm ) {}

	/**
	 * @return ?Contact Null if it is gone.
	 */
	public function ask( string $id ): ?Contact {
		$this->asked[ $id ] ??= [ Fetches::contact_or_null( $this->crm, $id ) ];
		if ( null === $this->asked[ $id ][0] && ! Account::is_current( $this->crm ) ) {
			// The user would be handed over to this contact because the former account knows nothing of theirs.
			throw new ContactStale( 'another account was saved meanwhile' );
		}
		return $this->asked[ $id ][0];
	}

	/**
	 * Without a question.
	 *
	 * @throws UserChanged If it has not been asked for.
	 */
	public function known( string $id ): ?Contact {
		if ( ! array_key_exists( $id, $this->asked ) ) {
			throw new UserChanged( 'another contact has to be asked for' );
		}
		return $this->asked[ $id ][0];
	}
}
