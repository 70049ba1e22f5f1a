<?php
/**
 * The keys of user meta that are in use on this site, and that a contact may write.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Failure;

defined( 'ABSPATH' ) || exit;

final class MetaKeys {

	/** Of the newest rows, by the primary key: WordPress' index of meta_key cannot tell its keys apart, and a shop has millions of rows. */
	private const ROWS = 10000;

	private const MOST = 500;

	/**
	 * @return list<string> In alphabetical order, without fields of the account.
	 */
	public static function in_use(): array {
		global $wpdb;
		$newest = "SELECT meta_key FROM $wpdb->usermeta ORDER BY umeta_id DESC LIMIT %d";
		try {
			$rows = Database::rows( "SELECT DISTINCT meta_key FROM ( $newest ) AS newest ORDER BY meta_key LIMIT %d", self::ROWS, self::MOST );
		} catch ( Failure $failure ) {
			// They are only offered.
			return [];
		}
		$rules = [];
		foreach ( $rows as $row ) {
			$rules[] = [
				'crm' => '?',
				'wp'  => (string) $row->meta_key,
			];
		}
		$allowed = array_column( \AgileBridge\check_field_map( $rules )['entries'], 'wp' );
		return array_values( array_diff( $allowed, AccountFields::ALL ) );
	}
}
