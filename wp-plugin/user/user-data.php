<?php
/**
 * From a contact to what a user shall have: the extension's mapping, then the filters of the site, then the guards again.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Hooks;
use AgileBridge\Plugin\Site\Log;

defined( 'ABSPATH' ) || exit;

final class UserData {

	/**
	 * The contact, mapped.
	 */
	public static function mapped( Contact $contact ): Mapped {
		$read = \AgileBridge\user_data( $contact->record, FieldMap::stored(), wp_timezone_string() );
		return new Mapped( $read['data'], $read['emails'], $read['emails_whole'], $read['email_problem'], $read['notes'] );
	}

	/**
	 * What the site's own code makes of it.
	 *
	 * @param array<string, string|list<string>> $data
	 * @param ?\WP_User                          $user    Null where one will be created.
	 * @return array{data: array<string, string|list<string>>, notes: list<string>}
	 * @throws Failure If a filter cancels.
	 */
	public static function filtered( array $data, Contact $contact, ?\WP_User $user ): array {
		$data = self::not_cancelled( Hooks::filter( 'agile_bridge_user_data', $data, $contact->without_passwords() ) );
		if ( null === $user ) {
			$data = self::not_cancelled( Hooks::filter( 'wpf_import_user', $data, $contact->id ) );
		} else {
			$data = self::not_cancelled( Hooks::filter( 'wpf_pulled_user_meta', $data, $user->ID ) );
			$data = self::not_cancelled( Hooks::filter( 'wpf_set_user_meta', $data, $user->ID ) );
		}
		return \AgileBridge\guard_user_data( $data );
	}

	/**
	 * The meta of a user who was just created: `wpf_set_user_meta` wants a user id. The password is no meta.
	 *
	 * @param array<string, string|list<string>> $data
	 * @return array{data: array<string, string|list<string>>, notes: list<string>}
	 */
	public static function filtered_meta( array $data, int $user_id ): array {
		unset( $data['user_pass'] );
		try {
			$filtered = Hooks::filter( 'wpf_set_user_meta', $data, $user_id );
		} catch ( \Throwable $error ) {
			// The user exists by now; half of the meta would be worse than the meta as the CRM sent it.
			Log::error( $error );
			$filtered = $data;
		}
		// Only the filters before the creation can cancel it.
		return \AgileBridge\guard_user_data( is_array( $filtered ) ? $filtered : $data );
	}

	/**
	 * The same of a user whose creation was cut off, with the account fields.
	 *
	 * @param array<string, string|list<string>> $data
	 * @return array<string, string|list<string>>
	 */
	public static function with_filtered_meta( array $data, int $user_id ): array {
		$account = array_flip( AccountFields::ALL );
		return array_intersect_key( $data, $account ) + array_diff_key( self::filtered_meta( $data, $user_id )['data'], $account );
	}

	/**
	 * @param mixed $data What a filter returned.
	 * @return array<string, mixed>
	 */
	private static function not_cancelled( $data ): array {
		if ( ! is_array( $data ) ) {
			throw new Failure( 422, 'rejected_by_site', 'Code of the site refuses this contact: a filter cancelled it.' );
		}
		return $data;
	}

	/**
	 * Notes of the guards, without those about what is used on creation only; a password has a note of its own.
	 *
	 * @param list<string> $notes
	 * @return list<string>
	 */
	public static function notes_for( array $notes, bool $creating ): array {
		$password = [ 'value_refused:user_pass', 'password_refused' ];
		$kept     = [];
		foreach ( $notes as $note ) {
			if ( in_array( $note, $password, true ) ) {
				$note = 'password_refused';
			}
			if ( $creating || ! in_array( $note, [ 'password_refused', 'value_refused:user_login' ], true ) ) {
				$kept[] = $note;
			}
		}
		return array_values( array_unique( $kept ) );
	}
}
