//! The CRM answers with 200 and something that is not the person who was asked for: nobody is made or changed by it. Where it
//! cannot be what the CRM means, it is asked again later.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

type Expected = (u16, &'static str, &'static str);
/// The contact that the CRM answers with instead, made of the id that was asked for.
type Instead<'a> = &'a dyn Fn(u64) -> Value;

const QUEUED: Expected = (202, "queued", "");
const NOT_FOUND: Expected = (404, "failed", "contact_not_found");

/// One contact for each, with a user.
const ACTIONS: [&str; 3] = ["add", "update", "update_tags"];

/// What would change the user if it were believed.
fn news() -> Value {
    json!([{"type": "SYSTEM", "name": "email", "subtype": "work", "value": "changed@example.com"},
           {"type": "SYSTEM", "name": "first_name", "value": "Changed"}])
}

#[test]
fn an_answer_that_is_no_contact_of_a_person_changes_nothing() {
    let world = World::new();
    let contacts = ACTIONS.map(|action| {
        let email = format!("{}@example.com", action.replace('_', "-"));
        let (id, answer) = world.add(Contact::person(&email).first_name("Ana").tag("Lead"));
        world.expect(&answer, 200, "created", "");
        let number: u64 = id.parse().expect("an id");
        (action, id, number, world.crm.contact(number).expect("the contact is there"))
    });
    let before = world.rows();

    let person = |id: Value| json!({"id": id, "type": "PERSON", "tags": ["x"], "properties": news()});
    let of_type = |id: u64, kind: &str| json!({"id": id, "type": kind, "tags": ["x"], "properties": news()});
    let not_a_person: Expected = (200, "ignored", "not_a_person");
    let rows: [(&str, Instead, Expected); 9] = [
        ("a company", &|id| of_type(id, "COMPANY"), not_a_person),
        ("a lead", &|id| of_type(id, "LEAD"), not_a_person),
        ("null", &|_| Value::Null, QUEUED),
        ("a list", &|_| json!([]), QUEUED),
        ("an empty object", &|_| json!({}), QUEUED),
        ("a text", &|_| json!("ana@example.com"), QUEUED),
        ("no id", &|_| json!({"type": "PERSON", "tags": ["x"], "properties": news()}), QUEUED),
        ("another's id", &|id| person(json!(id + 1)), QUEUED),
        ("a float for an id", &|_| person(json!(1.5)), QUEUED),
    ];
    for (what, contact, expected) in rows {
        for (action, id, number, _) in &contacts {
            world.crm.replace_contact(*number, contact(*number));
            let answer = world.site.webhook(action, &[("contact_id", id)]);
            let seen = (answer.status, answer.wp_status(), answer.wp_code());
            assert_eq!(seen, expected, "{what}, {action}: {}\n{}", answer.json, world.site.log());
            assert_eq!(world.changes_since(&before), Vec::<String>::new(), "{what}, {action}");
        }
        if expected == QUEUED {
            for (_, _, number, right) in &contacts {
                world.crm.replace_contact(*number, right.clone());
            }
            world.catch_up();
            for (action, id, ..) in &contacts {
                let event = world.event_of(id);
                assert_eq!(event["action"], *action, "{what}: {event}");
                world.expect_event(&event, "done", "unchanged", "");
            }
        } else {
            assert_eq!(world.drain(), 0, "{what}: {:?}", world.events());
        }
        assert_eq!(world.changes_since(&before), Vec::<String>::new(), "{what}");
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
