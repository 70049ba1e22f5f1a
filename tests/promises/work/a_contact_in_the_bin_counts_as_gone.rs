//! A contact that lies in Agile CRM's bin is answered still. To us it is gone as a deleted one is, until it is taken back.

use crate::stage::look::look;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::{Value, json};

/// Throws the contact away, or takes it back, as the API tells it.
fn set(world: &World, id: &str, times: &Value) {
    let id = id.parse().expect("a number");
    let mut contact = world.crm.contact(id).expect("the contact");
    for (key, value) in times.as_object().expect("an object") {
        contact[key] = value.clone();
    }
    world.crm.replace_contact(id, contact);
}

#[test]
fn it_makes_no_user_and_changes_none() {
    let world = World::new();
    let new = world.contact(Contact::person("new@example.com"));
    let (known, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("a user");
    let before = world.user(user);
    for id in [&new, &known] {
        set(&world, id, &json!({"trashed_time": 1_700_000_000, "tags": ["VIP"]}));
    }
    for action in ["add", "update", "update_tags"] {
        for id in [&new, &known] {
            let answer = world.site.webhook(action, &[("contact_id", id)]);
            world.expect(&answer, 404, "failed", "contact_not_found");
        }
    }
    // The search finds it; it may be late, so it is asked again.
    let answer = world.site.webhook("add", &[("email", "new@example.com")]);
    world.expect(&answer, 202, "queued", "");
    assert_eq!((world.user(user), world.user_count()), (before, 2));

    // A linked user whose contact was thrown away is free for the next contact with the address.
    let (other, answer) = world.add(ana());
    world.expect(&answer, 200, "updated", "");
    assert_eq!(answer.notes(), ["relinked"]);
    assert_eq!(world.user(user)["agilecrm_contact_id"], json!(other));

    set(&world, &new, &json!({"restored_time": 1_700_000_001}));
    world.expect(&world.site.webhook("add", &[("contact_id", &new)]), 200, "created", "");
    for times in
        [json!({"restored_time": 0, "trashed_time": 0}), json!({"trashed_time": null}), json!({"trashed_time": "?"})]
    {
        set(&world, &new, &times);
        world.expect(&world.site.webhook("update", &[("contact_id", &new)]), 200, "unchanged", "");
    }
}

#[test]
fn the_setting_for_deleted_contacts_decides_about_its_user() {
    let world = World::new();
    world.set(&json!({"gone_contacts": "unlink"}));
    let (told, answer) = world.add(ana());
    let (silent, silent_answer) = world.add(Contact::person("bo@example.com").first_name("Bo"));
    let users = [answer, silent_answer].map(|answer| answer.user_id().expect("a user"));
    for id in [&told, &silent] {
        set(&world, id, &json!({"trashed_time": "1700000000", "restored_time": 5}));
    }
    world.expect(&world.site.webhook("update", &[("contact_id", &told)]), 404, "failed", "contact_not_found");
    assert_eq!(world.user(users[0]).get("agilecrm_contact_id"), None);
    assert_eq!(world.user(users[1])["agilecrm_contact_id"], json!(silent));
    look(&world);
    assert_eq!(world.user(users[1]).get("agilecrm_contact_id"), None, "{:?}", world.crm.requests());
    assert_eq!(world.user(users[1])["first_name"], "Bo");
}
