<?php
/**
 * What this run has to say, and how it ends.
 */

declare(strict_types=1);

namespace AgileBridge\Installer;

/** Ends the run. Its message says what happened, what that means and what to do. */
final class Failure extends \RuntimeException {}

final class Report {

	public static int $changes  = 0;
	public static int $problems = 0;

	/** PHPs that have the extension now, or whose admin does not want it. */
	public static int $served = 0;

	/** @var array<string, true> Minors of which a running PHP has to be reloaded. */
	public static array $stale = [];

	public static function say( string $text ): void {
		self::write( 'stdout', "$text\n" );
	}

	/** (STDOUT and STDERR are not there where PHP reads its code from a pipe.) */
	public static function write( string $to, string $text ): void {
		static $streams = [];
		$streams[ $to ] ??= fopen( "php://$to", 'w' );
		fwrite( $streams[ $to ], $text );
	}

	/** Something else goes on; the exit code tells. */
	public static function problem( string $text ): void {
		++self::$problems;
		self::write( 'stderr', "PROBLEM: $text\n" );
	}

	public static function changed( string $minor, string $text ): void {
		++self::$changes;
		self::$stale[ $minor ] = true;
		self::say( $text );
	}

	/** A PHP that is not served: a problem if it is the one that shall have the extension. */
	public static function left_alone( string $program, string $text ): void {
		if ( own_program() === $program ) {
			self::problem( $text );
		} else {
			self::say( $text );
		}
	}
}
