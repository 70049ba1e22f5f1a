//! A user who is linked to another contact is not taken over: that contact is asked once more, and the link moves only if
//! it is gone or no longer carries the address.

use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;

/// Ana's user, linked to `old`, and a second contact with her address.
fn two_contacts(world: &World, number: usize) -> (u64, String, String) {
    let email = format!("ana{number}@example.com");
    let (old, answer) = world.add(Contact::person(&email).first_name("Ana").tag("Lead"));
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("the answer names the user");
    let new = world.contact(Contact::person(&email).first_name("Anna").tag("Lead"));
    world.crm.reset_counts();
    (user, old, new)
}

fn number(id: &str) -> u64 {
    id.parse().expect("an id is a number")
}

#[test]
fn a_link_moves_only_to_where_the_address_went() {
    let world = World::new();
    the_link_moves_when_the_other_contact_is_gone_or_has_another_address(&world);
    the_link_stays_while_the_other_contact_has_the_address(&world);
    a_wrong_answer_about_the_other_contact_moves_nothing(&world);
    an_id_and_an_address_of_two_users_change_neither(&world);
}

fn the_link_moves_when_the_other_contact_is_gone_or_has_another_address(world: &World) {
    let mut count = 0;
    for action in ["add", "update", "update_tags"] {
        for gone in [true, false] {
            count += 1;
            let (user, old, new) = two_contacts(world, count);
            if gone {
                world.crm.delete_contact(number(&old));
            } else {
                world.crm.set_property(number(&old), "SYSTEM", "email", "work", "elsewhere@example.net");
            }
            let answer = world.site.webhook(action, &[("contact_id", &new)]);
            world.expect(&answer, 200, "updated", "");
            assert_eq!(answer.notes(), ["relinked"], "{action}, gone {gone}: {}", answer.json);
            assert_eq!(answer.user_id(), Some(user), "{}", answer.json);
            assert_eq!(world.user(user)["agilecrm_contact_id"], json!(new), "{action}, gone {gone}");
            let counts = world.crm.counts();
            assert_eq!(
                (counts.of("GET", "contacts/{id}"), counts.total),
                (2, 2),
                "each contact is asked for once: {:?}",
                counts.requests
            );
            // Settled: the next one costs a single request and has nothing to note.
            let answer = world.site.webhook(action, &[("contact_id", &new)]);
            world.expect(&answer, 200, "unchanged", "");
            assert!(answer.notes().is_empty(), "{}", answer.json);
            assert_eq!(world.crm.counts().total, 3);
        }
    }
}

fn the_link_stays_while_the_other_contact_has_the_address(world: &World) {
    let (_, old, new) = two_contacts(world, 11);
    let before = world.user_tables();
    for change in ["as it was", "in another case", "as a second address"] {
        match change {
            "in another case" => {
                world.crm.set_property(number(&old), "SYSTEM", "email", "work", "ANA11@Example.com");
            }
            "as a second address" => {
                world.crm.set_property(number(&old), "SYSTEM", "email", "home", "ana11@example.com");
                world.crm.set_property(number(&old), "SYSTEM", "email", "work", "other@example.net");
            }
            _ => {}
        }
        for action in ["add", "update", "update_tags"] {
            let answer = world.site.webhook(action, &[("contact_id", &new)]);
            world.expect(&answer, 422, "failed", "email_conflict");
            assert_eq!(world.user_tables(), before, "{action}: the other contact has the address {change}");
        }
    }
}

/// It is asked again later, and then its answer counts.
fn a_wrong_answer_about_the_other_contact_moves_nothing(world: &World) {
    let stranger = json!({"id": 4_999_999_999_999_999_u64, "type": "PERSON", "tags": [], "properties": []});
    for (count, (wrong, has_it)) in
        [(stranger.clone(), true), (json!("a text"), true), (json!([]), false), (stranger, false)]
            .into_iter()
            .enumerate()
    {
        let (user, old, new) = two_contacts(world, 12 + count);
        let right = world.crm.contact(number(&old)).expect("the contact is there");
        let before = world.user_tables();
        world.crm.replace_contact(number(&old), wrong.clone());
        let answer = world.site.webhook("add", &[("contact_id", &new)]);
        world.expect(&answer, 202, "queued", "");
        assert_eq!(world.user_tables(), before, "{wrong}");

        if has_it {
            world.crm.replace_contact(number(&old), right);
        } else {
            world.crm.delete_contact(number(&old));
        }
        world.catch_up();
        let linked = if has_it { &old } else { &new };
        assert_eq!(world.user(user)["agilecrm_contact_id"], **linked, "{wrong}: {:?}", world.events().pop());
        assert_eq!(world.user_tables() == before, has_it, "{wrong}: {:?}", world.events().pop());
    }
}

fn an_id_and_an_address_of_two_users_change_neither(world: &World) {
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let (bob_contact, answer) = world.add(Contact::person("bob@example.com").first_name("Bob"));
    world.expect(&answer, 200, "created", "");
    world.existing_user("carl", "carl@example.com", "subscriber");
    let before = world.user_tables();

    // Ana's contact takes over Bob's address, then Carl's, who is linked to nobody. The name and the tags differ too.
    world.crm.add_tag(number(&id), "New");
    world.crm.set_property(number(&id), "SYSTEM", "first_name", "", "Changed");
    for address in ["bob@example.com", "Carl@Example.com"] {
        world.crm.set_property(number(&id), "SYSTEM", "email", "work", address);
        for action in ["add", "update", "update_tags"] {
            world.site.forget_mails();
            let answer = world.site.webhook(action, &[("contact_id", &id)]);
            world.expect(&answer, 422, "failed", "email_conflict");
            assert_eq!(world.user_tables(), before, "{action} with {address}");
            assert_eq!(world.site.mails(), [], "{action} with {address}");
        }
        // Bob's own contact goes on as ever.
        let answer = world.site.webhook("update", &[("contact_id", &bob_contact)]);
        world.expect(&answer, 200, "unchanged", "");
    }
}
