//! A look costs the database the same number of questions for a page of many contacts as for one of few, whether or not their
//! users would change, and a walk does not ask who is linked to a contact: it has come from the user.

use crate::stage::crowd::crowd;
use crate::stage::look::{MINUTE, change, look};
use crate::stage::world::World;
use sandbox::Faults;
use std::time::Duration;

const FEW: usize = 50;
const MANY: usize = 200;

/// The statements of a look at which all of these have changed: to this name.
fn look_at(world: &World, people: &[u64], name: &str) -> Vec<String> {
    for contact in people {
        change(world, *contact, name);
    }
    world.advance(Duration::from_secs(3 * MINUTE));
    let (queued, queries) = world.site.queries_during(|| look(world));
    assert_eq!(queued, if name == "Old" { 0 } else { people.len() });
    queries
}

#[test]
fn a_look_asks_little_of_the_database() {
    let world = World::new();
    let people = crowd(&world, FEW + MANY);
    look(&world);
    let (few, many) = people.split_at(FEW);
    // The second time those of a page are news, which is stored.
    for name in ["Old", "New"] {
        let asked_of_few = look_at(&world, few, name);
        let asked_of_many = look_at(&world, many, name);
        assert!(
            asked_of_few.iter().any(|sql| sql.contains(&few[0].to_string())),
            "they are looked at: {asked_of_few:#?}"
        );
        let shortened: Vec<_> = asked_of_many.iter().map(|sql| sql.chars().take(120).collect::<String>()).collect();
        assert_eq!(asked_of_few.len(), asked_of_many.len(), "{name}: {shortened:#?}");
    }

    world.crm.set_faults(Faults { refuse_updated_time_filter: true, ..Faults::default() });
    let (_, queries) = world.site.queries_during(|| look(&world));
    assert!(world.crm.counts().of("GET", "contacts/{id}") >= 12, "they are walked");
    let asked = queries.iter().filter(|sql| sql.contains("agile_bridge_links") && sql.contains("contact_id IN"));
    assert_eq!(asked.count(), 0, "{queries:#?}");
}
