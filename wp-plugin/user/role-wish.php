<?php
/**
 * Which role a user shall have, as far as it is known before the user is looked at under the locks.
 *
 * A webhook may name one, within the limits of the admin; rules of the admin make one of tags. What the admin has chosen (those
 * rules, the default role, that for users whose contact is gone) is not limited a second time.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\TagRule;

defined( 'ABSPATH' ) || exit;

final readonly class RoleWish {

	/**
	 * @param ?string  $role       Its slug, a harmless one; '' for none, of a new user or member; null where only tags change the roles of
	 *                             an existing one.
	 * @param bool     $is_refused Whether another one was asked for in vain.
	 * @param ?TagRule $rule       The rule that gives it.
	 */
	public function __construct( public ?string $role = null, public bool $is_refused = false, public ?TagRule $rule = null ) {}

	/**
	 * Of a new user, or a new member of a network's site: the role that the webhook names, else that of their tags, else the default.
	 *
	 * @param ?string       $wanted As the webhook names it; null if it names none.
	 * @param ?list<string> $tags   Null where they are not to decide.
	 */
	public static function of_new_user( ?string $wanted, ?array $tags ): self {
		$role = null === $wanted ? null : self::named( $wanted );
		if ( null !== $role ) {
			return new self( $role );
		}
		$rule  = TagRoles::deciding( $tags );
		$gives = null !== $rule && TagRoles::may_give( $rule );
		return new self( $gives ? $rule->role : Roles::default_role(), null !== $wanted || ( null !== $rule && ! $gives ), $gives ? $rule : null );
	}

	/**
	 * Of somebody who is there: the role that the webhook names, else what their tags say then.
	 */
	public static function of_existing_user( \WP_User $user, ?string $wanted ): self {
		if ( null === $wanted || Roles::is_protected( $user ) ) {
			return new self();
		}
		$role = self::named( $wanted );
		$may  = null !== $role && ( Settings::stored()->role_changes || in_array( $role, $user->roles, true ) );
		return new self( $may ? $role : null, ! $may );
	}

	/**
	 * The slug of a role that a webhook may name; null if it may not.
	 */
	private static function named( string $wanted ): ?string {
		$role     = Roles::harmless( $wanted );
		$settings = Settings::stored();
		return ! $settings->limit_roles || in_array( $role, $settings->webhook_roles, true ) ? $role : null;
	}

	/**
	 * @return list<string>
	 */
	public function notes(): array {
		return $this->is_refused ? [ 'role_refused' ] : [];
	}
}
