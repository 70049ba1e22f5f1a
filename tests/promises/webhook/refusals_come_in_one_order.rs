//! Of all that is wrong with a request the first in the contract's order is answered: method, key, size, type, the rest.
//! Method, key and size are refused the same while the extension is missing; what only it can read is kept then.

use crate::stage::world::World;
use serde_json::json;
use site::{ACCESS_KEY, Request, encode};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=xxx";
const MIB: usize = 1024 * 1024;

/// A part of the form that is as long as it has to be.
fn multipart(bytes: usize) -> String {
    let head = "--xxx\r\nContent-Disposition: form-data; name=\"role\"\r\n\r\n";
    let tail = "\r\n--xxx--\r\n";
    format!("{head}{}{tail}", "x".repeat(bytes.saturating_sub(head.len() + tail.len())))
}

#[test]
fn each_refusal_beats_all_later_ones() {
    let world = World::new();
    each_beats_all_later_ones(&world, true);
    world.has_extension(false);
    each_beats_all_later_ones(&world, false);
    assert_eq!(world.crm.counts().total, 0);
}

fn each_beats_all_later_ones(world: &World, has_extension: bool) {
    // Other methods end at nginx itself unless the script is named.
    let target = |key: &str, action: &str| format!("/index.php?wpf_action={action}&access_key={}", encode(key));
    let wrong = "not-the-key-of-this-site";
    let huge = multipart(MIB + 1);

    for (request, status, code) in [
        (Request::new("PUT", &target(wrong, "nonsense")).body(MULTIPART, &*huge), 405, "method_not_allowed"),
        (Request::new("PUT", &target(ACCESS_KEY, "test")).body(FORM, "role=a"), 405, "method_not_allowed"),
        (Request::new("POST", &target(wrong, "nonsense")).body(MULTIPART, &*huge), 403, "invalid_access_key"),
        (Request::new("POST", &target(wrong, "nonsense")).body(MULTIPART, multipart(200)), 403, "invalid_access_key"),
        (Request::new("POST", &target(wrong, "nonsense")), 403, "invalid_access_key"),
        (Request::new("POST", &target(ACCESS_KEY, "nonsense")).body(MULTIPART, &*huge), 413, "body_too_large"),
        (
            Request::new("POST", &target(ACCESS_KEY, "nonsense")).body("text/plain", "x".repeat(MIB + 1)),
            413,
            "body_too_large",
        ),
        (
            Request::new("POST", &target(ACCESS_KEY, "nonsense")).body(MULTIPART, multipart(200)),
            415,
            "unsupported_media_type",
        ),
        (Request::new("POST", &target(ACCESS_KEY, "nonsense")), 400, "invalid_request"),
    ] {
        let answer = world.site.answer(&request);
        let what = format!("{} {} with {} bytes", request.method, request.target, request.body.len());
        if !has_extension && matches!(status, 400 | 415) {
            world.expect(&answer, 202, "queued", "");
            continue;
        }
        assert_eq!((answer.status, answer.wp_code()), (status, code), "{what}: {}\n{}", answer.json, world.site.log());
        assert_eq!((answer.wp_status(), &answer.json["success"]), ("rejected", &json!(false)), "{what}");
        let allow = answer.response.header("Allow");
        assert_eq!(allow, (status == 405).then_some("GET, POST"), "{what}");
    }
}

#[test]
fn methods_sizes_and_types() {
    let world = World::new();
    methods_sizes_and_types_of(&world, [200, 415]);
    world.has_extension(false);
    methods_sizes_and_types_of(&world, [503, 503]);
}

/// `opened`: the answer to a test with the right key. `other`: to one of another type.
fn methods_sizes_and_types_of(world: &World, [opened, other]: [u16; 2]) {
    let target = world.site.webhook_target("test", &[]).replacen('/', "/index.php", 1);

    for method in ["OPTIONS", "PUT", "DELETE", "PATCH", "PROPFIND"] {
        let answer = world.site.answer(&Request::new(method, &target));
        assert_eq!((answer.status, answer.wp_code()), (405, "method_not_allowed"), "{method}: {}", answer.json);
        assert_eq!(answer.response.header("Allow"), Some("GET, POST"), "{method}");
    }
    // An answer to HEAD has no body.
    let head = world.site.send(&Request::new("HEAD", &target));
    assert_eq!((head.status, head.header("Allow")), (405, Some("GET, POST")), "{}", world.site.log());

    let event = r#"{"eventName": "Contact is Created", "eventData": {"id": 1, "type": "PERSON"}}"#;
    for (kind, body, status) in [
        ("", "", opened),
        (FORM, "x=1", opened),
        ("Application/X-WWW-Form-URLEncoded; charset=UTF-8", "x=1", opened),
        ("application/json", event, opened),
        ("Application/JSON;charset=utf-8", event, opened),
        ("text/plain", "x=1", other),
        ("text/xml", "<x/>", other),
        ("application/octet-stream", "x=1", other),
        // What begins like JSON is JSON, and a test of the key does not read it.
        ("application/jsonp", "{}", opened),
        ("application/jsonp", "[]", other),
        ("nonsense", "x=1", other),
    ] {
        let answer = world.site.answer(&Request::new("POST", &target).body(kind, body));
        assert_eq!(answer.status, status, "type '{kind}': {}\n{}", answer.json, world.site.log());
    }

    // A key in a form body counts up to the very last byte of 1 MiB, and not beyond it.
    let whole = format!("wpf_action=test&access_key={ACCESS_KEY}&filler=");
    let body = |bytes: usize| format!("{whole}{}", "x".repeat(bytes - whole.len()));
    let post = |target: &str, bytes: usize| world.site.answer(&Request::new("POST", target).body(FORM, body(bytes)));
    let answer = post("/", MIB);
    assert_eq!(answer.status, opened, "a key in a body of 1 MiB: {}\n{}", answer.json, world.site.log());
    let answer = post("/?wpf_action=test", MIB + 1);
    assert_eq!(answer.status, 403, "a key in a larger body: {}\n{}", answer.json, world.site.log());
    let answer = post("/", MIB + 1);
    assert_eq!(answer.status, 403, "key and action in a larger body: {}\n{}", answer.json, world.site.log());
    let answer = world.site.answer(&Request::new("POST", "/").body("", whole.clone()));
    assert_eq!(answer.status, opened, "a form without a type: {}\n{}", answer.json, world.site.log());
    let answer = post(&target, MIB + 1);
    assert_eq!(answer.status, 413, "a key beside a larger body: {}\n{}", answer.json, world.site.log());
    let answer = post(&target, 20 * MIB);
    assert_eq!(answer.status, 413, "more than PHP itself takes: {}\n{}", answer.json, world.site.log());
}
