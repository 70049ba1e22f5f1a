--TEST--
php --ri agile_bridge shows version, interface numbers, TLS library and limits
--EXTENSIONS--
agile_bridge
--FILE--
<?php
( new ReflectionExtension( 'agile_bridge' ) )->info();
var_dump( AgileBridge\VERSION === phpversion( 'agile_bridge' ), AgileBridge\INTERFACE_NUMBER, AgileBridge\OLDEST_INTERFACE );
?>
--EXPECTF--
agile_bridge

version => %d.%d.%d
interface number => 4
oldest interface number => 3
TLS library => rustls with ring, root certificates of the system
largest webhook body => 1048576 bytes
largest answer of Agile CRM => 2097152 bytes
shortest access key => 8 bytes
time to connect => 1.5s
time for a call, one retry included => 3s
bool(true)
int(4)
int(3)
