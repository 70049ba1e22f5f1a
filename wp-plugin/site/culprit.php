<?php
/**
 * Whose code it was, for the admin: a file of the site's plugins or theme, and a line.
 *
 * While a script is ending PHP has no backtrace any more. What is left is what nobody has come back from: our own note of the
 * callback that was called, and WordPress' lists of the hooks that it is in.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class Culprit {

	private const UNKNOWN = 'code that cannot be told';

	/**
	 * Who calls this function, past WordPress and us.
	 */
	public static function of_trace(): string {
		// (debug_backtrace() may be disabled.)
		return self::first( ( new \Exception() )->getTrace() );
	}

	/**
	 * Who has thrown it, or called what has.
	 */
	public static function of_error( \Throwable $error ): string {
		return self::first( [ [ 'file' => $error->getFile(), 'line' => $error->getLine() ], ...$error->getTrace() ] );
	}

	/**
	 * @param list<array<string, mixed>> $frames The innermost first.
	 */
	private static function first( array $frames ): string {
		foreach ( $frames as $frame ) {
			if ( self::is_others( $frame['file'] ?? '' ) ) {
				return self::place( $frame['file'], $frame['line'] ?? 0 );
			}
		}
		return self::UNKNOWN;
	}

	/**
	 * Who has ended the script.
	 *
	 * @param int $depth How many hooks WordPress was in when our work began.
	 */
	public static function of_end( int $depth ): string {
		$error = Host::fatal_error();
		$fatal = null === $error ? '' : self::place( $error['file'], $error['line'] );
		$hooks = array_values( array_diff( array_slice( $GLOBALS['wp_current_filter'], $depth ), [ 'shutdown' ] ) );
		$hook  = (string) end( $hooks );
		$on    = '' === $hook ? '' : " (on $hook)";
		if ( null !== $error && self::is_others( $error['file'] ) ) {
			return "a fatal error in $fatal$on";
		}
		$running = Callback::running();
		$files   = null !== $running && $running->hook === $hook ? self::files( [ $running->callback ] ) : self::files( self::callbacks_at_work( $hook ) );
		$files   = [] === $files && null !== $running ? self::files( [ $running->callback ] ) : $files;
		$place   = [] === $files ? self::UNKNOWN : implode( ' or ', $files );
		return ( '' === $fatal ? "exit in $place" : "a fatal error in $fatal, called by $place" ) . $on;
	}

	/**
	 * Those of the priority at which the hook stands: which of them it was WordPress does not note.
	 *
	 * @return list<mixed>
	 */
	private static function callbacks_at_work( string $hook ): array {
		$hook     = $GLOBALS['wp_filter'][ $hook ] ?? null;
		$priority = $hook instanceof \WP_Hook ? $hook->current_priority() : false;
		return false === $priority ? [] : array_column( $hook->callbacks[ $priority ] ?? [], 'function' );
	}

	/**
	 * @param list<mixed> $callbacks
	 * @return list<string> Of those that are neither WordPress' nor ours.
	 */
	private static function files( array $callbacks ): array {
		$files = [];
		foreach ( $callbacks as $callback ) {
			$function = Callback::reflection( $callback );
			if ( null !== $function && self::is_others( (string) $function->getFileName() ) ) {
				$files[] = self::place( (string) $function->getFileName(), (int) $function->getStartLine() );
			}
		}
		return array_values( array_unique( $files ) );
	}

	private static function is_others( string $file ): bool {
		$core = [ ABSPATH . WPINC . '/', ABSPATH . 'wp-admin/', dirname( __DIR__ ) . '/' ];
		$real = array_filter( array_map( 'realpath', $core ), 'is_string' );
		foreach ( [ ...$core, ...array_map( static fn( string $folder ): string => "$folder/", $real ) ] as $folder ) {
			if ( '' === $file || str_starts_with( $file, $folder ) ) {
				return false;
			}
		}
		return true;
	}

	private static function place( string $file, int $line ): string {
		foreach ( [ dirname( WP_CONTENT_DIR ) . '/', ABSPATH ] as $root ) {
			$file = str_starts_with( $file, $root ) ? substr( $file, strlen( $root ) ) : $file;
		}
		return "$file:$line";
	}
}
