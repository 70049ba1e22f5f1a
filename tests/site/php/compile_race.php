<?php
/**
 * A cold start without anything else: four workers, one empty opcache, and all of them compile the same files at the same moment,
 * as PHP-FPM's do after a restart. Nothing is executed.
 *
 * Usage: php -d opcache.enable_cli=1 compile_race.php FILE...
 *
 * Prints by which signal a worker died; the exit code is how many did.
 */

declare(strict_types=1);

$files = array_slice( $argv, 1 );
if ( ! function_exists( 'opcache_compile_file' ) || ! ( opcache_get_status( false )['opcache_enabled'] ?? false ) ) {
	fwrite( STDERR, "opcache is not on: -d opcache.enable_cli=1\n" );
	exit( 100 );
}
// All begin together: late enough that the last one is there.
$start   = hrtime( true ) + 4_000_000;
$workers = [];
for ( $worker = 0; $worker < 4; $worker++ ) {
	$pid = pcntl_fork();
	if ( 0 === $pid ) {
		while ( hrtime( true ) < $start ) {
			continue;
		}
		foreach ( $files as $file ) {
			opcache_compile_file( $file );
		}
		exit( 0 );
	}
	$workers[] = $pid;
}
$died = 0;
foreach ( $workers as $pid ) {
	pcntl_waitpid( $pid, $status );
	if ( pcntl_wifsignaled( $status ) ) {
		fwrite( STDOUT, 'a worker died by signal ' . pcntl_wtermsig( $status ) . "\n" );
		++$died;
	}
}
exit( $died );
