<?php
/**
 * A reason to stop, and how to say it to the caller.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

/**
 * The webhook ends here. Its code is the HTTP status; the message may be shown to anybody, so it holds no data of a contact.
 */
final class Failure extends \RuntimeException {

	public function __construct( int $status, public readonly string $wp_code, string $message ) {
		parent::__construct( $message, $status );
	}
}
