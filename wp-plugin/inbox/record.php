<?php
/**
 * What an event's row tells an admin of it, beside what processing needs: notes, names of what changed, how long it took, and its
 * way through the states. Written by the statements that change its state anyway, and left out while the tables are older.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

use AgileBridge\Plugin\Site\Database;
use AgileBridge\Plugin\Site\Settings;
use AgileBridge\Plugin\Site\TablesVersion;
use AgileBridge\Plugin\User\Contact;
use AgileBridge\Plugin\User\FieldMap;

defined( 'ABSPATH' ) || exit;

final class Record {

	/** Characters of a value that are kept. */
	private const VALUE_LENGTH = 200;

	/** Bytes that the columns hold for certain. */
	private const MAX_BYTES = 60000;

	/** Keys whose values are never kept, whatever the admin has chosen. */
	private const SECRET = '/pass|pwd|secret|token|api_?key|otp|(^|_)pin($|_)/i';

	/**
	 * What changed, as it is kept with the event: names, and the values only where the admin wants them.
	 *
	 * @param array<string, string|list<string>> $written By the names of fields.
	 * @return list<string>|array<string, ?string> Names, or values by the names; null for what is never told.
	 */
	public static function of_changes( array $written ): array {
		$names = array_map( 'strval', array_keys( $written ) );
		if ( [] === $names || ! Settings::stored()->keeps_values ) {
			return $names;
		}
		$values = [];
		foreach ( $written as $name => $value ) {
			$values[ $name ] = self::is_secret( (string) $name ) ? null : mb_substr( implode( ', ', (array) $value ), 0, self::VALUE_LENGTH );
		}
		return strlen( Database::json( $values ) ) <= self::MAX_BYTES ? $values : $names;
	}

	/**
	 * Whether it holds a password by its name, or by where it comes from.
	 */
	private static function is_secret( string $name ): bool {
		$is_password = static fn( array $rule ): bool => ( $rule['wp'] ?? '' ) === $name && Contact::is_password( (string) ( $rule['crm'] ?? '' ) );
		return 1 === preg_match( self::SECRET, $name ) || [] !== array_filter( FieldMap::stored(), $is_password );
	}

	/**
	 * SQL to follow what a SET sets: the event has come to its end, unless webhooks were merged into it meanwhile.
	 *
	 * @param 'done'|'dead' $state
	 */
	public static function at_end( Event $event, string $state, Outcome $outcome, int $now ): string {
		return self::sql(
			', notes = ' . self::json( $outcome->notes ) . ', changed = ' . self::json( $outcome->changed ) . ', duration_ms = %d, steps = CASE WHEN webhooks = %d THEN %s ELSE %s END',
			$event->duration( $now ),
			$event->taken,
			$event->steps->then( $now, $state )->json(),
			$event->steps->then( $now, 'waiting' )->json()
		);
	}

	/**
	 * The same: it has got into another state on its way.
	 *
	 * @param 'waiting'|'applied' $state
	 */
	public static function on_the_way( Event $event, string $state, int $now ): string {
		return self::sql( ', duration_ms = %d, steps = %s', $event->duration( $now ), $event->steps->then( $now, $state )->json() );
	}

	/**
	 * @param int|string ...$values
	 */
	private static function sql( string $sql, ...$values ): string {
		// phpcs:ignore WordPress.DB.PreparedSQL -- a part of a statement of ours.
		return TablesVersion::has_records() ? $GLOBALS['wpdb']->prepare( $sql, ...$values ) : '';
	}

	/**
	 * @param ?array<string> $list
	 */
	private static function json( ?array $list ): string {
		$json = null === $list || [] === $list ? '' : Database::json( $list );
		return '' === $json || strlen( $json ) > self::MAX_BYTES ? 'NULL' : $GLOBALS['wpdb']->prepare( '%s', $json ); // phpcs:ignore WordPress.DB -- a part of a statement.
	}
}
