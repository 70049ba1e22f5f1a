<?php
/**
 * Finding the user of a contact: by the link, else by the e-mail address.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Matching {

	/**
	 * Whether this user, as preloaded, is without any doubt the contact's: linked to it, with an address of its.
	 *
	 * @param list<string> $emails All valid addresses of the contact.
	 */
	public static function is_user_of( int $user_id, string $contact_id, array $emails ): bool {
		$user = 0 === $user_id ? false : get_userdata( $user_id );
		return $user && Links::contact_of( $user_id ) === $contact_id && in_array( strtolower( $user->user_email ), $emails, true );
	}

	/**
	 * @param list<string>                $emails       All valid addresses of the contact.
	 * @param ?string                     $chosen_email The one that a new user would get.
	 * @param callable(): list<\WP_User>  $linked       Users linked to the contact, the oldest first.
	 * @param callable(string): ?Contact  $ask          The contact with another id; null if it is gone.
	 * @throws Failure If the contact and its e-mail belong to two users.
	 */
	public static function find( string $contact_id, array $emails, ?string $chosen_email, callable $linked, callable $ask ): Found {
		$owners = [];
		// Most are found so, and have an address of the contact.
		foreach ( array_unique( [ ...$emails, ...( null === $chosen_email ? [] : [ $chosen_email ] ) ] ) as $email ) {
			$owners[ $email ] = Users::with_email( $email );
			if ( in_array( $email, $emails, true ) && null !== $owners[ $email ] && Links::contact_of( $owners[ $email ]->ID ) === $contact_id ) {
				return new Found( $owners[ $email ] );
			}
		}
		// More than one only by an accident of the past; the one with an address of the contact is the likelier one.
		$users       = $linked();
		$has_address = static fn( \WP_User $user ): bool => in_array( strtolower( $user->user_email ), $emails, true );
		usort( $users, static fn( \WP_User $a, \WP_User $b ): int => (int) $has_address( $b ) <=> (int) $has_address( $a ) );
		$user = $users[0] ?? null;

		if ( null !== $user && ( null === $chosen_email || $has_address( $user ) ) ) {
			return new Found( $user );
		}
		$owner = null === $chosen_email ? null : $owners[ $chosen_email ];
		if ( null === $owner || $owner->ID === $user?->ID ) {
			return new Found( $user );
		}
		if ( null !== $user ) {
			throw new Failure( 422, 'email_conflict', 'The contact is linked to one user of the site, and its e-mail address belongs to another.' );
		}
		$other_id = Links::contact_of( $owner->ID );
		if ( '' === $other_id ) {
			return new Found( $owner );
		}
		$other = $ask( $other_id );
		if ( null !== $other && $other->may_have( $chosen_email ) && ! self::is_unproved_staff( $owner ) ) {
			throw new Failure( 422, 'email_conflict', 'The user with this e-mail address is linked to another contact, which still has the address.' );
		}
		return new Found( $owner, true );
	}

	/**
	 * Whether any contact with the address of this user may be the one that is linked: they are protected, so that nobody gets
	 * anything of theirs by it, and the one that came first has proved no more than this one. It would else shut theirs out.
	 */
	private static function is_unproved_staff( \WP_User $user ): bool {
		return Roles::is_protected( $user ) && ! Ownership::is_contacts( $user->ID );
	}
}
