<?php
/**
 * Which events an admin wants to see.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

defined( 'ABSPATH' ) || exit;

final readonly class ActivityFilter {

	/**
	 * By what an admin calls them: SQL that an index answers.
	 *
	 * A given-up event keeps its status when another one is made of it, and was never refused. A password that was given up is
	 * wiped: it is no webhook, and nobody can process it again.
	 */
	public const VIEWS = [
		'waiting'   => "state IN ('waiting', 'running', 'applied')",
		'dead'      => "state = 'dead' AND action <> 'return_password'",
		'changed'   => "status IN ('created', 'updated')",
		'refused'   => "status IN ('failed', 'rejected') AND state = 'done' AND code <> 'replayed'",
		'passwords' => "state = 'dead' AND action = 'return_password'",
	];

	/**
	 * @param string                       $view       A key of VIEWS, or ''.
	 * @param string                       $action     '' for all.
	 * @param string                       $origin     '' for all: see webhook.php.
	 * @param ?array{string, string, int}  $subject    Contact id, e-mail in lower case and user: events of any of them; '' and 0 for none.
	 * @param int                          $since      Milliseconds since 1970; 0: from the beginning.
	 * @param int                          $until      The same, excluded; 0: to the end.
	 */
	public function __construct(
		public string $view = '',
		public string $action = '',
		public string $origin = '',
		public ?array $subject = null,
		public int $since = 0,
		public int $until = 0,
	) {}

	/**
	 * Whether every event of that time is wanted.
	 */
	public function takes_all(): bool {
		return ! isset( self::VIEWS[ $this->view ] ) && '' === $this->action . $this->origin && null === $this->subject;
	}
}
