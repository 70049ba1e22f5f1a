<?php
/**
 * What went wrong with a question to the CRM.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Crm;

use AgileBridge\AnswerTooLarge;
use AgileBridge\CrmUnauthorized;
use AgileBridge\Exception;
use AgileBridge\NotConfigured;

defined( 'ABSPATH' ) || exit;

final readonly class CrmError {

	/**
	 * @param 'not_configured'|'contact_not_found'|'crm_unauthorized'|'crm_unavailable' $code
	 * @param string $message     For the admin, without secrets and data of contacts.
	 * @param ?int   $retry_after Seconds that the CRM asked to wait.
	 * @param bool   $is_outage   Whether it speaks of the CRM as a whole, not of this contact or request.
	 */
	private function __construct( public string $code, public string $message, public ?int $retry_after, public bool $is_outage ) {}

	/**
	 * @param array<string, mixed> $fetched Of AgileCrm::next(), with an `error`.
	 */
	public static function of_fetch( array $fetched ): self {
		return new self( (string) $fetched['error'], (string) ( $fetched['message'] ?? '' ), $fetched['retry_after'] ?? null, $fetched['outage'] ?? true );
	}

	/**
	 * An exception of the extension, as AgileCrm::next() would have told it.
	 */
	public static function of_exception( Exception $error ): self {
		$code = match ( true ) {
			$error instanceof NotConfigured   => 'not_configured',
			$error instanceof CrmUnauthorized => 'crm_unauthorized',
			default                           => 'crm_unavailable',
		};
		// What is too large is so by itself, and others are answered well.
		return new self( $code, $error->getMessage(), null, 'crm_unavailable' === $code && ! $error instanceof AnswerTooLarge );
	}

	/**
	 * The same, where the CRM knows our credentials all the same: only this contact, or this call, is refused.
	 */
	public function as_refusal_of_one_call(): self {
		return new self( 'crm_unavailable', $this->message, $this->retry_after, false );
	}
}
