<?php
/**
 * A field of contacts, as the field map names it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Crm;

defined( 'ABSPATH' ) || exit;

final readonly class KnownField {

	/** The type of what Agile CRM itself defines. */
	public const SYSTEM = 'SYSTEM';

	/**
	 * @param string $type Agile CRM's word for it, such as `DATE`; SYSTEM; or '' where nobody has told.
	 */
	public function __construct( public string $name, public string $type ) {}
}
