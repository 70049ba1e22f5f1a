//! A user found by e-mail has that very address. The database's collation takes `ádmin@` for `admin@`, ignores blanks at
//! the end and equates full-width letters with plain ones; none of those people may ever be found, let alone changed.

use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;

/// What the collation takes for `kim@example.com`.
const LOOK_ALIKES: [&str; 4] = ["kím@example.com", "ｋim@example.com", "kim@exämple.com", "kim@example.com "];

/// A user with an address that WordPress itself would not store, as imports leave them.
fn user_with(world: &World, login: &str, email: &str) -> u64 {
    let id = world.existing_user(login, &format!("{login}@elsewhere.example"), "subscriber");
    world.site.sql(&format!("UPDATE wp_users SET user_email = '{email}' WHERE ID = {id}"));
    id
}

#[test]
fn only_the_very_address_finds_a_user() {
    let world = World::new();
    a_look_alike_is_somebody_else(&world);
    creating_beside_a_look_alike_leaves_them_alone(&world);
    a_contact_with_a_look_alike_address_reaches_nobody(&world);
    addresses_that_wordpress_slashes_or_strips_are_found(&world);
    the_link_comes_before_the_address(&world);
}

fn a_look_alike_is_somebody_else(world: &World) {
    for (number, email) in LOOK_ALIKES.iter().enumerate() {
        user_with(world, &format!("alike{number}"), email);
    }
    let equal = world.site.sql("SELECT ID FROM wp_users WHERE user_email = 'kim@example.com'");
    assert_eq!(equal.len(), LOOK_ALIKES.len(), "the trap is set: the database finds all of them");
    let before = world.user_tables();
    let id = world.contact(Contact::person("kim@example.com").first_name("Kim").tag("Lead"));

    for action in ["update", "update_tags"] {
        let answer = world.site.webhook(action, &[("contact_id", &id)]);
        world.expect(&answer, 200, "ignored", "no_matching_user");
        assert_eq!(world.user_tables(), before, "{action} changed a look-alike");
    }

    // The one with the very address comes last, behind all whom the database would give first.
    let kim = user_with(world, "kim", "Kim@Example.com");
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "updated", "");
    assert_eq!(answer.user_id(), Some(kim), "{}\n{}", answer.json, world.site.log());
    assert_eq!(world.user(kim)["first_name"], "Kim");
    assert_eq!(world.user(kim)["user_email"], "Kim@Example.com", "a difference of case is none");
    for user in equal {
        let user = user["ID"].as_u64().or_else(|| user["ID"].as_str()?.parse().ok()).expect("an id");
        assert_eq!(world.user(user)["agilecrm_contact_id"], json!(null), "user {user} was linked");
        assert_eq!(world.user(user)["first_name"], "", "user {user} was changed");
    }
}

fn creating_beside_a_look_alike_leaves_them_alone(world: &World) {
    let alike = user_with(world, "alike", "tím@example.com");
    let (before, users) = (world.user(alike), world.user_count());

    let (_, answer) = world.add(Contact::person("tim@example.com").first_name("Tim").tag("Lead"));

    // WordPress itself may refuse the new address; then nobody is made.
    if answer.status == 200 {
        let tim = answer.user_id().expect("the answer names the user");
        assert_ne!(tim, alike, "{}", answer.json);
        assert_eq!(world.user(tim)["user_email"], "tim@example.com");
    } else {
        assert_eq!((answer.status, answer.wp_status()), (422, "failed"), "{}\n{}", answer.json, world.site.log());
        assert_eq!(world.user_count(), users, "{}", answer.json);
    }
    assert_eq!(world.user(alike), before);
}

fn a_contact_with_a_look_alike_address_reaches_nobody(world: &World) {
    let before = world.user_tables();
    // The administrator's address is admin@example.org.
    for email in ["ádmin@example.org", "ａｄｍｉｎ@example.org", "admin@exämple.org", "admin@example。org"] {
        let (id, answer) = world.add(Contact::person(email).first_name("Mallory").tag("Lead"));
        world.expect(&answer, 422, "failed", "email_invalid");
        for action in ["update", "update_tags"] {
            let answer = world.site.webhook(action, &[("contact_id", &id)]);
            world.expect(&answer, 200, "ignored", "no_matching_user");
        }
        assert_eq!(world.user_tables(), before, "{email} changed somebody");
    }
}

fn addresses_that_wordpress_slashes_or_strips_are_found(world: &World) {
    let (plain, tagged) = (
        world.existing_user("plain", "janenews@example.com", "subscriber"),
        world.existing_user("tagged", "jane+news@example.com", "subscriber"),
    );
    let apostrophe = world.existing_user("obrien", "o'brien@example.com", "subscriber");
    let users = world.user_count();
    for (email, user) in
        [("jane+news@example.com", tagged), ("janenews@example.com", plain), (" O'Brien@Example.COM ", apostrophe)]
    {
        let (id, answer) = world.add(Contact::person(email).first_name("Jo"));
        world.expect(&answer, 200, "updated", "");
        assert_eq!(answer.user_id(), Some(user), "{email}: {}\n{}", answer.json, world.site.log());
        assert_eq!(world.user(user)["agilecrm_contact_id"], json!(id));
    }
    assert_eq!(world.user_count(), users);
}

fn the_link_comes_before_the_address(world: &World) {
    let (id, answer) = world.add(ana());
    let ana_id = answer.user_id().expect("the answer names the user");
    world.site.sql(&format!("UPDATE wp_users SET user_email = 'moved@example.net' WHERE ID = {ana_id}"));

    // Linked, whatever the address; the contact's only address is hers again then.
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "updated", "");
    assert_eq!(answer.user_id(), Some(ana_id));
    assert_eq!(world.user(ana_id)["user_email"], "ana@example.com");

    // Only the chosen address finds a user, not another one of the contact's.
    let bob = world.existing_user("bob", "bob.home@example.net", "subscriber");
    let before = world.user(bob);
    let (_, answer) = world.add(Contact::person("bob@example.com").email("home", "bob.home@example.net"));
    world.expect(&answer, 200, "created", "");
    assert_ne!(answer.user_id(), Some(bob));
    assert_eq!(world.user(bob), before);

    // The collation equates full-width digits with plain ones: no link.
    let contact = world.contact(Contact::person("carl@example.com"));
    let wide: String =
        contact.chars().map(|digit| char::from_u32(u32::from(digit) - 0x30 + 0xFF10).unwrap_or(digit)).collect();
    world.site.sql(&format!(
        "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES ({bob}, 'agilecrm_contact_id', '{wide}')"
    ));
    let before = world.user(bob);
    let answer = world.site.webhook("add", &[("contact_id", &contact)]);
    world.expect(&answer, 200, "created", "");
    assert_ne!(answer.user_id(), Some(bob));
    assert_eq!(world.user(bob), before);
}
