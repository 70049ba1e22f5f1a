//! A value that cannot be read is neither empty nor the end of the whole contact: what is stored of it stays, also where the map
//! empties fields, a note names it, and the rest of the contact counts. Of tags no part is taken for the whole.

use crate::stage::world::World;
use sandbox::{Contact, LONE_SURROGATE, NOT_UTF8};
use serde_json::{Value, json};

fn clearing(crm: &str, wp: &str, kind: &str) -> Value {
    json!({"crm": crm, "wp": wp, "type": kind, "when_empty": "clear"})
}

fn map() -> Value {
    json!([
        clearing("Plan", "plan", "text"),
        clearing("Topics", "topics", "multiselect"),
        clearing("phone+work", "work_phone", "text"),
        clearing("address+city", "city", "text"),
        clearing("email", "contact_email", "text"),
    ])
}

const KEYS: [&str; 5] = ["plan", "topics", "work_phone", "city", "contact_email"];

struct Known {
    world: World,
    id: u64,
    user: u64,
    whole: Value,
}

impl Known {
    fn new() -> Self {
        let world = World::with(|site| site.option("agile_bridge_field_map", map()));
        let (id, answer) = world.add(
            Contact::person("ana@example.com")
                .first_name("Ana")
                .tag("Lead")
                .phone("work", "1")
                .address("", &json!({"city": "Sevilla"}))
                .custom("Plan", "gold")
                .custom("Topics", "a, b"),
        );
        world.expect(&answer, 200, "created", "");
        let id = id.parse().expect("a number");
        let whole = world.crm.contact(id).expect("the contact is there");
        Self { id, user: answer.user_id().expect("a user"), whole, world }
    }

    /// The contact with these properties in place of those of the same names.
    fn with(&self, changed: &[Value]) -> Value {
        let is_changed = |held: &&Value| changed.iter().any(|new| new["name"] == held["name"]);
        let held = self.whole["properties"].as_array().expect("a list");
        let mut properties: Vec<Value> = held.iter().filter(|held| !is_changed(held)).cloned().collect();
        properties.extend_from_slice(changed);
        let mut contact = self.whole.clone();
        contact["properties"] = json!(properties);
        contact
    }

    /// What this contact comes to: `wp_status` and notes.
    #[track_caller]
    fn send(&self, action: &str, contact: &Value) -> (String, Vec<String>) {
        self.world.crm.replace_contact(self.id, contact.clone());
        let answer = self.world.site.webhook(action, &[("contact_id", &self.id.to_string())]);
        assert_eq!(answer.status, 200, "{contact}: {}\n{}", answer.json, self.world.site.log());
        (answer.wp_status().to_owned(), answer.notes())
    }

    fn meta(&self) -> Vec<Value> {
        let user = self.world.user(self.user);
        KEYS.iter().map(|key| user[*key].clone()).collect()
    }
}

