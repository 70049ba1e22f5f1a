//! A linked contact that the CRM cannot give, look after look, is asked for at three looks; all others are looked at
//! meanwhile. Only while the CRM is asked nothing at all does a walk stand still.

use crate::stage::look::{change, linked, look};
use crate::stage::world::World;
use sandbox::Faults;
use serde_json::json;

/// So many requests at a look, all of them the walk's.
fn with_walk(at_each_look: u64) -> World {
    let filter = format!("<?php add_filter('agile_bridge_daily_requests', fn() => {});", 24 * at_each_look);
    World::with(|site| site.mu_plugin_file("budget.php", &filter))
}

fn failing(contacts: &[u64]) -> Faults {
    let only_contacts = contacts.to_vec();
    Faults { status: Some(503), only_contacts, ..Faults::default() }
}

fn asked(world: &World, contact: u64) -> usize {
    let path = format!("contacts/{contact}");
    // Each is tried twice.
    world.crm.requests().iter().filter(|request| request.path.ends_with(&path)).count() / 2
}

#[test]
fn it_is_skipped_after_three_looks() {
    let world = with_walk(1);
    let people: Vec<_> = (0..5).map(|number| linked(&world, number)).collect();
    // Their events are old news then.
    look(&world);
    world.set(&json!({"gone_contacts": "unlink"}));
    for (contact, _) in &people[1..] {
        change_silently(&world, *contact);
    }
    world.crm.set_faults(failing(&[people[0].0]));
    world.crm.reset_counts();
    for _ in 0..5 {
        look(&world);
        world.drain();
    }
    for (contact, user) in &people[1..] {
        assert_eq!(world.user(*user)["first_name"], "New", "{contact}: {:?}", world.crm.requests());
    }
    assert_eq!(asked(&world, people[0].0), 3, "{:?}", world.crm.requests());

    // The next lap asks for it again, and what was held back is told as soon as the CRM gives it.
    look(&world);
    look(&world);
    assert_eq!(asked(&world, people[0].0), 4);
    change_silently(&world, people[0].0);
    world.crm.set_faults(Faults::default());
    look(&world);
    world.drain();
    assert_eq!(world.user(people[0].1)["first_name"], "New", "{:?}", world.crm.requests());
}

/// Neighbours who all fail look like an outage; the connection test says that it is none, and the walk goes on.
#[test]
fn many_that_always_fail_are_passed_by() {
    let world = with_walk(30);
    let people: Vec<_> = (0..18).map(|number| linked(&world, number)).collect();
    world.set(&json!({"gone_contacts": "unlink"}));
    let (failing_ones, last) = people.split_at(17);
    let failing_ones: Vec<u64> = failing_ones.iter().map(|(contact, _)| *contact).collect();
    change_silently(&world, last[0].0);
    world.crm.set_faults(failing(&failing_ones));
    look(&world);
    world.drain();
    assert_eq!(world.user(last[0].1)["first_name"], "New", "{:?}", world.crm.requests());
}

/// So long ago that no list of changes tells it.
fn change_silently(world: &World, contact: u64) {
    change(world, contact, "New");
    let mut now = world.crm.contact(contact).expect("the contact");
    now["updated_time"] = json!(1_600_000_000);
    world.crm.replace_contact(contact, now);
}
