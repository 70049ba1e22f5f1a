<?php
/**
 * What was written of a user.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final readonly class Written {

	/**
	 * @param 'created'|'updated'|'unchanged'    $status
	 * @param list<string>                       $notes
	 * @param array<string, string|list<string>> $data     What was meant to be written, without the password.
	 * @param array<string, string|list<string>> $changed  What was changed, by the names of fields.
	 * @param ?string                            $password If it was generated.
	 */
	public function __construct(
		public string $status,
		public int $user_id,
		public array $notes,
		public array $data,
		public array $changed = [],
		#[\SensitiveParameter] public ?string $password = null,
	) {}

	/**
	 * The same, where it was an earlier try that has changed something.
	 */
	public function as_updated(): self {
		return new self( 'updated', $this->user_id, $this->notes, $this->data, $this->changed );
	}
}