#[test]
fn an_unreadable_value_keeps_what_is_stored() {
    let known = Known::new();
    let before = known.meta();
    let half = format!("go{LONE_SURROGATE}");
    let bytes = format!("go{NOT_UTF8}");
    for (changed, refused) in [
        (json!({"type": "CUSTOM", "name": "Plan", "value": half}), Some("plan")),
        (json!({"type": "CUSTOM", "name": "Plan", "value": bytes}), Some("plan")),
        (json!({"type": "CUSTOM", "name": "Topics", "value": half}), Some("topics")),
        (json!({"type": "CUSTOM", "name": "Topics", "value": r#"["a", "\ud800"]"#}), Some("topics")),
        (json!({"type": "CUSTOM", "name": "Topics", "value": r#"["a", {"b": 1}]"#}), Some("topics")),
        (json!({"type": "CUSTOM", "name": "Topics", "value": r#"["a", "cut o"#}), Some("topics")),
        (json!({"type": "SYSTEM", "name": "phone", "subtype": "work", "value": half}), Some("work_phone")),
        // Which phone it is cannot be read.
        (json!({"type": "SYSTEM", "name": "phone", "subtype": half, "value": "2"}), Some("work_phone")),
        (json!({"type": "SYSTEM", "name": "phone", "subtype": {}, "value": "2"}), Some("work_phone")),
        (json!({"type": "SYSTEM", "name": "address", "value": half}), Some("city")),
        (json!({"type": "SYSTEM", "name": "address", "value": "Calle Sierpes 1"}), Some("city")),
        (json!({"type": "SYSTEM", "name": "address", "value": r#"{"city": "\ud800", "zip": "41001"}"#}), Some("city")),
        (json!({"type": "SYSTEM", "name": "address", "value": r#"{"city": ["Sevilla"]}"#}), Some("city")),
        // What nobody maps.
        (json!({"type": "CUSTOM", "name": "Other", "value": half}), None),
        (json!({"type": "CUSTOM", "name": half, "value": "x"}), None),
        (json!({"type": "CUSTOM", "name": 2024, "value": "x"}), None),
        (json!({"type": half, "name": "Other", "value": "x"}), None),
        (json!(null), None),
        (json!("no property"), None),
        (json!(["Plan", "silver"]), None),
    ] {
        let notes: Vec<String> = refused.into_iter().map(|key| format!("value_refused:{key}")).collect();
        for _ in 0..2 {
            let got = known.send("update", &known.with(std::slice::from_ref(&changed)));
            assert_eq!(got, ("unchanged".to_owned(), notes.clone()), "{changed}");
        }
        assert_eq!(known.meta(), before, "{changed}");
    }
    no_address_can_be_read(&known, &before);
    no_property_can_be_read(&known, &before);

    // The rest of such a contact counts.
    let mut contact = known.with(&[json!({"type": "CUSTOM", "name": "Plan", "value": half})]);
    contact["tags"] = json!(["Lead", "VIP"]);
    assert_eq!(known.send("update", &contact), ("updated".to_owned(), vec!["value_refused:plan".to_owned()]));
    assert_eq!(known.world.user(known.user)["agilecrm_tags"], json!(["Lead", "VIP"]));
    // And what is empty is emptied still.
    let empty = known.with(&[json!({"type": "CUSTOM", "name": "Plan", "value": null})]);
    assert_eq!(known.send("update", &empty).0, "updated");
    assert_eq!(known.world.user(known.user)["plan"], json!(""));
}

/// WordPress' own pattern gives up on long texts, and gives an empty one.
#[test]
fn markup_that_cannot_be_stripped_empties_nothing() {
    let known = Known::new();
    let before = known.meta();
    let long = format!("<script>{}", "x".repeat(1_100_000));
    let got = known.send("update", &known.with(&[json!({"type": "CUSTOM", "name": "Plan", "value": long})]));
    assert_eq!(got, ("unchanged".to_owned(), vec!["value_refused:plan".to_owned()]));
    assert_eq!(known.meta(), before);
}

fn no_address_can_be_read(known: &Known, before: &[Value]) {
    for address in [format!("ana{LONE_SURROGATE}@example.com"), "ana at example".to_owned()] {
        let changed = json!({"type": "SYSTEM", "name": "email", "subtype": "work", "value": address});
        let (status, notes) = known.send("update", &known.with(&[changed]));
        assert_eq!((&*status, notes), ("unchanged", vec!["email_kept".into(), "value_refused:contact_email".into()]));
        assert_eq!(known.meta(), before, "{address}");
    }
}

/// A list that is not there is not an empty one.
fn no_property_can_be_read(known: &Known, before: &[Value]) {
    for properties in [Value::Null, json!("none"), json!({"Plan": "silver"}), json!(5)] {
        let mut contact = known.whole.clone();
        contact["properties"] = properties.clone();
        let (status, notes) = known.send("update", &contact);
        assert_eq!(status, "unchanged", "{properties}: {notes:?}");
        for key in KEYS {
            assert!(notes.contains(&format!("value_refused:{key}")), "{properties}: {notes:?}");
        }
        assert_eq!(known.meta(), before, "{properties}");
    }
}

#[test]
fn a_list_of_tags_is_read_whole_or_not_at_all() {
    let known = Known::new();
    let with = |tags: &Value| {
        let mut contact = known.whole.clone();
        contact["tags"] = tags.clone();
        contact
    };
    for unreadable in [
        json!("Lead"),
        json!({"0": "Lead"}),
        json!(["A", 1]),
        json!(["A", true]),
        json!(["A", ["B"]]),
        json!(["A", {"name": "B"}]),
        json!(["A", {"tag": null}]),
        json!(["A", {"tag": format!("B{LONE_SURROGATE}")}]),
        json!(["A", format!("B{LONE_SURROGATE}")]),
        json!(["A", format!("B{NOT_UTF8}")]),
    ] {
        for action in ["update_tags", "update"] {
            let got = known.send(action, &with(&unreadable));
            assert_eq!(got, ("unchanged".to_owned(), vec!["tags_missing".to_owned()]), "{unreadable}");
        }
        assert_eq!(known.world.user(known.user)["agilecrm_tags"], json!(["Lead"]), "{unreadable}");
    }
    for (tags, stored) in [
        (json!(["A", null]), json!(["A"])),
        (json!([{"tag": "B", "createdTime": 1}, "A", {"tag": "B"}]), json!(["B", "A"])),
        (json!([null]), json!([])),
    ] {
        assert_eq!(known.send("update_tags", &with(&tags)), ("updated".to_owned(), vec![]), "{tags}");
        assert_eq!(known.world.user(known.user)["agilecrm_tags"], stored, "{tags}");
        assert_eq!(known.send("update_tags", &with(&tags)).0, "unchanged", "{tags}");
    }
}
