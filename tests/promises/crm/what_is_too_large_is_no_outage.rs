//! A contact whose answer is larger than is read is so by itself, whoever asks for it: others are answered well, and none of them
//! waits for it.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::json;

const ADDRESS: &str = "shared@example.com";

#[test]
fn what_is_too_large_is_no_outage() {
    let world = World::new();
    let (large, answer) = world.add(Contact::person(ADDRESS));
    world.expect(&answer, 200, "created", "");
    world.crm.set_property(large.parse().expect("an id"), "CUSTOM", "Bio", "", &"x".repeat(3_000_000));
    let answer = world.site.webhook("update", &[("contact_id", &large)]);
    world.expect(&answer, 202, "queued", "");

    // Whether it still has the address it is asked for each of these.
    let others: Vec<String> = (0..6).map(|_| world.contact(Contact::person(ADDRESS))).collect();
    world.pause(true);
    for id in &others {
        world.expect(&world.site.webhook("add", &[("contact_id", id)]), 202, "queued", "");
    }
    world.pause(false);
    world.drain_and_rest();
    let crm = &world.site.sql("SELECT failures, details FROM wp_agile_bridge_leases WHERE name = 'crm'")[0];
    assert_eq!((number(&crm["failures"]), &crm["details"]), (0, &json!("")), "{:?}", world.crm.requests());
    for id in others {
        let event = world.event_of(&id);
        assert!(event["message"].as_str().is_some_and(|message| message.contains("larger than 2 MiB")), "{event:#}");
    }
    let (_, answer) = world.add(Contact::person("next@example.com"));
    world.expect(&answer, 200, "created", "");
}
