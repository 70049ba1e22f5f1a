<?php
/**
 * Planning the writes: from a fetched contact to a decision.
 *
 * Here others are asked: the site's filters, and the CRM about a second contact whose user has the same address. Nothing is
 * written, and no transaction is open.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Inbox\Event;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Primary;
use AgileBridge\Plugin\User\Changes;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\Creation;
use AgileBridge\Plugin\User\Deleted;
use AgileBridge\Plugin\User\Found;
use AgileBridge\Plugin\User\Links;
use AgileBridge\Plugin\User\Login;
use AgileBridge\Plugin\User\Mapped;
use AgileBridge\Plugin\User\Matching;
use AgileBridge\Plugin\User\Membership;
use AgileBridge\Plugin\User\Names;
use AgileBridge\Plugin\User\NewPassword;
use AgileBridge\Plugin\User\Roles;
use AgileBridge\Plugin\User\RoleWish;
use AgileBridge\Plugin\User\Tags;
use AgileBridge\Plugin\User\UserChanged;
use AgileBridge\Plugin\User\UserData;

defined( 'ABSPATH' ) || exit;

final class Planning {

	/**
	 * @param callable(string): ?Contact $ask        The contact with another id; null if it is gone.
	 * @param int                        $known_user Whose user the contact may be, preloaded; 0 if not known.
	 * @return ?Decision Null where the contact is nobody's, and the event creates nobody.
	 * @throws Failure If the contact cannot be a user.
	 */
	public static function decide( Event $event, Contact $contact, callable $ask, int $known_user ): ?Decision {
		$mark   = Database::mark();
		$mapped = UserData::mapped( $contact );
		$known  = null;
		$linked = static function () use ( $contact, &$known ): array {
			$users = Links::users_of( $contact->id );
			$known = array_column( $users, 'ID' );
			return $users;
		};
		$found  = Matching::is_user_of( $known_user, $contact->id, $mapped->emails )
			? new Found( get_userdata( $known_user ) )
			: self::find( static fn( callable $ask ): Found => Matching::find( $contact->id, $mapped->emails, $mapped->chosen_email(), $linked, $ask ), $ask );
		$user   = $found->user;
		$half   = null !== $user && Creation::is_half_made( $user );
		$joins  = null !== $user && ! Membership::has( $user );
		// A lookup that failed looks like nobody found.
		Database::require_since( $mark );
		if ( 'add' !== $event->action && ( null === $user || $joins ) && ! $half ) {
			return null;
		}
		if ( ( null === $user || $joins ) && ! $half && Deleted::has( $contact->id ) ) {
			return null;
		}
		$who  = [
			'user'         => $user,
			'is_half_made' => $half,
			'is_relinked'  => $found->is_relinked,
			'linked'       => null === $user ? '' : Links::contact_of( $user->ID ),
			'before'       => null === $user ? [] : Tags::of_user( $user->ID ),
			'linked_users' => $known,
			'emails'       => $mapped->emails,
			'chosen_email' => $mapped->chosen_email(),
			'tags'         => $contact->tags,
		];
		$what = match ( true ) {
			null === $user || $half          => self::creation( $event->role, $contact, $mapped, $user ),
			'update_tags' === $event->action => [ 'data' => [], 'notes' => [] ],
			default                          => self::update( $user, $joins, $event->role, $contact, $mapped ),
		};
		$what['notes'] = [
			...( $found->is_relinked ? [ 'relinked' ] : [] ),
			...( null === $contact->tags ? [ 'tags_missing' ] : [] ),
			...$what['notes'],
		];
		return new Decision( ...$who, ...$what );
	}

	/**
	 * Looks for the user where everything was written, and asks the CRM, where that is needed, in between.
	 *
	 * @param callable(callable): Found  $find Gets what is to be asked.
	 * @param callable(string): ?Contact $ask
	 */
	private static function find( callable $find, callable $ask ): Found {
		$asked = [];
		while ( true ) {
			$next  = null;
			$known = static function ( string $id ) use ( &$asked, &$next ): ?Contact {
				if ( ! array_key_exists( $id, $asked ) ) {
					$next = $id;
					throw new UserChanged( 'another contact has to be asked for' );
				}
				return $asked[ $id ];
			};
			try {
				return Primary::during( static fn(): Found => $find( $known ) );
			} catch ( UserChanged $changed ) {
				if ( null === $next ) {
					throw $changed;
				}
				$asked[ $next ] = $ask( $next );
			}
		}
	}

	/**
	 * Whether an update of this user, as read just now, would change anything.
	 *
	 * @throws \Throwable If the contact cannot be a user.
	 */
	public static function would_change( \WP_User $user, Contact $contact ): bool {
		$wanted = self::update( $user, false, null, $contact, UserData::mapped( $contact ) );
		return Changes::between( $user, $wanted['data'], $contact->id, $contact->tags, $wanted['role'] )->are_any();
	}

	/**
	 * @param ?\WP_User $half_made Whose creation is to be completed.
	 * @return array<string, mixed> Of a decision: `data`, `notes`, `role`, `login` and `password`.
	 */
	private static function creation( ?string $wanted_role, Contact $contact, Mapped $mapped, ?\WP_User $half_made ): array {
		if ( null === $mapped->chosen_email() ) {
			throw 'email_invalid' === $mapped->email_problem
				? new Failure( 422, 'email_invalid', 'The e-mail address of the contact is not valid.' )
				: new Failure( 422, 'email_missing', 'The contact has no e-mail address.' );
		}
		$filtered = UserData::filtered( $mapped->data, $contact, null );
		$data     = $filtered['data'];
		if ( ! isset( $data['user_email'] ) ) {
			throw new Failure( 422, 'email_missing', 'Code of the site took the e-mail address of the contact away.' );
		}
		$role = RoleWish::of_new_user( $wanted_role, $contact->tags );
		$all  = null === $half_made ? $data : UserData::with_filtered_meta( $data, $half_made->ID );
		return [
			'data'     => $all,
			'role'     => $role,
			'password' => NewPassword::of( $all ),
			'login'    => null === $half_made ? Primary::during( static fn(): Login => Names::login_for( $data, $contact->id ) ) : Names::login_of( $half_made, $data ),
			'notes'    => [ ...UserData::notes_for( [ ...$mapped->notes, ...$filtered['notes'] ], true ), ...$role->notes() ],
		];
	}

	/**
	 * @param bool $joins Whether the user of a network becomes a member of this site.
	 * @return array<string, mixed> Of a decision: `data`, `notes` and `role`.
	 */
	private static function update( \WP_User $user, bool $joins, ?string $wanted_role, Contact $contact, Mapped $mapped ): array {
		$data    = $mapped->data;
		$notes   = [];
		$present = strtolower( $user->user_email );
		if ( in_array( $present, $mapped->emails, true ) ) {
			$data['user_email'] = $present;
		} elseif ( ! isset( $data['user_email'] ) || ! $mapped->emails_whole ) {
			// Theirs may be the one that cannot be read.
			unset( $data['user_email'] );
			$notes[] = 'email_kept';
		}
		$filtered     = UserData::filtered( $data, $contact, $user );
		$notes        = [ ...$notes, ...UserData::notes_for( [ ...$mapped->notes, ...$filtered['notes'] ], false ) ];
		$is_protected = Roles::is_protected( $user );
		$role         = $joins ? RoleWish::of_new_user( $wanted_role, $is_protected ? null : $contact->tags ) : RoleWish::of_existing_user( $user, $wanted_role );
		return [
			'data'  => $filtered['data'],
			'notes' => [ ...$notes, ...( $is_protected ? [ 'protected_user' ] : [] ), ...$role->notes() ],
			'role'  => $role,
		];
	}
}
