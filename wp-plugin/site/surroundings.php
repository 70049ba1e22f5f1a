<?php
/**
 * What a callback may leave changed for everybody after it: the current user, the site of a network, the language, and, where it
 * was stopped half-way, WordPress' list of the hooks that it is in.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final readonly class Surroundings {

	private function __construct( private int $user_id, private int $switched, private bool $is_locale_switched, public int $hooks ) {}

	public static function now(): self {
		return new self( get_current_user_id(), self::switched(), is_locale_switched(), count( $GLOBALS['wp_current_filter'] ) );
	}

	public function restore(): void {
		array_splice( $GLOBALS['wp_current_filter'], $this->hooks );
		try {
			$this->restore_site();
			if ( ! $this->is_locale_switched && is_locale_switched() ) {
				restore_current_locale();
			}
			if ( get_current_user_id() !== $this->user_id ) {
				wp_set_current_user( $this->user_id );
			}
		} catch ( \Throwable $error ) {
			// Code of the site that listens to that.
			Log::error( $error );
		}
	}

	/**
	 * The site of the network alone: what is ours is in tables of that site.
	 */
	public function restore_site(): void {
		while ( self::switched() > $this->switched && restore_current_blog() ) {
			continue;
		}
	}

	/**
	 * How often another site of the network was switched to, and not back.
	 */
	private static function switched(): int {
		return is_multisite() ? count( $GLOBALS['_wp_switched_stack'] ?? [] ) : 0;
	}
}
