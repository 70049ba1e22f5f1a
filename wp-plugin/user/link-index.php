<?php
/**
 * Who is linked to a contact, by an index.
 *
 * The link itself is the user meta that WP Fusion uses too (links.php), and that stays the truth: WordPress has an index on
 * the keys of user meta and none on their values, so that to find a contact's user all links are read, which on a site with
 * 200,000 of them takes a third of a second, for every contact who is nobody here. An index on WordPress' own table would be
 * gone after its next upgrade of the table, is nothing that hosts let a plugin make, and takes minutes on a large one. So the
 * links are also in a table of ours, which says where to look and never who it is: each hit is compared with the user meta.
 *
 * A row is written before the user meta is, whoever writes it (WP Fusion and code of the site too), so that none can be missing;
 * one too many does no harm, and leaves within hours. Where a site had links before, they are filled in bit by bit, and
 * until that is done a miss reads all links as before. What somebody writes by SQL is found within an hour or some (link-repair.php).
 *
 * A row of contact '' says of a site how far it is: `user_id` is the last row of user meta that was looked at, 0 when it is
 * through.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;
use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\TablesVersion;
use AgileBridge\Plugin\Site\UserTables;

defined( 'ABSPATH' ) || exit;

final class LinkIndex {

	/** The user meta that is the link; with the prefix of a site before it on all sites but one: site-key.php. */
	public const KEY = 'agilecrm_contact_id';

	/** In place of a contact: how far this site is. */
	public const STATE = '';

	public const THROUGH = 0;

	public static function table(): string {
		return UserTables::beside( 'agile_bridge_links' );
	}

	/**
	 * Before a user meta is added.
	 *
	 * @param mixed $check   Not ours to decide.
	 * @param mixed $user_id
	 * @param mixed $key
	 * @param mixed $value   Unslashed.
	 * @return mixed
	 */
	public static function note( $check = null, $user_id = 0, $key = '', $value = null ) {
		if ( is_string( $key ) && str_ends_with( $key, self::KEY ) && ( is_string( $value ) || is_int( $value ) ) && self::is_contact_id( (string) $value ) ) {
			// Whoever writes the meta goes on; what is missing here is found within hours.
			self::logged( static fn() => self::put( substr( $key, 0, -strlen( self::KEY ) ), [ [ (string) $value, (int) $user_id ] ] ) );
		}
		return $check;
	}

	/**
	 * Before a user meta is changed by the id of its row.
	 *
	 * @param mixed $check
	 * @param mixed $row   The id.
	 * @param mixed $value
	 * @param mixed $key   False: it stays.
	 * @return mixed
	 */
	public static function note_row( $check = null, $row = 0, $value = null, $key = false ) {
		// (To find the row is a query, and hardly any value is the id of a contact.)
		$meta = is_scalar( $value ) && self::is_contact_id( (string) $value ) ? get_metadata_by_mid( 'user', (int) $row ) : false;
		return $meta ? self::note( $check, $meta->user_id, is_string( $key ) ? $key : $meta->meta_key, $value ) : $check;
	}

	/**
	 * @param mixed $user_id Of somebody who was deleted.
	 */
	public static function forget( $user_id = 0 ): void {
		if ( (int) $user_id > 0 && TablesVersion::has_links() ) {
			self::logged( static fn() => Database::execute( 'DELETE FROM ' . self::table() . ' WHERE user_id = %d AND contact_id <> %s', (int) $user_id, self::STATE ) );
		}
	}

	/**
	 * Whether it has all links that there are, for who asks for no contact.
	 *
	 * @throws Failure If the database fails.
	 */
	public static function is_whole(): bool {
		return self::find( [ self::STATE ] )->are_all;
	}

	/**
	 * @param list<string> $contact_ids Not empty.
	 */
	public static function find( array $contact_ids ): LinkHits {
		if ( ! TablesVersion::has_links() ) {
			return new LinkHits( [], false );
		}
		$places = implode( ', ', array_fill( 0, count( $contact_ids ), '%s' ) );
		try {
			$rows = Database::rows( 'SELECT contact_id, user_id FROM ' . self::table() . " WHERE site = %s AND contact_id IN ('', $places)", self::site(), ...$contact_ids );
		} catch ( Failure $failure ) {
			if ( ! self::is_gone() ) {
				throw $failure;
			}
			return new LinkHits( [], false );
		}
		$states = array_filter( $rows, static fn( object $row ): bool => self::STATE === $row->contact_id );
		return new LinkHits( array_values( array_diff_key( $rows, $states ) ), [] !== $states && self::THROUGH === (int) reset( $states )->user_id );
	}

	/**
	 * @param list<array{string, int}> $links Contact and user.
	 */
	public static function put( string $site, array $links ): void {
		if ( [] === $links || ! TablesVersion::has_links() ) {
			return;
		}
		$now    = Clock::now();
		$places = implode( ', ', array_fill( 0, count( $links ), '(%s, %s, %d, %d)' ) );
		$values = array_map( static fn( array $link ): array => [ $site, ...$link, $now ], $links );
		Database::execute( 'INSERT INTO ' . self::table() . " (site, contact_id, user_id, noted_at) VALUES $places ON DUPLICATE KEY UPDATE noted_at = VALUES(noted_at)", ...array_merge( ...$values ) );
	}

	/**
	 * @param callable(): mixed $work
	 */
	private static function logged( callable $work ): void {
		try {
			$work();
		} catch ( Failure $failure ) {
			self::is_gone();
			Log::error( $failure );
		}
	}

	/**
	 * Whether the last statement failed for want of the table, as in a restored backup: then the next worker that drains makes it.
	 */
	private static function is_gone(): bool {
		return Database::is_table_missing() && TablesVersion::forget_additions();
	}

	/**
	 * Whether the extension takes it for the id of a contact.
	 */
	public static function is_contact_id( string $text ): bool {
		return (int) $text > 0 && (string) (int) $text === $text;
	}

	/**
	 * What stands before the key of this site's links.
	 */
	public static function site(): string {
		return substr( SiteKey::of( self::KEY ), 0, -strlen( self::KEY ) );
	}
}
