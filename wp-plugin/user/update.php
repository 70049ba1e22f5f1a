<?php
/**
 * An existing user, brought up to date: just what differs is written, inside the transaction of one contact.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\OwnCall;

defined( 'ABSPATH' ) || exit;

final class Update {

	/**
	 * @param Changes $changes For this very user.
	 * @return Written Unchanged where WordPress or another plugin let nothing of it pass.
	 */
	public static function write( \WP_User $user, Changes $changes, string $contact_id ): Written {
		$write = static fn(): Written => self::write_all( $user, $changes, $contact_id );
		return isset( $changes->account['user_email'] ) ? FormerAddress::during( $user->user_email, $write ) : $write();
	}

	private static function write_all( \WP_User $user, Changes $changes, string $contact_id ): Written {
		$mark       = Database::mark();
		$notes      = $changes->notes;
		$is_written = null !== $changes->role || [] !== $changes->account;
		$changes->role?->joins && $changes->role->apply( $user->ID );
		if ( $changes->hands_over ) {
			Ownership::hand_over( $user );
		}
		if ( [] !== $changes->account ) {
			self::change_account( $user, $changes->account );
		}
		$changes->role?->joins || $changes->role?->apply( $user->ID );
		$meta       = UserMeta::write_mapped( $user->ID, $changes->meta );
		$is_written = $meta['written'] || $is_written;
		if ( $changes->link ) {
			$is_written = 'written' === UserMeta::write( $user->ID, Links::key(), $contact_id ) || $is_written;
		}
		if ( null !== $changes->tags ) {
			$result     = UserMeta::write( $user->ID, Tags::key(), $changes->tags );
			$is_written = 'written' === $result || $is_written;
			$notes      = 'refused' === $result ? [ ...$notes, 'value_refused:' . Tags::key() ] : $notes;
		}
		Database::require_since( $mark );
		Refused::if_deleted( $user->ID );
		$notes = [ ...$notes, ...$meta['notes'] ];
		return new Written( $is_written ? 'updated' : 'unchanged', $user->ID, $notes, $changes->data, $is_written ? $changes->written( $contact_id, $notes ) : [] );
	}

	/**
	 * Takes the link to the contact away; tags and all else stay.
	 */
	public static function unlink( \WP_User $user ): void {
		delete_user_meta( $user->ID, Links::key() );
	}

	/**
	 * Gives an unprotected member of the site this role, as a webhook would.
	 *
	 * @param string $role Slug of a harmless one.
	 */
	public static function give_role( \WP_User $user, string $role ): void {
		if ( Membership::has( $user ) && ! Roles::is_protected( $user ) ) {
			RoleChange::to( $user, $role )?->apply( $user->ID );
		}
	}

	/**
	 * Changes account fields by wp_update_user(), for its hooks and its notice to the old address, but lets it write no more than
	 * these: it would write all the others too, and fill in an empty nickname with the login, which is the e-mail. What code of
	 * the site writes meanwhile, of the same user too, is theirs.
	 *
	 * @param array<string, string> $changes Not empty.
	 */
	private static function change_account( \WP_User $user, array $changes ): void {
		$id   = $user->ID;
		$mark = Database::mark();
		$call = new OwnCall();
		$row  = static function ( $row ) use ( $id, $changes, $call ) {
			if ( ! $call->is_here() || ! is_array( $row ) ) {
				return $row;
			}
			// An empty row is an error to it; the id as it is writes nothing.
			return array_intersect_key( $row, $changes ) ?: [ 'ID' => $id ];
		};
		$meta = static fn( $meta ) => $call->is_here() ? array_intersect_key( (array) $meta, $changes ) : $meta;
		add_filter( 'wp_pre_insert_user_data', $row, PHP_INT_MAX );
		add_filter( 'insert_user_meta', $meta, PHP_INT_MAX );
		try {
			$result = wp_update_user( wp_slash( [ 'ID' => $id ] + $changes ) );
		} finally {
			remove_filter( 'wp_pre_insert_user_data', $row, PHP_INT_MAX );
			remove_filter( 'insert_user_meta', $meta, PHP_INT_MAX );
		}
		Database::require_since( $mark );
		Refused::if_deleted( $id );
		if ( is_wp_error( $result ) || $result !== $id ) {
			throw Refused::by_wordpress( $result );
		}
		if ( isset( $changes['user_email'] ) ) {
			Ownership::end_application_passwords( $id );
			clean_user_cache( $id );
			$stored = get_userdata( $id );
			if ( ! $stored || $stored->user_email !== $changes['user_email'] ) {
				throw new Failure( 422, 'rejected_by_site', 'Code of the site changed the new e-mail address of the user.' );
			}
		}
	}
}
