<?php
/**
 * Contacts whose user was deleted, for sites where those are not to come back by the next webhook. The admin's switch.
 *
 * Kept are hashes of their ids, no more of a person than that; on each site of a network its own, in an option that no page loads.
 *
 * Hooks: delete_user, remove_user_from_blog → remember. WordPress fires both before it deletes anything.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\Transaction;

defined( 'ABSPATH' ) || exit;

final class Deleted {

	public const OPTION = 'agile_bridge_deleted_contacts';

	/** The latest so many: 85 KB. */
	private const MAX = 5000;

	private const HASH_LENGTH = 16;

	/**
	 * @param mixed $user_id Of somebody who is about to be deleted, or to leave this site of a network.
	 */
	public static function remember( $user_id = 0 ): void {
		$contact_id = Links::contact_of( (int) $user_id );
		// Whom code of the site deletes while a webhook writes them, no admin has deleted.
		if ( '' === $contact_id || Transaction::is_open() || ! Settings::stored()->keeps_deleted_away ) {
			return;
		}
		$hashes = array_slice( [ ...array_diff( self::hashes(), [ self::hash( $contact_id ) ] ), self::hash( $contact_id ) ], -self::MAX );
		update_option( self::OPTION, implode( "\n", $hashes ), false );
	}

	/**
	 * Whether this contact makes no user, because an admin deleted the one that it had. One query, only with the switch on.
	 */
	public static function has( string $contact_id ): bool {
		return Settings::stored()->keeps_deleted_away && in_array( self::hash( $contact_id ), self::hashes(), true );
	}

	/**
	 * All of them may come back.
	 */
	public static function forget_all(): void {
		delete_option( self::OPTION );
	}

	/** @return list<string> The oldest first. */
	private static function hashes(): array {
		$stored = get_option( self::OPTION );
		return is_string( $stored ) && '' !== $stored ? explode( "\n", $stored ) : [];
	}

	private static function hash( string $contact_id ): string {
		return substr( hash( 'sha256', "contact $contact_id" ), 0, self::HASH_LENGTH );
	}
}
