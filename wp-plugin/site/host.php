<?php
/**
 * What the host lets PHP do: functions that hosts disable, and whether the caller can go before the script ends.
 *
 * To PHP a disabled function is one that does not exist, and to call it is a fatal error. Only what WordPress itself cannot do
 * without is called as it is.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Host {

	private const FATAL = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;

	/** Servers that hand on at once what is flushed: with its length the answer is whole, and the caller need not wait for more. */
	private const FLUSHING = [ 'apache2handler', 'cli-server' ];

	/**
	 * @param callable-string $name
	 * @param mixed           ...$arguments
	 * @return mixed What the function returns; null where it is disabled.
	 */
	public static function call( string $name, ...$arguments ) {
		return function_exists( $name ) ? $name( ...$arguments ) : null;
	}

	/**
	 * The error after which nothing went on, if there was one.
	 *
	 * @return ?array<string, mixed> As error_get_last() has it.
	 */
	public static function fatal_error(): ?array {
		$error = error_get_last();
		return null !== $error && 0 !== ( $error['type'] & self::FATAL ) ? $error : null;
	}

	/**
	 * A setting of PHP, for the rest of this request.
	 */
	public static function set( string $name, string $value ): void {
		if ( function_exists( 'ini_set' ) ) {
			// phpcs:ignore WordPress.PHP.IniSet, WordPress.PHP.NoSilencedErrors -- an admin's php.ini may refuse it.
			@ini_set( $name, $value );
		}
	}

	/**
	 * The script goes on when whoever waits for it has gone.
	 */
	public static function outlive_caller(): void {
		self::set( 'ignore_user_abort', '1' );
		self::call( 'ignore_user_abort', true );
	}

	/**
	 * The headers of the answer are about to leave: nothing on their way may alter its length, or wait for more of it.
	 */
	public static function keep_length(): void {
		self::set( 'zlib.output_compression', '0' );
		// Apache's filters know no length in advance, and end when the script ends. (Only Apache's module has this function.)
		self::call( 'apache_setenv', 'no-gzip', '1' );
		self::call( 'apache_setenv', 'no-brotli', '1' );
	}

	/**
	 * The answer is printed: it leaves, and the caller goes.
	 *
	 * @return bool False where the caller waits until the script ends, as with CGI.
	 */
	public static function let_caller_go(): bool {
		self::call( 'flush' );
		foreach ( [ 'fastcgi_finish_request', 'litespeed_finish_request' ] as $finish ) {
			if ( function_exists( $finish ) ) {
				$finish();
				return true;
			}
		}
		return function_exists( 'flush' ) && in_array( PHP_SAPI, self::FLUSHING, true );
	}

	/**
	 * Waits a moment, not always the same, so that those who got into each other's way do not do so again.
	 *
	 * @param int $try How often it happened.
	 */
	public static function wait_a_moment( int $try ): void {
		self::call( 'usleep', random_int( 1, 10 ) * 1000 * $try );
	}
}
