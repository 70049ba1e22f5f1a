<?php
/**
 * One callback of the site on a hook of WordPress, called in its place while we work.
 *
 * A callback that redirects would exit right after. It is stopped where it redirects, and the rest goes on: the other callbacks of
 * the hook, and whoever fired it. And it is known which one was at work if it ends the script all the same.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Callback {

	/** @var list<self> Called and not come back, the innermost last. Who calls exit never does. */
	private static array $running = [];

	/**
	 * @param mixed $callback As given to add_action().
	 */
	public function __construct( public readonly string $hook, public readonly mixed $callback ) {}

	/**
	 * @param mixed ...$arguments
	 * @return mixed
	 */
	public function __invoke( ...$arguments ) {
		$before          = Surroundings::now();
		self::$running[] = $this;
		try {
			return call_user_func_array( $this->callback, $arguments );
		} catch ( CallbackStopped $stopped ) {
			if ( ! $stopped->is_redirect ) {
				throw $stopped;
			}
			Log::note( $stopped->getMessage() . '. The redirect was not sent, and the contact is processed all the same.' );
			// What it would have put back.
			$before->restore();
			return null;
		} finally {
			array_pop( self::$running );
		}
	}

	/**
	 * The innermost that is at work.
	 */
	public static function running(): ?self {
		return self::$running[ array_key_last( self::$running ) ?? -1 ] ?? null;
	}

	/**
	 * What PHP knows of any callback.
	 *
	 * @param mixed $callback As given to add_action().
	 * @return ?\ReflectionFunctionAbstract Null where it cannot be called, or is a method of __call().
	 */
	public static function reflection( $callback ): ?\ReflectionFunctionAbstract {
		$callback = $callback instanceof self ? $callback->callback : $callback;
		try {
			return match ( true ) {
				is_array( $callback )                                            => new \ReflectionMethod( ...$callback ),
				is_object( $callback ) && ! $callback instanceof \Closure         => new \ReflectionMethod( $callback, '__invoke' ),
				is_string( $callback ) && str_contains( $callback, '::' )        => new \ReflectionMethod( ...explode( '::', $callback ) ),
				default                                                          => new \ReflectionFunction( $callback ),
			};
		} catch ( \Throwable $error ) {
			unset( $error );
			return null;
		}
	}
}
