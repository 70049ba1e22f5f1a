//! Where one of a contact's addresses cannot be read, it may be the one that counts: a user keeps theirs, and nobody else gets
//! the account of a user whose contact may still have the address.

use crate::stage::world::World;
use sandbox::{Contact, LONE_SURROGATE};
use serde_json::{Value, json};

fn person(id: u64, addresses: &[(&str, Value)]) -> Value {
    let address = |(subtype, value): &(&str, Value)| json!({"type": "SYSTEM", "name": "email", "subtype": subtype, "value": value});
    let properties: Vec<Value> = addresses.iter().map(address).collect();
    json!({"id": id, "type": "PERSON", "tags": ["Lead"], "properties": properties})
}

fn half() -> Value {
    json!(format!("ana{LONE_SURROGATE}@example.com"))
}

#[test]
fn a_linked_user_keeps_theirs() {
    let world = World::new();
    let (id, answer) = world.add(Contact::person("ana@example.com").tag("Lead"));
    world.expect(&answer, 200, "created", "");
    let (user, number) = (answer.user_id().expect("a user"), id.parse().expect("a number"));
    let other = ("work", json!("other@example.com"));
    for addresses in [
        vec![other.clone(), ("personal", half())],
        vec![("home", half()), other.clone()],
        vec![("work", half()), ("home", json!("other@example.com"))],
    ] {
        world.crm.replace_contact(number, person(number, &addresses));
        let answer = world.site.webhook("update", &[("contact_id", &id)]);
        world.expect(&answer, 200, "unchanged", "");
        assert_eq!(answer.notes(), ["email_kept"], "{addresses:?}");
        assert_eq!(world.user(user)["user_email"], "ana@example.com", "{addresses:?}");
    }
    // What can be read and is no address, is not theirs.
    world.crm.replace_contact(number, person(number, &[other, ("home", json!("ana at example"))]));
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
    assert_eq!(world.user(user)["user_email"], "other@example.com");
}

#[test]
fn nobody_else_gets_the_account() {
    let world = World::new();
    let (first, answer) = world.add(Contact::person("ana@example.com").tag("Lead"));
    world.expect(&answer, 200, "created", "");
    let (user, number) = (answer.user_id().expect("a user"), first.parse().expect("a number"));
    let second = world.contact(Contact::person("ana@example.com").first_name("Eve"));
    let before = world.user(user);
    let unreadable = person(number, &[("work", half())]);
    let mut no_list = unreadable.clone();
    no_list["properties"] = json!("none");
    let mut no_type = unreadable.clone();
    no_type["properties"][0] = json!({"type": {}, "name": "email", "value": "ana@example.com"});
    for contact in [unreadable, no_list, no_type] {
        world.crm.replace_contact(number, contact.clone());
        let answer = world.site.webhook("add", &[("contact_id", &second)]);
        world.expect(&answer, 422, "failed", "email_conflict");
        assert_eq!(world.user(user), before, "{contact}");
    }
    world.crm.replace_contact(number, person(number, &[("work", json!("new@example.com"))]));
    let answer = world.site.webhook("add", &[("contact_id", &second)]);
    world.expect(&answer, 200, "updated", "");
    assert_eq!(answer.notes(), ["relinked"]);
}
