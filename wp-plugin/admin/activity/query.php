<?php
/**
 * What the address of the page asks for.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Activity;

use AgileBridge\Plugin\Inbox\ActivityFilter;
use AgileBridge\Plugin\Site\Clock;
use AgileBridge\Plugin\User\Links;

defined( 'ABSPATH' ) || exit;

final readonly class Query {

	/** Of the parameters below, those that choose events. */
	private const CHOOSING = [ 'view', 'do', 'origin', 's', 'since', 'until' ];

	/** @param array<string, string> $given Name => value, as far as they are given. */
	private function __construct( private array $given ) {}

	public static function of_request(): self {
		$given = [];
		foreach ( [ ...self::CHOOSING, 'before' ] as $name ) {
			// phpcs:ignore WordPress.Security.NonceVerification -- it only chooses what is shown.
			$value = $_REQUEST[ $name ] ?? '';
			if ( is_string( $value ) && '' !== $value ) {
				$given[ $name ] = sanitize_text_field( wp_unslash( $value ) );
			}
		}
		return new self( $given );
	}

	public function get( string $name ): string {
		return $this->given[ $name ] ?? '';
	}

	public function before(): int {
		return max( 0, (int) $this->get( 'before' ) );
	}

	/**
	 * Whether anything but a view is chosen.
	 */
	public function is_search(): bool {
		return [] !== array_intersect( array_keys( $this->given ), array_diff( self::CHOOSING, [ 'view' ] ) );
	}

	/**
	 * For an address with the same choice.
	 *
	 * @return array<string, string>
	 */
	public function choice(): array {
		return array_intersect_key( $this->given, array_flip( self::CHOOSING ) );
	}

	public function filter(): ActivityFilter {
		return new ActivityFilter(
			$this->get( 'view' ),
			$this->get( 'do' ),
			$this->get( 'origin' ),
			$this->subject(),
			self::day( $this->get( 'since' ) ),
			'' === $this->get( 'until' ) ? 0 : self::day( $this->get( 'until' ), '+1 day' )
		);
	}

	/**
	 * Whom the search is about: a contact by their id or address, or a user by id, address or login.
	 *
	 * @return ?array{string, string, int}
	 */
	private function subject(): ?array {
		$search = trim( $this->get( 's' ) );
		if ( '' === $search ) {
			return null;
		}
		$found = match ( true ) {
			is_email( $search )       => get_user_by( 'email', $search ),
			ctype_digit( $search )    => get_user_by( 'id', (int) $search ),
			default                   => get_user_by( 'login', $search ),
		};
		$contact = match ( true ) {
			ctype_digit( $search ) => $search,
			false !== $found       => Links::contact_of( $found->ID ),
			default                => '',
		};
		return [ $contact, is_email( $search ) ? strtolower( $search ) : '', false === $found ? 0 : $found->ID ];
	}

	/**
	 * The same of a user who is known.
	 *
	 * @return array{string, string, int}
	 */
	public static function subject_of( \WP_User $user ): array {
		return [ Links::contact_of( $user->ID ), is_email( $user->user_email ) ? strtolower( $user->user_email ) : '', $user->ID ];
	}

	/**
	 * What one types to find that user's events.
	 */
	public static function search_for( \WP_User $user ): string {
		return is_email( $user->user_email ) ? $user->user_email : $user->user_login;
	}

	/**
	 * The beginning of a day of the site's time zone; 0 for what is none.
	 */
	private static function day( string $day, string $later = '+0 days' ): int {
		$date = \DateTimeImmutable::createFromFormat( '!Y-m-d', $day, wp_timezone() );
		return false === $date ? 0 : $date->modify( $later )->getTimestamp() * Clock::SECOND;
	}
}
