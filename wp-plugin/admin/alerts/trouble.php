<?php
/**
 * Something that an admin has to know of, in words: what happened, what it means, what to do, and where.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Alerts;

defined( 'ABSPATH' ) || exit;

final readonly class Trouble {

	/**
	 * Plain text; nothing of a contact is in it, and no key.
	 */
	public function __construct( public string $title, public string $text, public string $url ) {}
}
