<?php
/**
 * What is mailed to an address that a user has no longer. Whoever reads there may be somebody else than who has the account now:
 * they get WordPress' own notice, and learn no more names and addresses from it than WordPress itself tells.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final class FormerAddress {

	/** Of the user array of WordPress. */
	private const NAMES = [ 'first_name', 'last_name', 'nickname', 'display_name' ];

	/** @var array<string, string> The notice before others changed it. */
	private array $notice = [];

	private function __construct( private readonly string $address ) {}

	/**
	 * Changes the address of a user. (What others mail to the former one meanwhile is dropped: held-mails.php.)
	 *
	 * @template T
	 * @param callable(): T $change
	 * @return T
	 */
	public static function during( string $address, callable $change ) {
		$former  = new self( $address );
		$filters = [
			[ 'email_change_email', $former->keep_notice( ... ), PHP_INT_MIN, 1 ],
			[ 'email_change_email', $former->plain_notice( ... ), PHP_INT_MAX, 3 ],
		];
		foreach ( $filters as $filter ) {
			add_filter( ...$filter );
		}
		try {
			return $change();
		} finally {
			foreach ( $filters as [ $name, $callback, $priority ] ) {
				remove_filter( $name, $callback, $priority );
			}
		}
	}

	/**
	 * @param mixed $mail
	 * @return mixed
	 */
	private function keep_notice( $mail ) {
		$this->notice = (array) $mail;
		return $mail;
	}

	/**
	 * WordPress greets by the login, which may be an address that the user had before this one: then by the one it is sent to. Where
	 * the site's own text says a name of the user besides, WordPress' text is sent.
	 *
	 * @param mixed                $mail     As wp_update_user() sends it, its places not yet filled.
	 * @param array<string, mixed> $user     As it was.
	 * @param array<string, mixed> $userdata As it is now.
	 * @return mixed
	 */
	private function plain_notice( $mail, $user, $userdata ) {
		if ( ! is_array( $mail ) ) {
			return $mail;
		}
		$names = [ ...array_intersect_key( $user, array_flip( self::NAMES ) ), ...array_values( array_intersect_key( $userdata, array_flip( self::NAMES ) ) ) ];
		foreach ( array_filter( array_map( 'strval', $names ), static fn( string $name ): bool => mb_strlen( $name ) > 1 ) as $name ) {
			foreach ( [ 'subject', 'message' ] as $part ) {
				if ( false !== mb_stripos( (string) ( $mail[ $part ] ?? '' ), $name ) && isset( $this->notice[ $part ] ) ) {
					$mail[ $part ] = $this->notice[ $part ];
				}
			}
		}
		$login = (string) ( $user['user_login'] ?? '' );
		if ( str_contains( $login, '@' ) && strtolower( $login ) !== strtolower( $this->address ) ) {
			$mail['message'] = str_ireplace( [ '###USERNAME###', $login ], '###EMAIL###', (string) ( $mail['message'] ?? '' ) );
		}
		return $mail;
	}
}
