--TEST--
Neither the API key nor a password shows in a dump, a trace, a copy or a serialised object
--EXTENSIONS--
agile_bridge
--INI--
zend.exception_ignore_args=0
zend.exception_string_param_max_len=1000
--FILE--
<?php
$crm = new AgileBridge\AgileCrm(
	array( 'domain' => 'demo', 'email' => 'a@b.co', 'api_key' => 'SECRET', 'api_url' => 'http://127.0.0.1:1' )
);
ob_start();
var_dump( $crm );
print_r( $crm );
var_export( $crm );
var_dump( (array) $crm );
foreach ( array( 'serialize', fn( $crm ) => clone $crm, fn( $crm ) => $crm->currentUser() ) as $do ) {
	try {
		$do( $crm );
		echo "no exception\n";
	} catch ( Throwable $e ) {
		echo $e, "\n";
		print_r( $e->getTrace() );
	}
}
echo $crm->setCustomField( '5', 'WP Password', 'SECRET' );
echo $crm->setCustomField( '5', 'WP Password', '' );
echo $crm->setCustomField( 'x', 'WP Password', 'SECRET' );
echo $crm->setCustomField( '5', "Contrase\xf1a", 'SECRET' );
$seen = ob_get_clean();
var_dump( str_contains( $seen, 'SECRET' ), str_contains( $seen, 'no exception' ), str_contains( $seen, 'CrmUnavailable' ) );
?>
--EXPECT--
bool(false)
bool(false)
bool(true)
