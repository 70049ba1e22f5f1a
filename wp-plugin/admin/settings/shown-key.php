<?php
/**
 * A valid access key as the screen shows it.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Admin\Settings;

defined( 'ABSPATH' ) || exit;

final readonly class ShownKey {

	/**
	 * @param string  $id      Names it in forms and addresses, and tells nothing of it.
	 * @param string  $label   What an admin calls it; '' if they did not say.
	 * @param ?string $key     Null where the salts were changed since it was stored, and where it is not for this admin's eyes.
	 * @param string  $dots    What is seen of it where nobody has asked for it: its end.
	 * @param bool    $weak    Whether it is shorter than one should be.
	 * @param int     $created Seconds since 1970; 0 if not known.
	 * @param int     $used    When it was used last, to the hour; seconds since 1970, 0 if that was never noted.
	 */
	public function __construct(
		public string $id,
		public string $label,
		#[\SensitiveParameter] public ?string $key,
		public string $dots,
		public bool $weak,
		public int $created,
		public int $used,
	) {}

	/**
	 * Plain text that tells it from the other one.
	 */
	public function name(): string {
		return trim( $this->label . ' ' . $this->dots );
	}
}
