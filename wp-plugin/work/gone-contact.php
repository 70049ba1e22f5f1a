<?php
/**
 * A contact that the CRM no longer has, while one of our users is linked to it.
 *
 * What happens is the admin's choice: nothing (the default), the link goes, or the user gets another role. Never deleted, and
 * protected users never lose anything but the link.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Work;

use AgileBridge\Plugin\Inbox\Identities;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\Stats;
use AgileBridge\Plugin\Site\Transaction;
use AgileBridge\Plugin\Site\TransactionCut;
use AgileBridge\Plugin\User\HeldMails;
use AgileBridge\Plugin\User\Links;
use AgileBridge\Plugin\User\RefusedRoles;
use AgileBridge\Plugin\User\Roles;
use AgileBridge\Plugin\User\Update;
use AgileBridge\Plugin\User\Users;

defined( 'ABSPATH' ) || exit;

final class GoneContact {

	/**
	 * @param bool $may_mail Whether other plugins' mails about it go out.
	 */
	public static function mind( string $contact_id, bool $may_mail ): void {
		$choice = Settings::stored()->gone_contacts;
		if ( 'keep' === $choice || [] === Links::users_of( $contact_id ) ) {
			return;
		}
		$wanted = str_starts_with( $choice, 'role:' ) ? substr( $choice, strlen( 'role:' ) ) : '';
		$role   = Roles::harmless( $wanted );
		RefusedRoles::note_role( $wanted );
		$users = [];
		try {
			$mails = HeldMails::during(
				static fn( HeldMails $held ): array => Transaction::run(
					static function () use ( $choice, $role, $contact_id, $held, &$users ): array {
						$users = self::change_users( $choice, $role, $contact_id );
						return HeldMails::for_others_than( $held->all(), array_column( $users, 'user_email' ) );
					}
				)
			);
		} catch ( TransactionCut $cut ) {
			// All of it is stored.
			$mails = $cut->result;
		}
		array_map( Users::clean_shared_cache( ... ), $users );
		if ( ! $may_mail ) {
			Stats::count_unsent_mails( count( $mails ) );
			return;
		}
		foreach ( $mails as $mail ) {
			$mail->send();
		}
	}

	/**
	 * @param string  $choice As the setting has it.
	 * @param ?string $role   The one that it names, if it is harmless.
	 * @return list<\WP_User> The contact's users, as they were.
	 */
	private static function change_users( string $choice, ?string $role, string $contact_id ): array {
		$mark = Database::mark();
		Identities::lock( [ Identities::of_contact( $contact_id ) ] );
		$users = Links::users_of( $contact_id );
		foreach ( $users as $user ) {
			if ( 'unlink' === $choice ) {
				Update::unlink( $user );
			} elseif ( null !== $role ) {
				Update::give_role( $user, $role );
			}
		}
		Database::require_since( $mark );
		return $users;
	}

	/**
	 * One user whom the site's own code does not let go must not end the walk. It mails nobody.
	 */
	public static function mind_quietly( string $contact_id ): void {
		try {
			self::mind( $contact_id, false );
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}
}
