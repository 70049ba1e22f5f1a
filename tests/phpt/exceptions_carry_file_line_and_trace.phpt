--TEST--
Exceptions carry file, line and trace, tell what to do by their class and what to answer by their code
--EXTENSIONS--
agile_bridge
--FILE--
<?php
function fetch( array $settings ): void {
	$crm = new AgileBridge\AgileCrm( $settings );
	try {
		$crm->contact( '5' );
	} catch ( AgileBridge\Exception $e ) {
		printf( "%s %d %s:%d\n%s\n%s\n", get_class( $e ), $e->getCode(), basename( $e->getFile() ), $e->getLine(), $e->getMessage(), $e->getTraceAsString() );
	}
}
fetch( array() );
fetch( array( 'domain' => 'a/b', 'email' => 'a@b.co', 'api_key' => 'k' ) );
fetch( array( 'domain' => 'demo', 'email' => 'a@b.co', 'api_key' => 'k', 'api_url' => 'http://127.0.0.1:1' ) );
fetch( array( 'domain' => 'demo', 'email' => 'a@b.co', 'api_key' => 'k', 'deadline' => microtime( true ) - 1 ) );
foreach ( array( 'NotConfigured', 'ContactNotFound', 'CrmUnauthorized', 'FilterRefused', 'PageTooHeavy', 'CrmUnavailable', 'AnswerTooLarge' ) as $class ) {
	echo implode( ' < ', class_parents( "AgileBridge\\$class" ) ), "\n";
}
try {
	AgileBridge\user_data( array( 'id' => 'x' ), array(), 'UTC' );
} catch ( AgileBridge\Exception $e ) {
	echo $e->getMessage(), "\n";
}
?>
--EXPECTF--
AgileBridge\NotConfigured 503 exceptions_carry_file_line_and_trace.php:5
the connection to Agile CRM is not configured: the subdomain is missing
#0 %sexceptions_carry_file_line_and_trace.php(5): AgileBridge\AgileCrm->contact(%S)
#1 %sexceptions_carry_file_line_and_trace.php(10): fetch(%S)
#2 {main}
AgileBridge\NotConfigured 503 exceptions_carry_file_line_and_trace.php:5
the connection to Agile CRM is not configured: the subdomain is malformed
%a
AgileBridge\CrmUnavailable 502 exceptions_carry_file_line_and_trace.php:5
Agile CRM gave no usable answer: %sConnection refused (os error %d)
%a
AgileBridge\CrmUnavailable 504 exceptions_carry_file_line_and_trace.php:5
Agile CRM did not answer in time: the time for this webhook was up before it was asked
%a
AgileBridge\Exception < Exception
AgileBridge\Exception < Exception
AgileBridge\Exception < Exception
AgileBridge\Exception < Exception
AgileBridge\Exception < Exception
AgileBridge\Exception < Exception
AgileBridge\CrmUnavailable < AgileBridge\Exception < Exception
this array is not a contact of AgileCrm::contact()
