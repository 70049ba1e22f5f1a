//! A call with a valid key that became no event is told to the admin, with its reason and what to do: the last hundred of them,
//! without key, name, address and body. Who has no key leaves nothing among them.

use crate::stage::inbox::at_once;
use crate::stage::world::World;
use serde_json::{Value, json};
use site::{ACCESS_KEY, Answer, Request, form};

const FORM: &str = "application/x-www-form-urlencoded";
const WRONG: &str = "not-the-key-of-this-site";
const MIB: usize = 1024 * 1024;

fn target(key: &str, more: &str) -> String {
    format!("/index.php?access_key={key}&{more}")
}

fn send(world: &World, method: &str, target: &str, kind: &str, body: &str) -> Answer {
    world.site.answer(&Request::new(method, target).body(kind, body))
}

/// Code and way.
fn told(call: &Value) -> (&str, &str, &str) {
    let text = |place: usize| call[place].as_str().unwrap_or_default();
    (text(1), text(3), text(4))
}

#[test]
fn with_its_reason_and_nothing_else() {
    let world = World::new();
    let huge = "x".repeat(MIB + 1);
    let event = r#"{"eventName": "Contact is Updated", "eventData": {"id": 8, "type": "PERSON", "name": "Jane Doe"}}"#;
    for key in [WRONG, ""] {
        for (method, more, kind, body, status) in [
            ("POST", "wpf_action=add", FORM, "", 403),
            ("POST", "wpf_action=add", FORM, &*huge, 403),
            ("POST", "wpf_action=add", "text/plain", "x", 403),
            ("PUT", "wpf_action=add", "", "", 405),
        ] {
            assert_eq!(send(&world, method, &target(key, more), kind, body).status, status);
        }
    }
    assert_eq!(world.refused_calls(), [Value::Null; 0], "who has no key");

    let more = form(&[("wpf_action", "add"), ("access_key", ACCESS_KEY), ("email", "Jane Doe <jane@example.com>")]);
    for (number, (method, target, kind, body, status)) in [
        ("POST", "/".to_owned(), FORM, &*more, 400),
        ("POST", target(ACCESS_KEY, "wpf_action=update&contact_id=7"), "application/json", event, 400),
        ("POST", target(ACCESS_KEY, "wpf_action=add"), "text/plain", "Jane", 415),
        ("POST", target(ACCESS_KEY, "wpf_action=jane"), "text/plain", &huge, 413),
        ("PUT", target(ACCESS_KEY, "wpf_action=update_tags"), FORM, "name=Jane", 405),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = send(&world, method, &target, kind, body);
        assert_eq!(answer.status, status, "{}\n{}", answer.json, world.site.log());
        // One after the other, so that their order is known.
        world.await_refused_calls(number + 1);
    }
    let calls = world.await_refused_calls(5);
    assert_eq!(
        calls.iter().map(told).collect::<Vec<_>>(),
        [
            ("method_not_allowed", "update_tags", "PUT"),
            ("body_too_large", "", "other body"),
            ("unsupported_media_type", "add", "other body"),
            ("invalid_request", "update", "JSON"),
            ("invalid_request", "add", "form"),
        ]
    );
    let stored = json!(calls).to_string();
    for nothing in [ACCESS_KEY, "ane", "127.0.0.1", "eventData", "x-access"] {
        assert!(!stored.contains(nothing), "{nothing}: {stored}");
    }

    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let page = world.settings_tab(&cookie, "webhooks");
    let list = page.split("id=\"agile-bridge-no-events\"").nth(1).expect("the list");
    for text in ["(5, the last ", "two different contacts", "Leave contact_id out", "Only GET and POST", "1 MiB"] {
        assert!(list.contains(text), "{text}: {list}");
    }

    without_the_extension(&world);
    no_more_than_a_hundred(&world);
}

/// Where PHP alone looks at the key, and what it cannot keep is lost for good.
fn without_the_extension(world: &World) {
    world.has_extension(false);
    let huge = "x".repeat(MIB + 1);
    assert_eq!(send(world, "POST", &target(WRONG, "wpf_action=add"), "text/plain", &huge).status, 403);
    assert_eq!(send(world, "POST", &target(ACCESS_KEY, "wpf_action=add"), "text/plain", &huge).status, 413);
    world.await_refused_calls(6);
    let noise = world.site.wp(
        "mt_srand(7); $all = ''; while (strlen($all) < 120000) { $all .= base64_encode(random_bytes(99)); } return $all;",
    );
    let answer =
        send(world, "POST", &target(ACCESS_KEY, "wpf_action=add&contact_id=7"), "text/plain", noise.as_str().unwrap());
    world.expect(&answer, 503, "failed", "extension_missing");
    let codes: Vec<_> = world.await_refused_calls(7)[..2].iter().map(|call| call[1].clone()).collect();
    assert_eq!(codes, ["not_kept", "body_too_large"]);
    world.has_extension(true);
}

/// However many there are, at the same moment too.
fn no_more_than_a_hundred(world: &World) {
    at_once(4, |_| (0..25).for_each(|_| assert_eq!(world.site.webhook("add", &[]).status, 400)));
    world.expect(&world.site.webhook("add", &[("contact_id", "Jane")]), 400, "rejected", "invalid_request");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    let newest = |calls: &[Value]| calls.first().is_some_and(|call| call.to_string().contains("contact_id is not"));
    while !newest(&world.refused_calls()) {
        assert!(std::time::Instant::now() < deadline, "{:?}\n{}", world.refused_calls().first(), world.site.log());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let count = world.refused_calls().len();
    assert!((90..=100).contains(&count), "{count}");
    assert_eq!(world.site.log(), "");
}
