--TEST--
A raw request becomes a webhook, a refusal, or none of our business; any bytes are read without an exception
--EXTENSIONS--
agile_bridge
--FILE--
<?php
$key     = AgileBridge\generate_access_key();
$digests = array( hash( 'sha256', $key ) );
$receive = fn( $method, $query, $type = '', $body = '' ) => AgileBridge\receive_webhook( $method, $query, $type, $body, $digests );

echo json_encode( $receive( 'GET', "wpf_action=add&access_key=$key&contact_id=5667649732214784&role=Editor&async=1" ) ), "\n";
echo json_encode( $receive( 'POST', "wpf_action=update&access_key=$key", 'application/json', '{"eventData":{"id":9223372036854775807,"type":"PERSON"}}' ) ), "\n";
echo json_encode( $receive( 'POST', "wpf_action=update&access_key=$key", 'application/json', '{"eventName":"Opportunity is Created","eventData":{"id":1}}' ) ), "\n";
echo json_encode( $receive( 'GET', "wpf_action=add&access_key=$key" ) ), "\n";
echo json_encode( $receive( 'GET', 'wpf_action=add&access_key=wrong-wrong' ) ), "\n";
echo json_encode( $receive( 'GET', 'wpf.action=add' ) ), "\n";
echo json_encode( $receive( "\xff\0", "wpf_action=\xff&access_key=\xff", "\xff", "\xff" ) ), "\n";
echo json_encode( AgileBridge\receive_webhook( 'GET', "wpf_action=test&access_key=$key", '', '', array( 5, null, array(), '', 'x' ) ) ), "\n";
?>
--EXPECT--
{"ours":true,"authentic":true,"webhook":{"action":"add","contact_id":"5667649732214784","email":null,"role":"Editor","send_notification":null,"async":true,"ignored":null}}
{"ours":true,"authentic":true,"webhook":{"action":"update","contact_id":"9223372036854775807","email":null,"role":null,"send_notification":null,"async":false,"ignored":null}}
{"ours":true,"authentic":true,"webhook":{"action":"update","contact_id":null,"email":null,"role":null,"send_notification":null,"async":false,"ignored":"deal_event"}}
{"ours":true,"authentic":true,"refusal":{"status":400,"code":"invalid_request","message":"No contact is named: give contact_id, email or the JSON body of an Agile CRM webhook. It came without a body: if one was sent, a redirect has dropped it; call the final address of the site."}}
{"ours":true,"authentic":false,"refusal":{"status":403,"code":"invalid_access_key","message":"The access key is not valid."}}
{"ours":false}
{"ours":true,"authentic":false,"refusal":{"status":405,"code":"method_not_allowed","message":"Only GET and POST are answered here."}}
{"ours":true,"authentic":false,"refusal":{"status":403,"code":"invalid_access_key","message":"The access key is not valid."}}
