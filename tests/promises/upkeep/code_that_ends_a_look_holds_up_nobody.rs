//! Code of the site that ends PHP, by exit or a fatal error, while the hourly look compares a contact with its user: the next looks
//! pass that contact by for a day, and find the changes of all others.

use crate::stage::look::{change, linked, look};
use crate::stage::world::World;
use std::time::Duration;

const ENDER: &str = r"<?php
add_filter('agile_bridge_user_data', function ($data) { if ('Deadly' === $data['first_name']) exit; return $data; });";

#[test]
fn the_next_look_passes_it_by() {
    let world = World::with(|site| site.mu_plugin_file("ender.php", ENDER));
    let people: Vec<_> = (0..3).map(|number| linked(&world, number)).collect();
    look(&world);
    for (index, (contact, _)) in people.iter().enumerate() {
        change(&world, *contact, if index == 0 { "Deadly" } else { "New" });
    }
    // A look that is ended prints nothing.
    world.advance(Duration::from_secs(56 * 60));
    let ended = world.site.try_wp("return AgileBridge\\Plugin\\Upkeep\\Look::take();");
    assert!(ended.is_err(), "the stand-in does not end it: {ended:?}");
    assert!(world.site.log().contains("mu-plugins/ender.php:"), "{}", world.site.log());
    for _ in 0..2 {
        look(&world);
        world.drain();
    }
    for (_, user) in &people[1..] {
        assert_eq!(world.user(*user)["first_name"], "New");
    }
    assert_eq!(world.user(people[0].1)["first_name"], "Old");
}
