<?php
/**
 * The password of a new user, hashed before the transaction: to hash one that came from the CRM takes as long as all the rest,
 * and others wait for the locks.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final readonly class NewPassword {

	/** WordPress lets nobody in with a longer password. */
	private const MAX_BYTES = 4096;

	/**
	 * @param ?string $generated  Null where it came with the contact.
	 * @param bool    $is_refused Whether one came that cannot be used.
	 */
	private function __construct( #[\SensitiveParameter] public ?string $generated, #[\SensitiveParameter] public string $hash, public bool $is_refused ) {}

	/**
	 * @param array<string, string|list<string>> $data Account fields and meta, guarded.
	 */
	public static function of( #[\SensitiveParameter] array $data ): self {
		$mapped = isset( $data['user_pass'] ) ? (string) $data['user_pass'] : null;
		// As it will be hashed.
		if ( null !== $mapped && strlen( wp_slash( $mapped ) ) <= self::MAX_BYTES ) {
			return new self( null, PasswordHash::of( $mapped, false ), false );
		}
		$generated = \AgileBridge\generate_password();
		return new self( $generated, PasswordHash::of( $generated, true ), null !== $mapped );
	}
}
