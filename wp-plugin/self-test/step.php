<?php
/**
 * One address of the site, called by one method.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\SelfTest;

defined( 'ABSPATH' ) || exit;

final readonly class Step {

	/**
	 * @param 'GET'|'POST' $method
	 * @param bool         $is_home Whether it is the very address that the screen gives for webhooks, and not one that is like it.
	 */
	public function __construct( public string $url, public string $method, public bool $is_home ) {}
}
