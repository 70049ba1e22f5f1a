<?php
/**
 * One rule of the admin: who has this tag gets this role.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final readonly class TagRule {

	/**
	 * @param string $tag  As Agile CRM has it, to the byte.
	 * @param string $role Slug of the role, as an admin once chose it.
	 */
	public function __construct( public string $tag, public string $role ) {}

	/**
	 * @param mixed $rule As stored, which may be anything.
	 */
	public static function of_stored( $rule ): ?self {
		$is_rule = is_array( $rule ) && is_string( $rule['tag'] ?? null ) && is_string( $rule['role'] ?? null ) && '' !== $rule['tag'];
		return $is_rule ? new self( $rule['tag'], $rule['role'] ) : null;
	}
}
