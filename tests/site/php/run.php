<?php
/**
 * Runs PHP code inside a WordPress and notes what it returns, as JSON: again and again, each time in a process that has done nothing
 * before, as if PHP had just been started. They have in common what PHP has compiled, and nothing else.
 *
 * Usage: php run.php FOLDER HOST SOCKET. Who connects names a file of code in one line, and is told how its process ended, as
 * waitpid() has it; what it has returned and what it has complained of is then in the same file's .out and .err.
 */

declare(strict_types=1);

[ , $folder, $host, $socket ] = $argv;

$listener = stream_socket_server( "unix://$socket" );
pcntl_signal( SIGCHLD, SIG_IGN );
while ( true ) {
	$readable = [ $listener ];
	$none     = null;
	stream_select( $readable, $none, $none, null );
	$caller = stream_socket_accept( $listener );
	$file   = trim( (string) fgets( $caller ) );
	if ( '' !== $file && 0 === pcntl_fork() ) {
		break;
	}
	fclose( $caller );
}

// From here on it is a process of this call. It has another one run the code, which may end in any way.
pcntl_signal( SIGCHLD, SIG_DFL );
$process = pcntl_fork();
if ( 0 !== $process ) {
	pcntl_waitpid( $process, $status );
	fwrite( $caller, pcntl_wifsignaled( $status ) && SIGUSR1 === pcntl_wtermsig( $status ) ? '0' : (string) $status );
	// Nothing of it is to be tidied up.
	posix_kill( getmypid(), SIGKILL );
}

fclose( $listener );
fclose( $caller );
fclose( STDIN );
fclose( STDOUT );
fclose( STDERR );
// They get the three lowest numbers, which just became free, and with them what PHP and whatever it starts prints.
[ $test_input, $test_output, $test_complaints ] = [ fopen( $file, 'r' ), fopen( "$file.out", 'w' ), fopen( "$file.err", 'w' ) ];

$_SERVER['REQUEST_TIME_FLOAT'] = microtime( true );
$_SERVER['REQUEST_TIME']       = time();
// What a request would have brought; a network finds its site by it.
$_SERVER['HTTP_HOST']      = $host;
$_SERVER['SERVER_NAME']    = $host;
$_SERVER['REQUEST_URI']    = '/';
$_SERVER['REQUEST_METHOD'] = 'GET';
unset( $listener, $caller, $socket, $readable, $none, $process, $file );

// Nothing but the result may reach standard output, whatever plugins print.
ob_start( static fn(): string => '' );
require $folder . '/wp-load.php';

$result = ( static function ( string $code ) {
	global $wpdb;
	// phpcs:ignore Generic.PHP.ForbiddenFunctions -- what the test wants done is its argument.
	return eval( $code );
} )( stream_get_contents( $test_input ) );

fwrite( $test_output, json_encode( $result, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) );

// PHP tidies its own house for longer than the code of most tests takes. So where all went well the process ends itself, behind the
// shutdown functions of everybody else.
register_shutdown_function(
	static function () {
		// Those that others have registered meanwhile come first.
		register_shutdown_function(
			static function () {
				$GLOBALS['wpdb']->close();
				// SQLite puts its file in order when the last connection is gone.
				unset( $GLOBALS['wpdb'] );
				posix_kill( getmypid(), SIGUSR1 );
			}
		);
	}
);
