<?php
/**
 * Which protected users were linked to a contact by its address alone. That proves nothing, and an admin should see whether it is
 * theirs. It gives the contact nothing but its own fields and tags on that user.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Stats;

defined( 'ABSPATH' ) || exit;

final readonly class ProtectedLinks {

	private const RECORD = 'protected_links';

	/** An admin reads no longer list. */
	private const MAX = 100;

	/**
	 * @param int    $time    When it was made.
	 * @param string $contact The contact that they were linked to.
	 * @param string $former  The one until then, '' if none.
	 */
	private function __construct( public int $time, public string $contact, public string $former ) {}

	/**
	 * @param string $linked The contact that the user was linked to before the event, '' if none.
	 */
	public static function note( \WP_User $user, string $linked, string $contact_id ): void {
		if ( $linked === $contact_id || Ownership::is_contacts( $user->ID ) || ! Roles::is_protected( $user ) ) {
			return;
		}
		if ( '' === $linked && ! Roles::has_special_rights( $user ) ) {
			// On a network members of several sites are nothing to be told of.
			return;
		}
		$news = [ $user->ID => get_object_vars( new self( time(), $contact_id, $linked ) ) ];
		Stats::write( self::RECORD, array_slice( $news + Stats::record( self::RECORD ), 0, self::MAX, true ) );
	}

	/**
	 * @return array<int, self> User => how they were linked; the latest first.
	 */
	public static function all(): array {
		$links = [];
		foreach ( Stats::record( self::RECORD ) as $user_id => $link ) {
			$links[ (int) $user_id ] = new self( (int) ( $link['time'] ?? 0 ), (string) ( $link['contact'] ?? '' ), (string) ( $link['former'] ?? '' ) );
		}
		return $links;
	}
}
