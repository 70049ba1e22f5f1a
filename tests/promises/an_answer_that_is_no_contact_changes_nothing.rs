//! The CRM answers with 200 and something that is not the person who was asked for: nobody is made or changed by it.

use crate::world::{World, ana};
use sandbox::Contact;
use serde_json::{Value, json};

type Expected = (u16, &'static str, &'static str);

const UNAVAILABLE: Expected = (502, "failed", "crm_unavailable");
const NOT_FOUND: Expected = (404, "failed", "contact_not_found");

#[test]
fn an_answer_that_is_no_contact_of_a_person_changes_nothing() {
    let world = World::new();
    let id = world.contact(ana());
    let number: u64 = id.parse().expect("an id");
    let answer = world.site.webhook("add", &[("contact_id", &id)]);
    assert_eq!(answer.wp_status(), "created", "{}\n{}", answer.json, world.site.log());
    let before = world.rows();

    let email = json!([{"type": "SYSTEM", "name": "email", "subtype": "work", "value": "ana@example.com"},
                       {"type": "SYSTEM", "name": "first_name", "value": "Changed"}]);
    let not_a_person: Expected = (200, "ignored", "not_a_person");
    let rows: Vec<(&str, Value, Expected)> = vec![
        ("a company", json!({"id": number, "type": "COMPANY", "tags": ["x"], "properties": email}), not_a_person),
        ("a lead", json!({"id": number, "type": "LEAD", "tags": ["x"], "properties": email}), not_a_person),
        ("null", Value::Null, UNAVAILABLE),
        ("a list", json!([]), UNAVAILABLE),
        ("an empty object", json!({}), UNAVAILABLE),
        ("a text", json!("ana@example.com"), UNAVAILABLE),
        ("no id", json!({"type": "PERSON", "tags": [], "properties": email}), UNAVAILABLE),
        ("another's id", json!({"id": number + 1, "type": "PERSON", "tags": [], "properties": email}), UNAVAILABLE),
        ("a float for an id", json!({"id": 1.5, "type": "PERSON", "tags": [], "properties": email}), UNAVAILABLE),
    ];
    for (what, contact, expected) in rows {
        world.crm.replace_contact(number, contact);
        for action in ["add", "update", "update_tags"] {
            let answer = world.site.webhook(action, &[("contact_id", &id)]);
            let seen = (answer.status, answer.wp_status(), answer.wp_code());
            assert_eq!(seen, expected, "{what}, {action}: {}\n{}", answer.json, world.site.log());
            assert_eq!(world.changes_since(&before), Vec::<String>::new(), "{what}, {action}");
        }
    }

    // A company announced as a person, and a contact that is not there, make no user either.
    let company = world.crm.create_contact(Contact::company("ACME").email("work", "acme@example.com")).to_string();
    for (id, expected) in [(company.as_str(), not_a_person), ("1234567890123456", NOT_FOUND)] {
        let event = json!({"eventName": "Contact is Created", "eventData": {"id": id, "type": "PERSON"}});
        let answer = world.site.webhook_json("add", &[], &event);
        let seen = (answer.status, answer.wp_status(), answer.wp_code());
        assert_eq!(seen, expected, "{}\n{}", answer.json, world.site.log());
        assert_eq!(world.changes_since(&before), Vec::<String>::new());
    }
}
