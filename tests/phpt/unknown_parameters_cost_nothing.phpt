--TEST--
Whoever has no access key costs no memory outside of PHP's own limit, and hardly time
--EXTENSIONS--
agile_bridge
--SKIPIF--
<?php is_readable( '/proc/self/status' ) || die( 'skip the peak of memory is read from /proc' ); ?>
--FILE--
<?php
$peak = static fn(): int => (int) preg_filter( '/.*^VmHWM:\s+(\d+) kB.*/ms', '$1', file_get_contents( '/proc/self/status' ) );
foreach ( array( '+&', 'a=&', 'access_key=%41&', '%77&', 'email=a+b@c.co&' ) as $pair ) {
	$body   = str_repeat( $pair, intdiv( 1048576, strlen( $pair ) ) );
	$before = $peak();
	$answer = AgileBridge\receive_webhook( 'POST', 'wpf_action=add', 'application/x-www-form-urlencoded', $body, array( str_repeat( '0', 64 ) ) );
	$grown  = $peak() - $before;
	echo $pair, ' ', $answer['refusal']['status'], ' ', $grown < 2048 ? 'little' : "$grown kB", "\n";
}
?>
--EXPECT--
+& 403 little
a=& 403 little
access_key=%41& 403 little
%77& 403 little
email=a+b@c.co& 403 little
