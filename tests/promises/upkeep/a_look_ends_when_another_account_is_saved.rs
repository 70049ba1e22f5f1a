//! A look that runs while an admin saves another account ends: what the former account lists makes no events, and whom it does not
//! know is not gone.

use crate::stage::account::{save, world};
use crate::stage::look::{MINUTE, change, linked, look, look_now};
use crate::stage::world::World;
use sandbox::Faults;
use serde_json::{Value, json};
use site::{Database, await_until};
use std::time::Duration;

/// Takes a look, and saves another account as soon as this was asked for.
fn look_and_save(world: &World, method: &str, route: &str) -> Value {
    world.advance(Duration::from_secs(56 * MINUTE));
    world.crm.reset_counts();
    let only_route = Some(format!("{method} {route}"));
    world.crm.set_faults(Faults { latency: Duration::from_millis(1500), only_route, ..Faults::default() });
    std::thread::scope(|scope| {
        let looks = scope.spawn(|| look_now(world));
        let asked = || world.crm.counts().of(method, route) > 0;
        assert!(await_until(Duration::from_secs(20), asked), "{:?}", world.crm.requests());
        save(world, "another", world.crm.api_key());
        let stored = looks.join().expect("it looks");
        world.crm.set_faults(Faults::default());
        stored
    })
}

#[test]
fn what_the_former_account_lists_makes_no_events() {
    let world = world(Database::MariaDb);
    let (contact, user) = linked(&world, 0);
    assert_eq!(look(&world), 0);
    change(&world, contact, "New");
    assert_eq!(look_and_save(&world, "POST", "filters/filter/dynamic-filter"), json!(0));
    assert_eq!(world.events().len(), 1, "{:#?}", world.events());
    // The present one does, of what changes there.
    change(&world, contact, "New");
    assert_eq!(look(&world), 1);
    world.drain();
    assert_eq!(world.user(user)["first_name"], "New");
}

#[test]
fn whom_the_former_account_does_not_know_is_not_gone() {
    let world = world(Database::MariaDb);
    let (contact, user) = linked(&world, 0);
    world.set(&json!({"gone_contacts": "unlink"}));
    let known = world.crm.contact(contact).expect("a contact");
    assert!(world.crm.delete_contact(contact));
    look_and_save(&world, "GET", "contacts/{id}");
    assert!(world.crm.counts().with_status(204) > 0, "{:?}", world.crm.requests());
    assert_eq!(world.user(user)["agilecrm_contact_id"], json!(contact.to_string()), "the link is kept");
    // The present one has them.
    world.crm.replace_contact(contact, known);
    for _ in 0..2 {
        look(&world);
    }
    assert_eq!(world.user(user)["agilecrm_contact_id"], json!(contact.to_string()));
}
