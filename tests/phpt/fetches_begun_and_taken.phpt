--TEST--
Whatever is begun is answered for by next(), under its key and never by an exception; delays keep within their bounds
--EXTENSIONS--
agile_bridge
--FILE--
<?php
$settings = array( 'domain' => 'demo', 'email' => 'a@b.co', 'api_key' => 'k', 'api_url' => 'http://127.0.0.1:1' );
$crm      = new AgileBridge\AgileCrm( $settings );
var_dump( $crm->next(), $crm->pending() );

$crm->begin( 'id', '05', null );
$crm->begin( 'id first', 'x', 'ana@example.com' );
$crm->begin( 'address', null, 'ana' );
$crm->begin( 'neither', null, null );
$crm->begin( 'empty', '', '' );
$crm->begin( "\xff\0", "\xff", null );
$crm->begin( '', null, "\xff@example.com" );
var_dump( $crm->pending() );
while ( $result = $crm->next() ) {
	echo addcslashes( $result['key'], "\0..\37\177..\377" ), ': ', json_encode( array_diff_key( $result, array( 'key' => 0 ) ) ), "\n";
}
var_dump( $crm->pending() );

$fetch = function ( array $settings ) {
	$crm = new AgileBridge\AgileCrm( $settings );
	$crm->begin( 'x', '5', null );
	$result = $crm->next();
	echo json_encode( $result ), "\n";
	var_dump( $crm->next() );
};
$fetch( array() );
$fetch( $settings );
$fetch( array( 'deadline' => microtime( true ) - 1 ) + $settings );

// What nobody takes ends with the object, or with the process.
$dropped = new AgileBridge\AgileCrm( $settings );
$dropped->begin( 'dropped', '5', null );
unset( $dropped );
$crm->begin( 'kept to the end', null, 'ana@example.com' );
var_dump( $crm->pending() );

foreach ( array( 1 => 10, 60, 300, 1800, 7200, 21600, 86400 ) as $attempts => $step ) {
	$delay = AgileBridge\retry_delay( $attempts, null );
	$fine  = is_float( $delay ) && $delay >= 0.8 * $step && $delay <= 1.2 * $step;
	echo $fine ? 'fine ' : "retry_delay( $attempts ) is $delay ";
	$delay = AgileBridge\not_found_delay( $attempts );
	$fine  = $attempts > 3 ? null === $delay : $delay >= 0.8 * $step && $delay <= 1.2 * $step;
	echo $fine ? 'fine ' : "not_found_delay( $attempts ) is $delay ";
}
$delay = AgileBridge\retry_delay( 2, 500 );
var_dump( $delay >= 500 && $delay <= 512, AgileBridge\retry_delay( 2, PHP_INT_MAX ), AgileBridge\retry_delay( 8, null ), AgileBridge\retry_delay( 8, 5 ) );
?>
--EXPECTF--
NULL
int(0)
int(7)
id: {"error":"crm_unavailable","message":"Agile CRM gave no usable answer: this is not a contact's id","status":502,"retry_after":null,"outage":false}
id first: {"error":"crm_unavailable","message":"Agile CRM gave no usable answer: this is not a contact's id","status":502,"retry_after":null,"outage":false}
address: {"error":"crm_unavailable","message":"Agile CRM gave no usable answer: this is not an e-mail address","status":502,"retry_after":null,"outage":false}
neither: {"error":"crm_unavailable","message":"Agile CRM gave no usable answer: neither a contact's id nor an e-mail address is given","status":502,"retry_after":null,"outage":false}
empty: {"error":"crm_unavailable","message":"Agile CRM gave no usable answer: neither a contact's id nor an e-mail address is given","status":502,"retry_after":null,"outage":false}
\377\000: {"error":"crm_unavailable","message":"Agile CRM gave no usable answer: this is not a contact's id","status":502,"retry_after":null,"outage":false}
: {"error":"crm_unavailable","message":"Agile CRM gave no usable answer: this is not an e-mail address","status":502,"retry_after":null,"outage":false}
int(0)
{"key":"x","error":"not_configured","message":"the connection to Agile CRM is not configured: the subdomain is missing","status":503,"retry_after":null,"outage":false}
NULL
{"key":"x","error":"crm_unavailable","message":"Agile CRM gave no usable answer: %sConnection refused (os error %d)","status":502,"retry_after":null,"outage":true}
NULL
{"key":"x","error":"crm_unavailable","message":"Agile CRM did not answer in time: the time for this webhook was up before it was asked","status":504,"retry_after":null,"outage":false}
NULL
int(1)
fine fine fine fine fine fine fine fine fine fine fine fine fine fine bool(true)
float(600)
NULL
NULL
