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

	/**
	 * @param string $culprit Whose code it was, '' if it was none of the site's.
	 */
	public function __construct( int $status, public readonly string $wp_code, string $message, private readonly string $culprit = '' ) {
		parent::__construct( $message, $status );
	}

	/**
	 * The message, with what is nobody else's business: paths.
	 */
	public function admin_message(): string {
		return $this->getMessage() . ( '' === $this->culprit ? '' : " (It failed in $this->culprit.)" );
	}
}
