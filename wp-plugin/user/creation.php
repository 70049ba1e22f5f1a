<?php
/**
 * A new user, whole or not at all.
 *
 * Runs inside the transaction of one contact. What could forbid the user is checked before the first write; no mail leaves, no
 * call goes out and none of our actions fires in here. A creation that was cut off all the same is completed: see new-user.php.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Creation {

	/**
	 * @param array<string, string|list<string>> $data     Account fields and meta, guarded.
	 * @param ?list<string>                      $tags     Null where the CRM did not tell.
	 * @param RoleWish                           $wish     With a role, or '' for none.
	 * @param Login                              $login    Nobody else can take it meanwhile, but code that is not ours.
	 * @param NewPassword                        $password Theirs.
	 */
	public static function create( NewUser $new, array $data, string $contact_id, ?array $tags, RoleWish $wish, Login $login, NewPassword $password ): Written {
		$role  = (string) $wish->role;
		$email = (string) ( $data['user_email'] ?? '' );
		self::require_free( $email, $login );
		$mark                  = Database::mark();
		[ $account, $refused ] = self::account( $data, $email, $login, $role );
		$account['meta_input'] = [ Ownership::key() => '1', Links::key() => $contact_id ]
			+ ( ! empty( $tags ) && UserMeta::can_hold( Tags::key(), $tags ) ? [ Tags::key() => $tags ] : [] )
			+ ( null === $wish->rule ? [] : [ TagRoles::key() => TagRoles::stored_form( $wish->rule ) ] );
		// A lookup that failed looks like a free address.
		Database::require_since( $mark );

		$written = NewUserMeta::gathered(
			$new,
			array_map( 'strval', array_keys( $account['meta_input'] + array_diff_key( $data, array_flip( AccountFields::ALL ) ) ) ),
			static function () use ( $new, $account, $password, $mark, $role, $data ): array {
				$user_id = $new->insert( $account, $password->hash );
				self::verify( $user_id, $account, $mark );
				if ( is_multisite() ) {
					Membership::join( $user_id, $role );
				}
				$meta   = UserData::filtered_meta( $data, $user_id );
				$mapped = array_diff_key( $meta['data'], array_flip( AccountFields::ALL ) );
				return [ 'user_id' => $user_id, 'notes' => [ ...$meta['notes'], ...UserMeta::write_mapped( $user_id, $mapped )['notes'] ] ];
			}
		);
		Database::require_since( $mark );
		$user_id = $written['user_id'];
		Refused::if_deleted( $user_id );
		$notes   = [
			...self::account_notes( $password, $login ),
			...$refused,
			...$written['notes'],
			...( ! empty( $tags ) && ! UserMeta::is( $user_id, Tags::key(), $tags ) ? [ 'value_refused:' . Tags::key() ] : [] ),
		];
		$data    = array_diff_key( $data, [ 'user_pass' => 0 ] );
		$changed = [ 'user_login' => $login->name ] + $data + [ Links::key() => $contact_id ] + ( empty( $tags ) ? [] : [ Tags::key() => $tags ] ) + ( '' === $role ? [] : [ 'role' => $role ] );
		return new Written( 'created', $user_id, $notes, $data, $changed, $password->generated );
	}

	/**
	 * Completes a user whose creation was cut off: what an update writes, and what only a creation does.
	 *
	 * @param array<string, string|list<string>> $data     Account fields and meta, guarded.
	 * @param Login                              $login    Theirs.
	 * @param NewPassword                        $password That of the first attempt is known to nobody; this one can be told.
	 */
	public static function complete( \WP_User $user, Changes $changes, array $data, string $contact_id, Login $login, NewPassword $password ): Written {
		global $wpdb;
		$mark   = Database::mark();
		$update = Update::write( $user, $changes, $contact_id );
		UserMeta::write( $user->ID, Ownership::key(), '1' );
		// phpcs:ignore WordPress.DB -- wp_set_password() would hash it slowly and mail about it.
		$wpdb->update( $wpdb->users, [ 'user_pass' => $password->hash ], [ 'ID' => $user->ID ] );
		// Else WordPress writes the old hash back from its cache when it makes the key for the welcome mail.
		clean_user_cache( $user );
		Database::require_since( $mark );
		$notes = [ ...self::account_notes( $password, $login ), ...$update->notes ];
		return new Written( 'created', $user->ID, $notes, array_diff_key( $data, [ 'user_pass' => 0 ] ), $update->changed, $password->generated );
	}

	/**
	 * Whether the creation of this user was cut off. Never said of one who can do harm: somebody has worked on them since. (One with
	 * a right of some plugin may have got it by the creation itself.)
	 */
	public static function is_half_made( \WP_User $user ): bool {
		return metadata_exists( 'user', $user->ID, NewUser::MARK ) && ! Roles::can_do_harm( $user );
	}

	/**
	 * @throws Failure If WordPress would not store the address as it is, or somebody has it.
	 */
	private static function require_free( string $email, Login $login ): void {
		if ( ! AccountFields::is_storable_email( $email ) ) {
			throw new Failure( 422, 'email_invalid', 'WordPress would not store the e-mail address of the contact as it is.' );
		}
		AccountFields::forget_cached_name( $email );
		AccountFields::forget_cached_name( $login->name );
		// Else WordPress itself looks.
		if ( defined( 'WP_IMPORTING' ) && email_exists( $email ) ) {
			throw Refused::email_conflict();
		}
	}

	/**
	 * @return list<string>
	 */
	private static function account_notes( NewPassword $password, Login $login ): array {
		return [
			...( $login->is_derived ? [ 'login_derived' ] : [] ),
			...( $password->is_refused ? [ 'password_refused' ] : [] ),
		];
	}

	/**
	 * @param array<string, string|list<string>> $data
	 * @return array{array<string, mixed>, list<string>} As wp_insert_user() takes it; notes.
	 */
	private static function account( array $data, string $email, Login $login, string $role ): array {
		$notes   = [];
		$account = [
			'user_login' => $login->name,
			'user_email' => $email,
			// Opens nothing: the hash of the real one is put in its place.
			'user_pass'  => \AgileBridge\generate_password(),
			// On a network the role comes with the membership.
			'role'       => is_multisite() ? '' : $role,
		] + Names::public_names( $data, $login->name, $email );
		foreach ( [ ...AccountFields::NAME_META, ...array_keys( AccountFields::COLUMN_SIZE ) ] as $key ) {
			$value = (string) ( $data[ $key ] ?? '' );
			if ( '' !== $value && null === AccountFields::stored_form( $key, $value ) ) {
				$notes[] = "value_refused:$key";
			} elseif ( '' !== $value ) {
				$account += [ $key => $value ];
			}
		}
		return [ $account, $notes ];
	}

	/**
	 * @param array<string, mixed> $account
	 * @throws Failure If what is stored is not what was meant.
	 */
	private static function verify( int $user_id, array $account, int $mark ): void {
		Database::require_since( $mark );
		// What is stored, not what a cache holds.
		$user = Users::fresh( $user_id );
		Database::require_since( $mark );
		Refused::if_deleted( $user_id );
		if ( $user?->user_login !== $account['user_login'] || $user?->user_email !== $account['user_email'] ) {
			throw new Failure( 422, 'rejected_by_site', 'Code of the site changed the login or the e-mail address of the new user.' );
		}
	}
}
