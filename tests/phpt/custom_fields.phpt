--TEST--
The account's custom fields are a list, or an exception of the extension
--EXTENSIONS--
agile_bridge
--FILE--
<?php
$fields = function ( array $settings ) {
	try {
		return ( new AgileBridge\AgileCrm( $settings ) )->customFields();
	} catch ( AgileBridge\Exception $e ) {
		return get_class( $e ) . ' ' . $e->getCode();
	}
};
$account = array( 'domain' => 'demo', 'email' => 'a@b.co', 'api_key' => 'SECRET' );
var_dump( $fields( array() ) );
var_dump( $fields( $account + array( 'api_url' => 'http://127.0.0.1:1' ) ) );
echo ( new ReflectionMethod( 'AgileBridge\AgileCrm', 'customFields' ) )->getReturnType(), "\n";
--EXPECT--
string(29) "AgileBridge\NotConfigured 503"
string(30) "AgileBridge\CrmUnavailable 502"
array
