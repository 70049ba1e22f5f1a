//! A look over 10,000 users who have changed needs hardly more memory than one over 1,000: it goes from page to page.

use crate::stage::crowd::crowd;
use crate::stage::look::{MINUTE, change, look};
use crate::stage::world::World;
use std::time::Duration;

const FEW: usize = 1000;
const MANY: usize = 9000;

/// The most memory that a look needs at which all of these have changed; MiB.
fn look_at(world: &World, people: &[u64]) -> f64 {
    for contact in people {
        change(world, *contact, "New");
    }
    world.advance(Duration::from_secs(59 * MINUTE));
    let found = world.site.wp(
        "$before = memory_get_usage(); memory_reset_peak_usage();
         $stored = AgileBridge\\Plugin\\Upkeep\\Look::take(); return [$stored, (memory_get_peak_usage() - $before) / 1048576];",
    );
    assert_eq!(found[0], people.len(), "{}", world.site.log());
    found[1].as_f64().expect("a number")
}

#[test]
fn a_look_over_many_users_keeps_its_memory() {
    let world = World::new();
    let people = crowd(&world, FEW + MANY);
    look(&world);
    let (few, many) = people.split_at(FEW);
    let few = look_at(&world, few);
    let many = look_at(&world, many);
    assert!(many < few + 2.0, "{few:.1} MiB for {FEW}, {many:.1} for {MANY}");
}
