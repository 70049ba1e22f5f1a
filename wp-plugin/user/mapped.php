<?php
/**
 * What the field map makes of a contact.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final readonly class Mapped {

	/**
	 * @param array<string, string|list<string>>    $data          Account fields and user meta by their keys; '' empties a meta.
	 * @param list<string>                          $emails        Every valid address of the contact, in lower case.
	 * @param bool                                  $emails_whole  False where the contact has another address, which nobody can read.
	 * @param null|'email_missing'|'email_invalid'  $email_problem Why there is no address for a new user.
	 * @param list<string>                          $notes
	 */
	public function __construct( public array $data, public array $emails, public bool $emails_whole, public ?string $email_problem, public array $notes ) {}

	/**
	 * The address that a new user would get.
	 */
	public function chosen_email(): ?string {
		return isset( $this->data['user_email'] ) ? (string) $this->data['user_email'] : null;
	}
}
