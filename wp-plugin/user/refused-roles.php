<?php
/**
 * Roles that were refused for what they grant, so that an admin sees which they may want to allow, and why it was refused.
 *
 * Once a day of each role and capability, in the log too: a webhook that is refused again has no news.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Log;
use AgileBridge\Plugin\Site\Stats;

defined( 'ABSPATH' ) || exit;

final class RefusedRoles {

	private const RECORD = 'refused_roles';

	/** A site has no more roles that matter; an admin reads no longer list. */
	private const MAX = 20;

	/**
	 * An event that is done has the note `role_refused`.
	 *
	 * @param ?string       $wanted The role that it named.
	 * @param ?list<string> $tags   Of its contact.
	 */
	public static function note( ?string $wanted, ?array $tags ): void {
		foreach ( array_unique( array_filter( [ RoleNames::slug( (string) $wanted ), TagRoles::deciding( $tags )?->role ] ) ) as $role ) {
			self::note_role( $role );
		}
	}

	/**
	 * The same of one role that was to be given. Of one that may be given, or is not there, nothing is noted.
	 */
	public static function note_role( string $role ): void {
		$capability = Roles::objection( $role );
		if ( null !== $capability ) {
			self::remember( $role, $capability );
		}
	}

	/**
	 * When a webhook last asked for this role in vain, to a day; null if none did.
	 */
	public static function time( string $role ): ?int {
		$record = Stats::record( self::RECORD )[ $role ] ?? null;
		return is_array( $record ) && is_int( $record['time'] ?? null ) ? $record['time'] : null;
	}

	private static function remember( string $role, string $capability ): void {
		$all  = Stats::record( self::RECORD );
		$last = self::time( $role );
		if ( null !== $last && ( $all[ $role ]['capability'] ?? '' ) === $capability && abs( time() - $last ) < DAY_IN_SECONDS ) {
			return;
		}
		$news = [
			'time'       => time(),
			'capability' => $capability,
		];
		Stats::write( self::RECORD, array_slice( [ $role => $news ] + $all, 0, self::MAX, true ) );
		Log::note( "the role $role was refused, because it grants $capability. Allow it under Settings → Bridge for Agile CRM, if it cannot take the site over." );
	}
}
