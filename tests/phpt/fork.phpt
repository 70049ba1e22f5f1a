--TEST--
A forked child makes its own connection and leaves its parent's as it was
--EXTENSIONS--
agile_bridge
pcntl
--FILE--
<?php
// A server that tells on which of its connections it was asked, from 1.
$server = stream_socket_server( 'tcp://127.0.0.1:0' );
$url    = 'http://' . stream_socket_get_name( $server, false );
$server_pid = pcntl_fork();
if ( 0 === $server_pid ) {
	$connections = array();
	$count       = 0;
	while ( true ) {
		$ready = array_merge( array( $server ), $connections );
		$none  = null;
		stream_select( $ready, $none, $none, 10 ) || exit;
		foreach ( $ready as $stream ) {
			if ( $stream === $server ) {
				$connections[ ++$count ] = stream_socket_accept( $server );
				continue;
			}
			$number  = array_search( $stream, $connections, true );
			$request = fread( $stream, 65536 );
			if ( '' === $request || false === $request ) {
				unset( $connections[ $number ] );
				continue;
			}
			$body = json_encode( array( 'name' => "connection $number", 'id' => 5, 'type' => "CONNECTION $number" ) );
			fwrite( $stream, "HTTP/1.1 200 OK\r\nContent-Length: " . strlen( $body ) . "\r\n\r\n$body" );
		}
	}
}
$crm = new AgileBridge\AgileCrm( array( 'domain' => 'demo', 'email' => 'a@b.co', 'api_key' => 'k', 'api_url' => $url ) );
echo 'parent: ', $crm->currentUser()['name'], "\n";
foreach ( array( 1, 2 ) as $ignored ) {
	$child = pcntl_fork();
	if ( 0 === $child ) {
		echo 'child: ', $crm->currentUser()['name'], "\n";
		exit( 0 );
	}
	pcntl_waitpid( $child, $status );
	echo 'parent: ', $crm->currentUser()['name'], "\n";
}
// What the parent has begun is the parent's alone; the child begins its own.
$crm->begin( 'parent', '5', null );
$child = pcntl_fork();
if ( 0 === $child ) {
	echo 'child: ', $crm->pending(), ' pending, ', json_encode( $crm->next() ), "\n";
	$crm->begin( 'child', '5', null );
	echo 'child: ', $crm->next()['contact']['type'], "\n";
	exit( 0 );
}
pcntl_waitpid( $child, $status );
echo 'parent: ', $crm->pending(), ' pending, ', $crm->next()['contact']['type'], "\n";
// A child that never calls must not close what it shares when it ends.
$crm->begin( 'parent', '5', null );
$child = pcntl_fork();
if ( 0 === $child ) {
	exit( 0 );
}
pcntl_waitpid( $child, $status );
echo 'parent: ', $crm->next()['contact']['type'], "\n";
echo 'parent: ', $crm->currentUser()['name'], "\n";
posix_kill( $server_pid, SIGKILL );
pcntl_waitpid( $server_pid, $status );
?>
--EXPECT--
parent: connection 1
child: connection 2
parent: connection 1
child: connection 3
parent: connection 1
child: 0 pending, null
child: CONNECTION 4
parent: 1 pending, CONNECTION 1
parent: CONNECTION 1
parent: connection 1
