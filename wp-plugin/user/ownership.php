<?php
/**
 * Whose account it is. A user that a webhook of this site made is the contact's. Who was there before, and was only matched by an
 * address, has not proved to be: whoever can write a contact could else move somebody's address to their own, and ask WordPress
 * for a new password there.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\Stats;

defined( 'ABSPATH' ) || exit;

final class Ownership {

	/**
	 * The user meta that marks those whom this site's webhooks made. Protected meta: no field map can name it.
	 */
	public static function key(): string {
		return '_' . SiteKey::of( 'agile_bridge_created' );
	}

	public static function is_contacts( int $user_id ): bool {
		return metadata_exists( 'user', $user_id, self::key() ) || metadata_exists( 'user', $user_id, NewUser::MARK );
	}

	/**
	 * Account fields that a contact may change of this user, besides their names. On a network they are shared with sites that have
	 * no part in this.
	 *
	 * @return list<string>
	 */
	public static function account_fields( \WP_User $user ): array {
		if ( Roles::is_protected( $user ) || ( is_multisite() && ! self::is_contacts( $user->ID ) ) ) {
			return AccountFields::NAME_META;
		}
		$email = self::follows_email( $user ) ? [ 'user_email' ] : [];
		return [ ...AccountFields::NAME_META, ...array_keys( AccountFields::COLUMN_SIZE ), ...$email ];
	}

	/**
	 * Whether the contact has another address than its user, who keeps theirs because the account is not proved to be the contact's.
	 *
	 * @param mixed $email The address that the user shall have, null if it stays.
	 */
	public static function keeps_email( \WP_User $user, $email ): bool {
		return is_string( $email ) && strtolower( $user->user_email ) !== $email && ! self::follows_email( $user ) && ! Roles::is_protected( $user );
	}

	/**
	 * Notes for the admin whether this user keeps an address that their contact no longer has. (Not by the note alone: of an address
	 * that is none it is said too.)
	 *
	 * @param list<string> $notes Of the event.
	 */
	public static function note_kept_email( int $user_id, Contact $contact, array $notes ): void {
		$user = self::is_contacts( $user_id ) ? false : get_userdata( $user_id );
		if ( false !== $user ) {
			Stats::note_kept_email( $user_id, in_array( 'email_kept', $notes, true ) && $contact->has_only_others_than( strtolower( $user->user_email ) ) );
		}
	}

	/**
	 * Whether the account is to be taken from whoever has used it until now, where it becomes another contact's.
	 */
	public static function can_be_handed_over( \WP_User $user ): bool {
		return ! Roles::is_protected( $user ) && ( ! is_multisite() || self::is_contacts( $user->ID ) );
	}

	/**
	 * Takes the account from whoever has used it: sessions, application passwords, the password, a key to reset it that was mailed,
	 * a change of the address that waits to be confirmed.
	 */
	public static function hand_over( \WP_User $user ): void {
		global $wpdb;
		\WP_Session_Tokens::get_instance( $user->ID )->destroy_all();
		self::end_application_passwords( $user->ID );
		delete_user_meta( $user->ID, '_new_email' );
		$row = [
			'user_pass'           => PasswordHash::of( \AgileBridge\generate_password(), true ),
			'user_activation_key' => '',
		];
		// phpcs:ignore WordPress.DB -- wp_set_password() would hash it slowly, and mail about it.
		$wpdb->update( $wpdb->users, $row, [ 'ID' => $user->ID ] );
		clean_user_cache( $user );
	}

	/**
	 * WordPress leaves them as they are when an address changes; who made them had the address before.
	 */
	public static function end_application_passwords( int $user_id ): void {
		\WP_Application_Passwords::delete_all_application_passwords( $user_id );
	}

	/**
	 * Whether its address follows the contact's, unless they are protected.
	 */
	public static function follows_email( \WP_User $user ): bool {
		return self::is_contacts( $user->ID ) || ( ! is_multisite() && Settings::stored()->follow_emails );
	}
}
