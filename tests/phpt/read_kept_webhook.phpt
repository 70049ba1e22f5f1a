--TEST--
A request that was kept without its key is read as it would have been with it
--EXTENSIONS--
agile_bridge
--FILE--
<?php
$kept = fn( $method, $query, $type = '', $body = '' ) => AgileBridge\read_kept_webhook( $method, $query, $type, $body );

echo json_encode( $kept( 'GET', 'wpf_action=add&&contact_id=5667649732214784&role=Editor&async=1' ) ), "\n";
echo json_encode( $kept( 'POST', 'wpf_action=update', 'application/json', '{"eventData":{"id":9223372036854775807,"type":"PERSON"}}' ) ), "\n";
echo json_encode( $kept( 'POST', 'wpf_action=update&contact_id=7', 'multipart/form-data; boundary=x', 'x' ) ), "\n";
echo json_encode( $kept( 'POST', 'wpf_action=update', 'text/xml', 'x' ) ), "\n";
echo json_encode( $kept( 'PUT', 'wpf_action=update' ) ), "\n";
echo json_encode( $kept( 'GET', 'wpf.action=add' ) ), "\n";
echo json_encode( $kept( "\xff\0", "wpf_action=\xff", "\xff", "\xff" ) ), "\n";
?>
--EXPECT--
{"ours":true,"authentic":true,"webhook":{"action":"add","contact_id":"5667649732214784","email":null,"role":"Editor","send_notification":null,"async":true,"ignored":null}}
{"ours":true,"authentic":true,"webhook":{"action":"update","contact_id":"9223372036854775807","email":null,"role":null,"send_notification":null,"async":false,"ignored":null}}
{"ours":true,"authentic":true,"webhook":{"action":"update","contact_id":"7","email":null,"role":null,"send_notification":null,"async":false,"ignored":null}}
{"ours":true,"authentic":true,"refusal":{"status":415,"code":"unsupported_media_type","message":"The body must be application\/json or application\/x-www-form-urlencoded."}}
{"ours":true,"authentic":false,"refusal":{"status":405,"code":"method_not_allowed","message":"Only GET and POST are answered here."}}
{"ours":false}
{"ours":true,"authentic":false,"refusal":{"status":405,"code":"method_not_allowed","message":"Only GET and POST are answered here."}}
