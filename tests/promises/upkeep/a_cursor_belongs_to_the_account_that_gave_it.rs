//! Where a look was cut off, and up to which moment changes are known, an account has told. With another one the look begins
//! anew.

use crate::stage::look::{MINUTE, change, linked, look, look_now};
use crate::stage::world::World;
use sandbox::{Contact, Faults, Options, Sandbox};
use std::time::Duration;

const FILTER: &str = "filters/filter/dynamic-filter";

#[test]
fn neither_the_cursor_nor_the_moment_of_another_account_counts() {
    let mut world = World::new();
    let (contact, user) = linked(&world, 0);
    assert_eq!(look(&world), 0);
    // The second page fails: the look goes on there.
    for person in 0..250 {
        let stranger = world.crm.create_contact(Contact::person(&format!("stranger{person}@example.com")));
        change(&world, stranger, "New");
    }
    let cut = Faults { status: Some(503), spares: 1, only_route: Some(format!("POST {FILTER}")), ..Faults::default() };
    world.crm.set_faults(cut);
    look(&world);
    let kept = world.site.sql("SELECT details FROM wp_agile_bridge_leases WHERE name = 'reconcile'");
    assert!(kept[0]["details"].as_str().is_some_and(|details| details.contains("cursor")), "{kept:?}");

    // Another account, whose contact this user is linked to; changed longer ago than the former account was looked at.
    let another = Sandbox::start(Options::default()).expect("the sandbox starts");
    let known = world.crm.contact(contact).expect("the contact");
    for (name, value) in
        [("API_URL", another.url()), ("EMAIL", another.email().to_owned()), ("API_KEY", another.api_key().to_owned())]
    {
        world.site.set_constant(&format!("AGILE_BRIDGE_{name}"), value);
    }
    world.crm = another;
    world.crm.replace_contact(contact, known);
    change(&world, contact, "Another");
    world.advance(Duration::from_secs(56 * MINUTE));
    assert_eq!(look_now(&world), 1, "{:?}", world.crm.requests());
    let asked = world.crm.requests().into_iter().find(|request| request.path.contains(FILTER)).expect("a list");
    assert!(!asked.body.contains("cursor"), "{}", asked.body);
    world.drain();
    assert_eq!(world.user(user)["first_name"], "Another");

    // A new key of the same account is no other account: nothing is asked twice.
    let home = world.site.sql("SELECT details FROM wp_agile_bridge_leases WHERE name = 'reconcile'");
    world.site.set_constant("AGILE_BRIDGE_API_KEY", "a-wrong-key");
    look(&world);
    let later = world.site.sql("SELECT details FROM wp_agile_bridge_leases WHERE name = 'reconcile'");
    assert_eq!(home, later, "what was known is known still");
}
