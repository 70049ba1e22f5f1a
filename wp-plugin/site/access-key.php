<?php
/**
 * One stored access key.
 *
 * The digest is what requests are checked against; the sealed copy is for the settings screen alone, so changed salts stop no
 * webhook.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final readonly class AccessKey {

	/**
	 * @param string $digest  Its SHA-256 in lowercase hex.
	 * @param string $sealed  See secret.php.
	 * @param bool   $weak    Whether it is shorter than one should be.
	 * @param int    $created Seconds since 1970; 0 if not known.
	 * @param string $label   What an admin calls it; '' if they did not say.
	 */
	public function __construct( public string $digest, public string $sealed, public bool $weak, public int $created, public string $label = '' ) {}

	/**
	 * @param array<string, mixed> $key With a digest.
	 */
	public static function of_stored( array $key ): self {
		return new self(
			$key['digest'],
			(string) ( $key['sealed'] ?? '' ),
			(bool) ( $key['weak'] ?? false ),
			(int) ( $key['created'] ?? 0 ),
			is_string( $key['label'] ?? null ) ? $key['label'] : ''
		);
	}
}
