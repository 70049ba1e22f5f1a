//! An admin may limit what webhooks do with roles: to a list of roles, and to new users. What that refuses is noted
//! `role_refused`, and the rest of the webhook is done. Off, nothing is limited.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

fn world() -> World {
    let world = World::with(|site| site);
    world.site.wp("add_role('member', 'Silver Member', array('read' => true));
         add_role('staff', 'Staff', array('read' => true, 'list_users' => true)); return 1;");
    world
}

/// The roles of a new user, and the notes.
fn new_user(world: &World, number: usize, role: &str) -> (Value, Vec<String>) {
    let id = world.contact(Contact::person(&format!("p{number}@example.com")).first_name("Ana"));
    let answer = world.site.webhook("add", &[("contact_id", &id), ("role", role)]);
    world.expect(&answer, 200, "created", "");
    let user = world.user(answer.user_id().expect("a user"));
    assert_eq!(user["first_name"], "Ana");
    (user["roles"].clone(), answer.notes())
}

fn given(role: &str) -> (Value, Vec<String>) {
    (json!([role]), vec![])
}

fn refused(role: &str) -> (Value, Vec<String>) {
    (json!([role]), vec!["role_refused".to_owned()])
}

#[test]
fn to_a_list() {
    let world = world();
    world.set(&json!({"webhook_roles": ["member"]}));
    assert_eq!(new_user(&world, 0, "author"), given("author"), "the list without its switch");

    // What no screen would save is harmless too.
    world.set(&json!({"limit_roles": true, "webhook_roles": ["member", "administrator", "staff", "gone", 5, null]}));
    assert_eq!(new_user(&world, 1, "member"), given("member"));
    assert_eq!(new_user(&world, 2, "Silver Member"), given("member"));
    for (number, role) in ["author", "Author", "administrator", "staff", "gone", "5"].into_iter().enumerate() {
        assert_eq!(new_user(&world, 10 + number, role), refused("subscriber"), "{role}");
    }
    // It is about what webhooks ask for: the site's default role is not on the list.
    assert_eq!(new_user(&world, 3, ""), given("subscriber"));
    assert_eq!(new_user(&world, 4, "subscriber"), refused("subscriber"));

    let (id, answer) = world.add(Contact::person("bob@example.com").first_name("Bob"));
    let bob = answer.user_id().expect("a user");
    let update = |role: &str| world.site.webhook("update", &[("contact_id", &id), ("role", role)]);
    let answer = update("author");
    world.expect(&answer, 200, "unchanged", "");
    assert_eq!((answer.notes(), &world.user(bob)["roles"]), (vec!["role_refused".to_owned()], &json!(["subscriber"])));
    world.expect(&update("member"), 200, "updated", "");
    assert_eq!(world.user(bob)["roles"], json!(["member"]));

    world.set(&json!({"webhook_roles": []}));
    assert_eq!(new_user(&world, 5, "member"), refused("subscriber"), "an empty list names no role");
}

#[test]
fn to_new_users() {
    let world = world();
    let (id, answer) = world.add(Contact::person("bob@example.com").first_name("Bob"));
    let bob = answer.user_id().expect("a user");
    world.set(&json!({"role_changes": false}));
    let before = world.user_tables();
    for action in ["add", "update"] {
        let answer = world.site.webhook(action, &[("contact_id", &id), ("role", "author")]);
        world.expect(&answer, 200, "unchanged", "");
        assert_eq!(answer.notes(), ["role_refused"], "{action}");
        // Nothing of theirs had to change: nothing was refused.
        let answer = world.site.webhook(action, &[("contact_id", &id), ("role", "Subscriber")]);
        world.expect(&answer, 200, "unchanged", "");
        assert_eq!(answer.notes(), Vec::<String>::new(), "{action}");
    }
    assert_eq!(world.user_tables(), before);
    assert_eq!(new_user(&world, 1, "author"), given("author"));

    // The rest is done.
    world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "first_name", "", "Robert");
    let answer = world.site.webhook("update", &[("contact_id", &id), ("role", "author")]);
    world.expect(&answer, 200, "updated", "");
    let user = world.user(bob);
    assert_eq!((&user["first_name"], &user["roles"]), (&json!("Robert"), &json!(["subscriber"])));

    // What becomes of the users of deleted contacts is a choice of the admin's own.
    world.set(&json!({"gone_contacts": "role:contributor", "limit_roles": true, "webhook_roles": []}));
    world.crm.delete_contact(id.parse().expect("a number"));
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 404, "failed", "contact_not_found");
    assert_eq!(world.user(bob)["roles"], json!(["contributor"]));
}
