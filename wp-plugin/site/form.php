<?php
/**
 * The form that came with a webhook, out of other plugins' sight.
 *
 * Spam filters judge every form with an e-mail address in it, and end the request; plugins that save the fields of a profile
 * take whatever form they find while a user is written. A webhook's form is neither a visitor's nor theirs. Only code that is
 * written for us, on our hooks and on WP Fusion's, finds it where it always was.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Form {

	/** @var array<string, mixed> What was put away, as PHP read it. */
	private static array $fields = [];

	/**
	 * Before WordPress adds its slashes, and puts `$_REQUEST` together anew.
	 */
	public static function put_away(): void {
		// phpcs:disable WordPress.Security -- moved, and not used.
		self::$fields = $_POST;
		$_POST        = [];
		$_REQUEST     = $_GET;
		// phpcs:enable
	}

	/**
	 * From here on it is about other webhooks than the one that it came with.
	 */
	public static function forget(): void {
		self::$fields = [];
	}

	/**
	 * Puts it back, as WordPress would have left it, while code of the site runs that is meant for us.
	 *
	 * @template T
	 * @param callable(): T $work
	 * @return T
	 */
	public static function during( callable $work ) {
		if ( [] === self::$fields ) {
			return $work();
		}
		// phpcs:disable WordPress.Security -- moved, and not used.
		$before   = [ $_POST, $_REQUEST ];
		$_POST    = add_magic_quotes( self::$fields );
		$_REQUEST = array_merge( $_GET, $_POST );
		// phpcs:enable
		try {
			return $work();
		} finally {
			[ $_POST, $_REQUEST ] = $before;
		}
	}
}
