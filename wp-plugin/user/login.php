<?php
/**
 * The login that a new user gets.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final readonly class Login {

	/**
	 * @param bool $is_derived Whether it is neither the mapped one nor in the form that the admin chose.
	 */
	public function __construct( public string $name, public bool $is_derived ) {}
}
