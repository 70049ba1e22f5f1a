<?php
/**
 * What is decided about a contact before the first lock: who its user is, what they shall have, what there is to say about it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Inbox\Identities;
use AgileBridge\Plugin\User\Changes;
use AgileBridge\Plugin\User\Login;
use AgileBridge\Plugin\User\Names;
use AgileBridge\Plugin\User\NewPassword;
use AgileBridge\Plugin\User\RoleWish;

defined( 'ABSPATH' ) || exit;

final readonly class Decision {

	/**
	 * @param ?\WP_User                          $user         Null where one will be created.
	 * @param bool                               $is_half_made Whether their creation was cut off, and is to be completed.
	 * @param bool                               $is_relinked  Whether they were another contact's until now.
	 * @param string                             $linked       The contact that they are linked to, '' if none.
	 * @param list<string>                       $before       Their tags until now.
	 * @param ?list<int>                         $linked_users All users linked to the contact; null where that was not asked.
	 * @param list<string>                       $emails       Every valid address of the contact, in lower case.
	 * @param ?string                            $chosen_email The one that a new user would get.
	 * @param ?list<string>                      $tags         Null where the CRM did not tell.
	 * @param array<string, string|list<string>> $data         Account fields and meta that they shall have, guarded.
	 * @param list<string>                       $notes
	 * @param ?Login                             $login        Of a new user.
	 * @param RoleWish                           $role         The role that they shall have.
	 * @param ?NewPassword                       $password     Of a new user.
	 */
	public function __construct(
		public ?\WP_User $user,
		public bool $is_half_made,
		public bool $is_relinked,
		public string $linked,
		public array $before,
		public ?array $linked_users,
		public array $emails,
		public ?string $chosen_email,
		public ?array $tags,
		public array $data,
		public array $notes,
		public ?Login $login = null,
		public RoleWish $role = new RoleWish(),
		public ?NewPassword $password = null,
	) {}

	/**
	 * Whether there is a user who only has to be brought up to date.
	 */
	public function is_update(): bool {
		return null !== $this->user && ! $this->is_half_made;
	}

	/**
	 * Everybody whom the contact could be, before or after: what nobody else may write meanwhile.
	 *
	 * @return list<string> Identities.
	 */
	public function identities( Event $event, string $contact_id ): array {
		return [
			$event->identity(),
			Identities::of_contact( $contact_id ),
			...( '' === $this->linked ? [] : [ Identities::of_contact( $this->linked ) ] ),
			...( null === $this->login ? [] : [ Identities::of_login( $this->login->name ), Identities::of_nicename( $this->nicename() ) ] ),
			...array_map( Identities::of_email( ... ), $this->addresses() ),
		];
	}

	/**
	 * The one that a new user would get if nobody has it.
	 */
	private function nicename(): string {
		return Names::public_names( $this->data, (string) $this->login?->name, (string) ( $this->data['user_email'] ?? '' ) )['user_nicename'];
	}

	/**
	 * Every address of the contact and of the user, before and after.
	 *
	 * @return list<string> In lower case.
	 */
	public function addresses(): array {
		$emails = $this->emails;
		if ( isset( $this->data['user_email'] ) ) {
			$emails[] = strtolower( (string) $this->data['user_email'] );
		}
		if ( null !== $this->user ) {
			$emails[] = strtolower( $this->user->user_email );
		}
		return $emails;
	}

	/**
	 * What is to be written, by what the user has now.
	 *
	 * @param \WP_User $user The same, as read just now.
	 */
	public function changes( \WP_User $user, string $contact_id ): Changes {
		return Changes::between( $user, $this->data, $contact_id, $this->tags, $this->role, $this->is_relinked );
	}
}
