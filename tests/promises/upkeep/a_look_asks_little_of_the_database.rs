//! A look costs the database the same number of questions for a page of many contacts as for one of few, and a walk does not ask
//! who is linked to a contact: it has come from the user.

use crate::stage::look::{MINUTE, change, linked, look};
use crate::stage::world::World;
use sandbox::Faults;
use std::time::Duration;

/// The statements of a look at which so many contacts have changed, as the user has it already.
fn look_at(world: &World, people: &[u64]) -> Vec<String> {
    for contact in people {
        change(world, *contact, "Old");
    }
    world.advance(Duration::from_secs(3 * MINUTE));
    let (queued, queries) = world.site.queries_during(|| look(world));
    assert_eq!(queued, 0);
    queries
}

#[test]
fn a_look_asks_little_of_the_database() {
    let world = World::new();
    let people: Vec<_> = (0..12).map(|number| linked(&world, number).0).collect();
    look(&world);
    let few = look_at(&world, &people[..3]);
    let many = look_at(&world, &people);
    assert!(few.iter().any(|sql| sql.contains(&people[0].to_string())), "they are looked at: {few:#?}");
    assert_eq!(few.len(), many.len(), "{many:#?}");

    world.crm.set_faults(Faults { refuse_updated_time_filter: true, ..Faults::default() });
    let (_, queries) = world.site.queries_during(|| look(&world));
    assert!(world.crm.counts().of("GET", "contacts/{id}") >= 12, "they are walked");
    let asked = queries.iter().filter(|sql| sql.contains("agile_bridge_links") && sql.contains("contact_id IN"));
    assert_eq!(asked.count(), 0, "{queries:#?}");
}
