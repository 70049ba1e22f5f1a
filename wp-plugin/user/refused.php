<?php
/**
 * What it means where WordPress does not store a user.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class Refused {

	/**
	 * @param mixed $result Of wp_insert_user() or wp_update_user().
	 */
	public static function by_wordpress( $result ): Failure|UserChanged {
		$code = is_wp_error( $result ) ? $result->get_error_code() : 'no user id';
		if ( 'existing_user_login' === $code ) {
			return new UserChanged( 'the login was taken meanwhile' );
		}
		if ( 'existing_user_email' === $code ) {
			return self::email_conflict();
		}
		return new Failure( 422, 'rejected_by_site', "WordPress did not store the user ($code)." );
	}

	/**
	 * Asks WordPress' cache, which any deletion has cleaned.
	 *
	 * @throws Failure If code of the site has deleted a user while they were written.
	 */
	public static function if_deleted( int $user_id ): void {
		if ( false === get_userdata( $user_id ) ) {
			throw new Failure( 422, 'rejected_by_site', 'Code of the site deleted the user while they were written, so nothing of the contact is stored.' );
		}
	}

	public static function email_conflict(): Failure {
		return new Failure( 422, 'email_conflict', 'The e-mail address of the contact, or one that the database takes for the same, belongs to another user.' );
	}
}
