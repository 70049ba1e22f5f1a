<?php
/**
 * When Agile CRM has called last.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class LastWebhook {

	/** So many events back is looked for one: after an import or a long look there may be none among them. */
	private const LOOKED_AT = 1000;

	/**
	 * @return ?int Milliseconds since 1970; null where no webhook has come yet, or too long ago.
	 * @throws Failure If the database fails.
	 */
	public static function time(): ?int {
		$latest = 'SELECT id, origin, created_at FROM ' . Tables::events() . ' ORDER BY id DESC LIMIT ' . self::LOOKED_AT;
		$rows   = Database::rows( "SELECT created_at FROM ($latest) AS latest WHERE origin = 'webhook' ORDER BY id DESC LIMIT 1" );
		return [] === $rows ? null : (int) $rows[0]->created_at;
	}
}
