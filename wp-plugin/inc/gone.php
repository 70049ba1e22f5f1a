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

namespace AgileBridge\Plugin;

defined( 'ABSPATH' ) || exit;

function mind_contact_gone( string $contact_id ): void {
	$choice = settings()['gone_contacts'];
	if ( 'keep' === $choice || [] === users_linked_to( $contact_id ) ) {
		return;
	}
	$mails = holding_mails(
		static fn( callable $mails ): array => in_transaction(
			static function () use ( $choice, $contact_id, $mails ): array {
				$mark = database_mark();
				lock_identities( [ contact_identity( $contact_id ) ] );
				foreach ( users_linked_to( $contact_id ) as $user ) {
					$role = str_starts_with( $choice, 'role:' ) ? harmless_role( substr( $choice, strlen( 'role:' ) ) ) : null;
					if ( 'unlink' === $choice ) {
						delete_user_meta( $user->ID, contact_id_key() );
					} elseif ( null !== $role && is_member( $user ) && ! is_protected( $user ) && [ $role ] !== array_values( $user->roles ) ) {
						$user->set_role( $role );
					}
				}
				require_database( $mark );
				return $mails();
			}
		)
	);
	send_mails( $mails );
}
