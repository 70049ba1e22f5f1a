//! A page of the CRM's list is as heavy as its contacts: one that is too large is asked for again with fewer, down to one. A contact
//! that is too large for itself is left out, and the admin is told of it.

use crate::stage::look::{change, line_on_screen, linked, look};
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::json;

/// So many contacts of this size, as whoever can write contacts makes them.
fn heavy(world: &World, count: usize, bytes: usize) -> Vec<u64> {
    let text = "x".repeat(bytes);
    let make = |number| {
        world.crm.create_contact(Contact::person(&format!("heavy{bytes}-{number}@example.com")).custom("Bio", &text))
    };
    (0..count).map(make).collect()
}

#[test]
fn heavy_contacts_end_no_look() {
    let world = World::new();
    world.set(&json!({"missed_creations_since": world.now() - 60_000}));
    let (before, first) = linked(&world, 0);
    let (after, last) = linked(&world, 1);
    let heavy = [heavy(&world, 1, 3_000_000), heavy(&world, 9, 1_950_000)].concat();
    look(&world);

    for contact in &heavy {
        change(&world, *contact, "Heavy");
    }
    change(&world, before, "New");
    change(&world, after, "New");
    let missed = world.crm.create_contact(Contact::person("missed@example.com"));
    let mut created = world.crm.contact(missed).expect("the contact");
    created["created_time"] = json!(world.now() / 1000);
    world.crm.replace_contact(missed, created);
    look(&world);
    world.drain();
    for user in [first, last] {
        assert_eq!(world.user(user)["first_name"], "New");
    }
    assert_ne!(world.user_with("missed@example.com"), json!(null), "{:?}", world.crm.requests());

    // The list was read to its end, and who was left out is named.
    let screen = line_on_screen(&world);
    assert!(screen.starts_with("Last full look for missed changes: ") && !screen.contains("one by one"), "{screen}");
    assert!(screen.contains(&heavy[0].to_string()), "{screen}");
    // They stop nobody else's webhooks either.
    world.expect(&world.site.webhook("update", &[("contact_id", &before.to_string())]), 200, "unchanged", "");
}
