//! Whatever texts a contact holds, whole, odd or unreadable: the first webhook is done, the second one finds nothing to do and says
//! the same, and no question mark or replacement character is stored that the contact does not hold.

use crate::stage::world::World;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sandbox::{LONE_SURROGATE, NOT_UTF8};
use serde_json::{Value, json};

/// How many contacts: each costs two webhooks.
const CONTACTS: usize = 60;

const TYPES: [&str; 6] = ["text", "date", "checkbox", "number", "multiselect", "raw"];
const NAMES: [&str; 9] = ["first_name", "last_name", "title", "company", "phone", "website", "Plan", "Bio", "Born"];

/// Every type of a meta, and the account fields.
fn map() -> Value {
    let mut map = Vec::new();
    for (number, crm) in ["Plan", "Bio", "Born", "phone+work", "address+city"].into_iter().enumerate() {
        for kind in TYPES {
            let when_empty = if number % 2 == 0 { "clear" } else { "keep" };
            map.push(json!({"crm": crm, "wp": format!("x{number}_{kind}"), "type": kind, "when_empty": when_empty}));
        }
    }
    for (crm, wp) in
        [("title", "nickname"), ("company", "display_name"), ("website", "user_url"), ("Bio", "description")]
    {
        map.push(json!({"crm": crm, "wp": wp}));
    }
    json!(map)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(&ODD[..]).prop_map(str::to_owned),
        2 => "[ -~]{0,20}",
        2 => "[a-zäöüßéł<>&'\"\\\\ ]{0,12}",
        1 => any::<String>().prop_filter("the sandbox' own marks", |text| !text.contains([LONE_SURROGATE, NOT_UTF8])),
        1 => "[a-z]{0,3}".prop_map(|text| format!("{text}{LONE_SURROGATE}")),
        1 => "[a-z]{0,3}".prop_map(|text| format!("{text}{NOT_UTF8}")),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => text().prop_map(Value::from),
        1 => select(&["null", "5", "1.0E7", "true", "[1, \"a\"]", "{\"city\": \"x\"}"][..])
            .prop_map(|json| serde_json::from_str(json).expect("JSON")),
    ]
}

fn property() -> impl Strategy<Value = Value> {
    let whole = (select(&NAMES[..]), any_value(), select(&["", "work", "home"][..]))
        .prop_map(|(name, value, subtype)| json!({"name": name, "subtype": subtype, "value": value}));
    let city = text().prop_map(|city| json!({"name": "address", "value": json!({"city": city}).to_string()}));
    prop_oneof![8 => whole, 1 => city, 1 => any_value()]
}

fn tag() -> impl Strategy<Value = Value> {
    prop_oneof![6 => text().prop_map(Value::from), 1 => text().prop_map(|tag| json!({"tag": tag})), 1 => Just(Value::Null)]
}

#[test]
fn the_second_webhook_is_unchanged() {
    let world = World::with(|site| site.option("agile_bridge_field_map", map()));
    let mut runner = TestRunner::deterministic();
    let strategy = (vec(property(), 0..12), proptest::option::weighted(0.9, vec(tag(), 0..5)));
    for number in 0..CONTACTS {
        let (mut properties, tags) = strategy.new_tree(&mut runner).expect("a contact").current();
        properties.push(json!({"name": "email", "value": format!("p{number}@example.com")}));
        let id = 1000 + number as u64;
        let contact = json!({"id": id, "type": "PERSON", "tags": tags, "properties": properties});
        world.crm.replace_contact(id, contact.clone());
        let send = |status: &str| {
            let answer = world.site.webhook("add", &[("contact_id", &id.to_string())]);
            assert_eq!(
                (answer.status, answer.wp_status()),
                (200, status),
                "{contact:#}\n{}\n{:#?}\n{}",
                answer.json,
                world.user_with(&format!("p{number}@example.com")),
                world.site.log()
            );
            let mut notes = answer.notes();
            notes.sort();
            (notes, answer.user_id().expect("a user"))
        };
        let (notes, user) = send("created");
        assert_eq!((notes, user), send("unchanged"), "{contact:#}");
        let text = contact.to_string();
        let stored = world.user(user).to_string();
        for mark in ['?', '\u{fffd}', LONE_SURROGATE, NOT_UTF8] {
            let is_ours = mark != LONE_SURROGATE && mark != NOT_UTF8 && text.contains(mark);
            assert!(is_ours || !stored.contains(mark), "{mark:?} in {stored}\n{contact:#}");
        }
    }
    assert_eq!(world.site.log(), "");
}

const ODD: [&str; 30] = [
    "",
    " ",
    "0",
    "\u{200b}",
    "a, b,, c",
    "[\"a\", \"b\"]",
    "[\"a\", \"\\ud800\"]",
    "[]",
    "1.0E7",
    "007",
    "-0",
    "1479580200",
    "1479580200000",
    "11/20/2026 12:00 PM",
    "Fri Nov 20 00:00:00 UTC 2026",
    "2016",
    "on",
    "off",
    "José",
    "Łukasz",
    "🙂🙂",
    "<b>bold</b> text",
    "<script>x</script>",
    "a < b & c > d",
    "AT&amp;T",
    "O'Brien \\ \"q\"",
    "  padded\u{a0}",
    "two\r\n lines\t",
    "a\u{1}b",
    "https://example.com/?a=1&b=2",
];
