<?php
/**
 * An event that was given up, as an admin sees it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Clock;

defined( 'ABSPATH' ) || exit;

final readonly class GivenUp {

	/**
	 * @param string $contact Its id, or its e-mail.
	 * @param string $message Why.
	 * @param int    $time    When; seconds since 1970.
	 */
	private function __construct( public int $id, public string $action, public string $contact, public string $message, public int $time ) {}

	public static function of_row( object $row ): self {
		return new self(
			(int) $row->id,
			(string) $row->action,
			'' !== $row->contact_id ? (string) $row->contact_id : (string) $row->email,
			(string) json_decode( (string) $row->message, true ),
			intdiv( (int) $row->updated_at, Clock::SECOND )
		);
	}
}
