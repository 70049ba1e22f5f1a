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
use AgileBridge\Plugin\Site\Transaction;
use AgileBridge\Plugin\User\HeldMails;
use AgileBridge\Plugin\User\Links;
use AgileBridge\Plugin\User\Roles;
use AgileBridge\Plugin\User\Update;
use AgileBridge\Plugin\User\Users;

defined( 'ABSPATH' ) || exit;

final class GoneContact {

	public static function mind( string $contact_id ): void {
		$choice = Settings::stored()->gone_contacts;
		if ( 'keep' === $choice || [] === Links::users_of( $contact_id ) ) {
			return;
		}
		$users = [];
		$mails = HeldMails::during(
			static fn( callable $mails ): array => Transaction::run(
				static function () use ( $choice, $contact_id, $mails, &$users ): array {
					$mark = Database::mark();
					Identities::lock( [ Identities::of_contact( $contact_id ) ] );
					$users = Links::users_of( $contact_id );
					foreach ( $users as $user ) {
						$role = str_starts_with( $choice, 'role:' ) ? Roles::harmless( substr( $choice, strlen( 'role:' ) ) ) : null;
						if ( 'unlink' === $choice ) {
							Update::unlink( $user );
						} elseif ( null !== $role ) {
							Update::give_role( $user, $role );
						}
					}
					Database::require_since( $mark );
					return $mails();
				}
			)
		);
		array_map( Users::clean_shared_cache( ... ), $users );
		HeldMails::send( $mails );
	}

	/**
	 * One user whom the site's own code does not let go must not end the walk.
	 */
	public static function mind_quietly( string $contact_id ): void {
		try {
			self::mind( $contact_id );
		} catch ( \Throwable $error ) {
			Log::error( $error );
		}
	}
}
