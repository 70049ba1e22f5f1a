<?php
/**
 * Which role a user shall have, as far as it is known before the user is looked at under the locks.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final readonly class RoleWish {

	/**
	 * @param ?string $role       Its slug, a harmless one; '' for none, of a new user or member; null leaves the roles of an existing one.
	 * @param bool    $is_refused Whether another one was asked for in vain.
	 */
	public function __construct( public ?string $role = null, public bool $is_refused = false ) {}

	/**
	 * @return list<string>
	 */
	public function notes(): array {
		return $this->is_refused ? [ 'role_refused' ] : [];
	}
}
