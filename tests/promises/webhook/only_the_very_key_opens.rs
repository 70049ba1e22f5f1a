//! The access key is a string that equals a string, given once, in the query string or in a form body. All else is
//! answered alike. The same keys open while the extension is missing: what is right then meets what cannot be tested.

use crate::stage::world::World;
use serde_json::{Value, json};
use site::{ACCESS_KEY, Request, Site, encode};

const FORM: &str = "application/x-www-form-urlencoded";

fn status(site: &Site, key: &str) -> u16 {
    let answer = site.answer(&Request::new("GET", &format!("/?wpf_action=test&access_key={}", encode(key))));
    match (answer.status, answer.wp_code()) {
        (503, "extension_missing") => 200,
        (200 | 403, _) => answer.status,
        _ => panic!("'{key}': {}\n{}", answer.json, site.log()),
    }
}

/// Stores these keys as the settings page does, but for the sealed copy, which only that page reads.
fn store(site: &Site, keys: &[&str]) {
    let keys = Value::from(keys).to_string().replace('\\', "\\\\").replace('\'', "\\'");
    site.wp(&format!(
        "$key = fn($key) => array('digest' => hash('sha256', $key), 'sealed' => '', 'weak' => false, 'created' => time());
         update_option('agile_bridge_settings', array('access_keys' => array_map($key, json_decode('{keys}', true))));"
    ));
}

#[test]
fn it_is_looked_for_in_the_query_string_and_in_a_form_body() {
    let world = World::new();
    looked_for(&world, (200, "ok"));
    world.has_extension(false);
    looked_for(&world, (503, "failed"));
}

fn looked_for(world: &World, opened: (u16, &str)) {
    let (key, other) = (ACCESS_KEY, "another-key-that-is-no-key");
    let get = |query: String| Request::new("GET", &format!("/?wpf_action=test&{query}"));
    let post = |query: String, kind, body: String| {
        Request::new("POST", &format!("/?wpf_action=test&{query}")).body(kind, body)
    };
    let json = format!(r#"{{"access_key": "{key}", "eventData": {{"id": 1}}}}"#);
    let multipart = format!("--x\r\nContent-Disposition: form-data; name=\"access_key\"\r\n\r\n{key}\r\n--x--\r\n");

    for request in [
        get(format!("access_key={key}")),
        get(format!("access_key={key}&access_key={key}")),
        get(format!("access_key=&access_key={key}")),
        get(format!("access_key={key}&access.key={other}")),
        post(String::new(), FORM, format!("access_key={key}")),
        post(format!("access_key={key}"), FORM, format!("access_key={key}")),
    ] {
        let answer = world.site.answer(&request);
        let what = format!("{} {}", request.target, String::from_utf8_lossy(&request.body));
        assert_eq!((answer.status, answer.wp_status()), opened, "{what}: {}\n{}", answer.json, world.site.log());
    }

    let upper = key.to_uppercase();
    let (start, longer) = (&key[..key.len() - 1], format!("{key}x"));
    for request in [
        get(String::new()),
        get("access_key".to_owned()),
        get("access_key=".to_owned()),
        get(format!("access_key={other}")),
        get(format!("access_key={upper}")),
        get(format!("access_key={start}")),
        get(format!("access_key={longer}")),
        get(format!("access_key=%20{key}")),
        get(format!("access_key={key}+")),
        get(format!("access_key={key}%0A")),
        get(format!("access_key={key}%00")),
        get(format!("access_key={key}%FF")),
        get(format!("access_key[]={key}")),
        get(format!("access_key={key}&access_key[]={key}")),
        get(format!("access_key={key}&access_key={other}")),
        get(format!("access_key={other}&access_key={key}")),
        get(format!("access.key={key}")),
        get(format!("Access_Key={key}")),
        get(String::new()).header("Cookie", &format!("access_key={key}")),
        get(String::new()).header("Authorization", &format!("Bearer {key}")),
        post(format!("access_key={key}"), FORM, format!("access_key={other}")),
        post(format!("access_key={other}"), FORM, format!("access_key={key}")),
        post(String::new(), "application/json", json),
        post(String::new(), "multipart/form-data; boundary=x", multipart),
        post(String::new(), "text/plain", format!("access_key={key}")),
    ] {
        let answer = world.site.answer(&request);
        let what = format!("{} {}", request.target, String::from_utf8_lossy(&request.body));
        assert_eq!(answer.status, 403, "{what}: {}\n{}", answer.json, world.site.log());
        assert_eq!(
            answer.json,
            json!({"success": false, "wp_status": "rejected", "wp_code": "invalid_access_key", "message": "The access key is not valid."}),
            "{what}"
        );
    }
}

#[test]
fn two_stored_keys_may_open_and_a_constant_replaces_them() {
    two_stored_keys(true);
}

#[test]
fn the_same_while_the_extension_is_missing() {
    two_stored_keys(false);
}

fn two_stored_keys(has_extension: bool) {
    let world = World::with(|site| site.access_key(None).extension(has_extension));
    let site = &world.site;
    let (new, old) = ("the-new-key-0123456789", "the former key: it's \"a\\key\" +&=%ü");

    assert_eq!((status(site, ACCESS_KEY), status(site, "")), (403, 403), "no key is configured");
    store(site, &[new, old]);
    assert_eq!((status(site, new), status(site, old), status(site, ACCESS_KEY)), (200, 200, 403));
    store(site, &[new]);
    assert_eq!((status(site, new), status(site, old)), (200, 403));

    // Equal in PHP's eyes, as numbers.
    store(site, &["0e123456789", "12345678"]);
    for (key, expected) in [
        ("0e123456789", 200),
        ("12345678", 200),
        ("0e987654321", 403),
        ("12345678.0", 403),
        ("012345678", 403),
        ("1.2345678e7", 403),
    ] {
        assert_eq!(status(site, key), expected, "{key}");
    }
    store(site, &["seven77", "", "eight888"]);
    assert_eq!((status(site, "seven77"), status(site, ""), status(site, "eight888")), (403, 403, 200));

    // Others read these salts; nobody needs them to open the door.
    for name in
        ["AUTH_KEY", "AUTH_SALT", "SECURE_AUTH_KEY", "SECURE_AUTH_SALT", "LOGGED_IN_KEY", "NONCE_KEY", "NONCE_SALT"]
    {
        site.set_constant(name, format!("a new {name} after a burglary"));
    }
    assert_eq!(status(site, "eight888"), 200, "new salts have stopped the webhooks");

    // What is in wp-config.php counts alone, even if it opens nothing.
    for (constant, opens, refused) in [
        (json!("the-key-of-wp-config"), Some("the-key-of-wp-config"), "eight888"),
        (json!("seven77"), None, "seven77"),
        (json!(12_345_678), None, "12345678"),
        (json!(true), None, "1"),
        (json!(""), None, ""),
    ] {
        site.set_constant("AGILE_BRIDGE_ACCESS_KEY", constant.clone());
        assert_eq!(status(site, refused), 403, "the constant is {constant}, the key '{refused}'");
        assert_eq!(status(site, "eight888"), 403, "a stored key, though the constant is {constant}");
        if let Some(key) = opens {
            assert_eq!(status(site, key), 200, "the constant's own key '{key}'");
        }
    }
    assert_eq!(site.log(), "");
}
