<?php
/**
 * A callback of the site wanted to end the request: by a redirect, after which it would exit, or by wp_die().
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class CallbackStopped extends \RuntimeException {

	/**
	 * @param bool $is_redirect Whether it has done its work, and only wanted to send somebody elsewhere.
	 */
	public function __construct( string $message, public readonly bool $is_redirect ) {
		parent::__construct( $message );
	}
}
