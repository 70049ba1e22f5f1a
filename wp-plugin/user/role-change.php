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
use AgileBridge\Plugin\Site\TagRule;

defined( 'ABSPATH' ) || exit;

final readonly class RoleChange {

	/**
	 * @param string $gives Slug of the role that they get, '' for none.
	 * @param string $takes Slug of the role that goes, '' for none.
	 * @param bool     $joins   Whether they become a member of this site of a network.
	 * @param ?TagRule $rule    The rule that has given them a role, from now on.
	 * @param bool     $forgets Whether it is from now on none that a rule has given.
	 */
	private function __construct( public string $gives = '', public string $takes = '', public bool $joins = false, public ?TagRule $rule = null, public bool $forgets = false ) {}

	/**
	 * @param string   $role Slug of the role that they shall have; '' leaves theirs.
	 * @param ?TagRule $rule The rule that gives it, if one does.
	 * @return ?self Null where nothing changes.
	 */
	public static function to( \WP_User $user, string $role, ?TagRule $rule = null ): ?self {
		$given = TagRoles::given( $user->ID );
		if ( '' === $role || in_array( $role, $user->roles, true ) ) {
			// (The creation of who has it by a rule may have been cut off before that was kept.)
			return null === $rule || null !== $given ? null : new self( rule: $rule );
		}
		$takes = self::replaceable( $user );
		return new self( gives: $role, takes: $takes, rule: $rule, forgets: null === $rule && $takes === $given?->role );
	}

	/**
	 * @param string   $role Slug of their first role on this site, '' for none.
	 * @param ?TagRule $rule The rule that gives it, if one does.
	 */
	public static function joining( \WP_User $user, string $role, ?TagRule $rule ): self {
		return new self( gives: $role, joins: true, rule: $rule, forgets: null === $rule && null !== TagRoles::given( $user->ID ) );
	}

	/**
	 * By the rules of the admin: the first whose tag they have decides. What a rule gave goes with its tag, and leaves its place to
	 * the default role.
	 *
	 * @param ?list<string> $tags Null where the CRM did not tell: no tag has left then.
	 */
	public static function by_tags( \WP_User $user, ?array $tags ): ?self {
		if ( null === $tags || ! TagRoles::are_any() ) {
			return null;
		}
		$rule  = TagRoles::deciding( $tags );
		$rule  = null !== $rule && TagRoles::may_give( $rule ) ? $rule : null;
		$given = TagRoles::given( $user->ID );
		$ours  = in_array( $given?->role, $user->roles, true ) ? $given : null;
		if ( null !== $rule && ! in_array( $rule->role, $user->roles, true ) ) {
			return new self( gives: $rule->role, takes: $ours->role ?? self::replaceable( $user ), rule: $rule );
		}
		if ( null === $ours ) {
			// Somebody else has taken it since: what they give is theirs.
			return null === $given ? null : new self( forgets: true );
		}
		if ( in_array( $ours->tag, $tags, true ) ) {
			return null;
		}
		if ( $rule?->role === $ours->role ) {
			return new self( rule: $rule );
		}
		$default = Roles::default_role();
		$gives   = null !== $rule || in_array( $default, $user->roles, true ) ? '' : $default;
		return new self( gives: $gives, takes: $default === $ours->role ? '' : $ours->role, forgets: true );
	}

	/**
	 * Whether any of their roles comes or goes.
	 */
	public function changes_roles(): bool {
		return '' !== $this->gives || '' !== $this->takes;
	}

	/**
	 * @throws Failure If the site refuses a member.
	 */
	public function apply( int $user_id ): void {
		$this->joins ? Membership::join( $user_id, $this->gives ) : $this->replace( $user_id );
		if ( null !== $this->rule ) {
			TagRoles::remember( $user_id, $this->rule );
		} elseif ( $this->forgets ) {
			TagRoles::forget( $user_id );
		}
	}

	private function replace( int $user_id ): void {
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
