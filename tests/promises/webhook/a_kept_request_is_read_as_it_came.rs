//! Whatever a request is made of: without the extension it is refused with the same 403, 405 or 413 as with it, or kept; and what
//! was kept is read as the extension would have read the request when it came. And the key is not in it.

use crate::stage::world::World;
use serde_json::json;
use site::ACCESS_KEY;

/// Places where senders put the key, or may have put it besides: what is kept of each, and whether the key is in it.
const HIDDEN: &str = r#"
$url  = "wpf_action=add&contact_id=7&access_key=$given";
$form = 'application/x-www-form-urlencoded';
$kept = [];
foreach ([
    ['GET', $url, '', ''],
    ['GET', "%61ccess_key=$given&$url&access.key=$given&Access_Key=$given&again=x$given", '', "access_key=$given"],
    ['POST', 'wpf_action=add', $form, "access_key=$given"],
    ['POST', $url, $form, "%61ccess%5Fkey=$given&key=$given"],
    ['POST', $url, 'application/json', '{"url": "https://example.com/?access_key=' . $given . '", "access_key" : "' . $given . '", "eventData": {"id": 7}}'],
    ['POST', $url, 'multipart/form-data; boundary=x', "--x\r\nContent-Disposition: form-data; name=access_key\r\n\r\n$given\r\n--x--\r\n"],
    ['POST', $url, 'text/plain', $given],
] as $raw) {
    $request = (new AgileBridge\Plugin\Webhook\Intake(...$raw))->unread();
    $kept[]  = ["$request->query $request->body", str_contains("$request->query $request->body", $given)];
}
return $kept;
"#;

/// As many as there is time for, from pieces that mean something, each compared.
const COMPARED: &str = r#"
$pieces = ['wpf_action', 'access_key', 'contact_id', 'email', 'role', 'wpf.action', 'access.key', 'Access_Key', 'access_key[]', '%61ccess_key', 'access%5Fkey', 'access_key%00',
    '=', '=', '=', '&', '&', '&', '&', '+', '%', '%2B', '%00', '%ff', '%E2%80%8B', '[]', '[', '{', '}', '"', ' ', "\t", "\v", "\n", "\u{FEFF}", 'add', 'test', 'update', $given, $given, $given . 'x', '7', '8', '-1',
    "\xff", 'ana@example.com', 'wpf_action=add&', "access_key=$given&", "access_key=$given", "&access_key=$given", 'contact_id=7&', '{"eventData":{"id":7}}',
    '{"eventName":"Contact is Created","access_key":"' . $given . '","eventData":{"id":7,"type":"PERSON"}}', "{\"access_key\" : \"$given\", \"eventData\": {\"id\": \"7\"}}", str_repeat('x', 1048570)];
$types = ['', 'application/x-www-form-urlencoded', 'Application/X-WWW-Form-URLencoded ; charset=x', 'application/json', 'text/plain', 'multipart/form-data; boundary=x', ';', "\x01", "\v"];
$text = static function (int $most) use ($pieces): string {
    $text = '';
    for ($left = random_int(0, $most); $left > 0; $left--) { $text .= $pieces[random_int(0, count($pieces) - (random_int(0, 30) ? 2 : 1))]; }
    return $text;
};
$digests = [hash('sha256', $given)];
$seen    = ['kept' => 0, 'not ours' => 0, '403' => 0, '405' => 0, '413' => 0];
$wrong   = [];
$end     = microtime(true) + 4;
while (microtime(true) < $end && count($wrong) < 5) {
    $query = $text(8);
    $query = random_int(0, 3) ? "wpf_action=add&access_key=$given&$query" : $query;
    $raw   = [['GET', 'POST', 'POST', 'POST', 'PUT', 'HEAD', 'post', ''][random_int(0, 7)], $query, $types[random_int(0, 8)], random_int(0, 3) ? $text(7) : ''];
    $whole = AgileBridge\receive_webhook(...[...$raw, $digests]);
    $intake = new AgileBridge\Plugin\Webhook\Intake(...$raw);
    $refusal = $intake->is_ours() ? $intake->refusal($digests) : null;
    if (! $intake->is_ours() || null !== $refusal) {
        $seen[null === $refusal ? 'not ours' : (string) $refusal['status']]++;
        $got = $intake->is_ours() ? ['ours' => true, 'authentic' => 413 === $refusal['status'], 'refusal' => $refusal] : ['ours' => false];
    } else {
        $seen['kept']++;
        $kept = AgileBridge\Plugin\Inbox\KeptRequest::of_packed($intake->unread()->packed());
        $got  = AgileBridge\read_kept_webhook($kept->method, $kept->query, $kept->content_type, $kept->body);
    }
    if ($got !== $whole) {
        $wrong[] = array_map(static fn($part) => strlen($part) < 1000 ? addcslashes($part, "\0..\37\177..\377") : strlen($part), [...$raw, json_encode($got), json_encode($whole)]);
    }
}
return [$wrong, min($seen), array_sum($seen)];
"#;

#[test]
fn whatever_comes() {
    let world = World::with(|site| site.database(site::Database::Sqlite));
    let seen = world.wp_given(&json!(ACCESS_KEY), COMPARED);
    assert_eq!(seen[0], json!([]), "read otherwise than it came: {seen:#}\n{}", world.site.log());
    let kept = world.wp_given(&json!(ACCESS_KEY), HIDDEN);
    assert!(
        kept.as_array().is_some_and(|kept| kept.len() == 7 && kept.iter().all(|kept| kept[1] == false)),
        "{kept:#}"
    );
    assert!(seen[1].as_u64() > Some(0) && seen[2].as_u64() > Some(1000), "hardly anything was compared: {seen}");
}
