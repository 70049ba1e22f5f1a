<?php
/**
 * Whether this is the site itself or a copy of it, as far as anybody has said.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

enum Whereabouts {

	/** The site itself. */
	case Live;

	/** A copy: an admin has said so. */
	case Copy;

	/** Under an address that it does not know: a copy, or the site has moved. Until an admin says which, it is taken for a copy. */
	case Unsaid;
}
