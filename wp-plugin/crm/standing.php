<?php
/**
 * What the connection test says of our credentials: welcome, refused, or unknown.
 *
 * Three outcomes and not two: who does not answer has refused nobody. A refusal stops everything for an hour; silence is an
 * outage like any other.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Crm;

use AgileBridge\AgileCrm;
use AgileBridge\Exception;

defined( 'ABSPATH' ) || exit;

final readonly class Standing {

	/**
	 * @param ?CrmError $error What went wrong; null where we are welcome.
	 */
	private function __construct( public ?CrmError $error ) {}

	/**
	 * Asks the CRM who we are, and waits for the answer.
	 */
	public static function ask( AgileCrm $crm ): self {
		try {
			$crm->currentUser();
			return new self( null );
		} catch ( Exception $error ) {
			return new self( CrmError::of_exception( $error ) );
		}
	}

	public function is_welcome(): bool {
		return null === $this->error;
	}

	/**
	 * The CRM has answered, and does not know us. Where neither this nor is_welcome() is so, nobody knows.
	 */
	public function is_refused(): bool {
		return 'crm_unauthorized' === $this->error?->code;
	}
}
