<?php
/**
 * How the roles of an existing user change: one takes the place of another, and the others stay.
 *
 * People have more than one: forums, courses and shops give roles of their own beside WordPress', and a blocked forum user is
 * one with a role. WP_User::set_role() would take all of them away. Which role is WordPress' own to replace says its filter
 * `editable_roles`, from which forum plugins hide theirs.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final readonly class RoleChange {

	/**
	 * @param string $gives Slug of the role that they get, '' for none.
	 * @param string $takes Slug of the role that goes, '' for none.
	 * @param bool   $joins Whether they become a member of this site of a network.
	 */
	private function __construct( public string $gives, public string $takes = '', public bool $joins = false ) {}

	/**
	 * @param string $role Slug of the role that they shall have.
	 * @return ?self Null where they have it.
	 */
	public static function to( \WP_User $user, string $role ): ?self {
		return '' === $role || in_array( $role, $user->roles, true ) ? null : new self( gives: $role, takes: self::replaceable( $user ) );
	}

	/**
	 * @param string $role Slug of their first role on this site, '' for none.
	 */
	public static function joining( string $role ): self {
		return new self( gives: $role, joins: true );
	}

	/**
	 * @throws Failure If the site refuses a member.
	 */
	public function apply( int $user_id ): void {
		if ( $this->joins ) {
			Membership::join( $user_id, $this->gives );
			return;
		}
		// As they are now: a hook of this very update may have changed them.
		$user   = new \WP_User( $user_id );
		$others = array_diff( $user->roles, [ $this->takes ] );
		if ( '' !== $this->gives && [] === $others ) {
			// The way in which most sites have just one, and code that listens expects it.
			$user->set_role( $this->gives );
			return;
		}
		if ( '' !== $this->gives ) {
			// In the place of the one that goes: the first is the one that WordPress shows.
			$user->caps = self::with_neighbour( $user->caps, $this->takes, $this->gives );
			$user->add_role( $this->gives );
		}
		if ( '' !== $this->takes ) {
			$user->remove_role( $this->takes );
		}
	}

	/**
	 * The first of their roles that the site lets an admin choose, '' if there is none.
	 */
	private static function replaceable( \WP_User $user ): string {
		// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals -- WordPress' own filter, as get_editable_roles() of the dashboard applies it.
		$editable = (array) apply_filters( 'editable_roles', wp_roles()->roles );
		foreach ( $user->roles as $role ) {
			if ( isset( $editable[ $role ] ) ) {
				return (string) $role;
			}
		}
		return '';
	}

	/**
	 * @param array<string, bool> $caps
	 * @return array<string, bool>
	 */
	private static function with_neighbour( array $caps, string $role, string $neighbour ): array {
		$with = [];
		foreach ( $caps as $name => $is_granted ) {
			$with[ $name ] = $is_granted;
			if ( (string) $name === $role ) {
				$with[ $neighbour ] = true;
			}
		}
		return $with;
	}
}
