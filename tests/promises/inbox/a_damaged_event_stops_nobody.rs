//! A row that somebody has damaged, or that another version has left, stops nothing behind it: it is given up when it cannot be
//! paid, the others are processed, and the screen goes on counting.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use std::time::Duration;

/// JSON that no version of ours writes.
const DAMAGED: [&str; 6] = [
    "{\"status\":null,\"user_id\":\"7\"}",
    "[1,2]",
    "{\"password\":1,\"welcome\":1}",
    "{\"contact\":5}",
    "no JSON",
    "{}",
];

fn state(world: &World, id: &str) -> String {
    world.event_of(id)["state"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_is_owed_cannot_be_read() {
    let world = World::new();
    let ids: Vec<_> =
        (0..DAMAGED.len()).map(|person| world.add(Contact::person(&format!("p{person}@example.com"))).0).collect();
    world.await_rest();
    for (id, owed) in ids.iter().zip(DAMAGED) {
        let broken = format!(
            "UPDATE wp_agile_bridge_events SET state = 'applied', open_key = subject_key, owner = 'gone', lease_until = 1, \
             owed = '{owed}' WHERE contact_id = '{id}'"
        );
        world.site.sql(&broken);
    }
    // One that waits behind them all.
    let (healthy, _) = world.add(ana());
    for _ in 0..DAMAGED.len() {
        world.advance(Duration::from_secs(61));
        world.drain();
    }
    assert_eq!(state(&world, &healthy), "done", "{:#?}\n{}", world.events(), world.site.log());
    for _ in 0..5 * DAMAGED.len() {
        if ids.iter().all(|id| state(&world, id) == "dead") {
            break;
        }
        world.advance(Duration::from_secs(61));
        world.drain();
    }
    let states: Vec<_> = ids.iter().map(|id| state(&world, id)).collect();
    assert!(states.iter().all(|state| state == "dead"), "{states:?}\n{:#?}", world.events());
}

#[test]
fn a_state_of_another_version_is_not_counted_and_breaks_no_screen() {
    let world = World::new();
    world.add(ana());
    world.await_rest();
    world.site.sql("UPDATE wp_agile_bridge_events SET state = 'later'");
    let counts = world.site.wp("return AgileBridge\\Plugin\\Inbox\\Replay::count_events();");
    assert_eq!(number(&counts["done"]), 0, "{counts}");
    world.expect(
        &world.site.webhook("add", &[("contact_id", &world.contact(Contact::person("b@example.com")))]),
        200,
        "created",
        "",
    );
}

#[test]
fn a_plugin_that_is_not_active_is_drained_all_the_same() {
    let world = World::new();
    world.store(2);
    world.site.wp("deactivate_plugins('bridge-for-agile-crm/bridge-for-agile-crm.php'); return true;");
    let (said, complaints, code) = world.drain_php(&[]);
    assert_eq!((said.as_str(), complaints.as_str(), code), ("2 events were processed\n", "", Some(0)));
    // None of our hooks are there: WP-Cron keeps no event of a plugin that is away.
    assert_eq!(world.site.wp("return wp_next_scheduled('agile_bridge_drain');"), false);
}
