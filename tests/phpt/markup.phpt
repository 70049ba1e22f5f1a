--TEST--
Markup is stripped as WordPress' wp_strip_all_tags() does, and in time linear in its length
--EXTENSIONS--
agile_bridge
--FILE--
<?php
$stripped = static function ( string $text ): string {
	$contact = array( 'id' => '5', 'type' => 'PERSON', 'tags' => array(), 'created_time' => 1, 'updated_time' => 1,
		'properties' => array( array( 'type' => 'CUSTOM', 'name' => 'x', 'subtype' => '', 'value' => $text ) ) );
	return AgileBridge\user_data( $contact, array( array( 'crm' => 'x', 'wp' => 'x', 'type' => 'text' ) ), 'UTC' )['data']['x'] ?? '';
};
// What stands in WordPress.
$expected = static fn( string $text ): string => trim( strip_tags( preg_replace( '@<(script|style)[^>]*?>.*?</\\1>@si', '', $text ) ) );
$parts    = array( '<', '<', '>', '>', ' ', '/', '!', '?', '-', '--', '"', "'", '\\', '(', ')', '=', 'a', 'b', 'é', "\n", "\t", 'xml', 'l', 'php',
	'doctype', 'DOCTYPE', 'script', 'SCRIPT', 'style', '<script>', '</script>', '<style>', '</style>', '<b>', '</b>', '<!--', '-->', '<?php ', '?>', '<?xml', '<!DOCTYPE' );
mt_srand( 7 );
$wrong = 0;
for ( $try = 0; $try < 100000 && $wrong < 10; $try++ ) {
	$text = '';
	for ( $length = mt_rand( 1, 14 ); $length > 0; $length-- ) {
		$text .= $parts[ mt_rand( 0, count( $parts ) - 1 ) ];
	}
	if ( trim( $text ) === $text && $stripped( $text ) !== $expected( $text ) ) {
		++$wrong;
		echo json_encode( array( $text, $expected( $text ), $stripped( $text ) ) ), "\n";
	}
}
$began = microtime( true );
for ( $again = 0; $again < 50; $again++ ) {
	$stripped( str_repeat( '<script>', 8000 ) );
}
var_dump( microtime( true ) - $began < 5 );
?>
--EXPECT--
bool(true)
