//! One worker at a time drains the inbox, on however many servers: up to eight contacts are under way at once, and no more; when
//! its time is up, what it has not begun waits for the next one.

use crate::inbox::number;
use crate::world::World;
use sandbox::Faults;
use serde_json::json;
use site::await_until;
use std::time::{Duration, Instant};

fn slow_crm(world: &World, milliseconds: u64) {
    world.crm.set_faults(Faults { latency: Duration::from_millis(milliseconds), ..Faults::default() });
}

#[test]
fn a_second_one_leaves_it_to_the_first() {
    let world = World::new();
    world.store(24);
    slow_crm(&world, 300);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| world.drain());
        assert!(await_until(Duration::from_secs(30), || world.crm.counts().total > 0), "nobody drains");
        assert_eq!(world.drain(), 0, "it is somebody else's turn");
        assert!(!first.is_finished(), "the first one was done before the second one came: that proves nothing");
        assert_eq!(first.join().expect("it ends"), 24);
    });
    assert_eq!(world.crm.counts().total, 24, "one request each: {:?}", world.crm.counts());
    assert_eq!(world.user_count(), 25);
}

#[test]
fn eight_contacts_are_under_way_at_once() {
    for (filter, at_once) in [("", 8), ("add_filter('agile_bridge_concurrent_fetches', fn() => 3);", 3)] {
        let world = World::with(|site| site.mu_plugin_file("filter.php", &format!("<?php {filter}")));
        world.store(24);
        slow_crm(&world, 300);
        assert_eq!(world.drain(), 24);
        assert_eq!(world.crm.counts().in_flight_max, at_once, "{:?}", world.crm.counts());
    }
}

#[test]
fn what_does_not_fit_into_its_time_waits_untouched() {
    let world = World::new();
    world.store(24);
    slow_crm(&world, 500);
    let began = Instant::now();
    let drained = world.site.wp(
        "require_once WP_PLUGIN_DIR . '/bridge-for-agile-crm/inc/drain.php'; return AgileBridge\\Plugin\\drain(300);",
    );
    assert!(began.elapsed() < Duration::from_secs(10), "it took {:?}", began.elapsed());
    let drained = number(&drained);
    assert!((8..24).contains(&drained), "{drained} of 24");
    let left: Vec<_> = world.events().into_iter().filter(|event| event["state"] != "done").collect();
    assert_eq!(i64::try_from(left.len()).expect("a few"), 24 - drained);
    for event in &left {
        let state = (&event["state"], &event["owner"], number(&event["attempts"]), number(&event["lease_until"]));
        assert_eq!(state, (&json!("waiting"), &json!(""), 0, 0), "{event:#}");
    }
    let total = i64::try_from(world.crm.counts().total).expect("a few");
    assert_eq!(total, drained, "what was begun was also applied: {:?}", world.crm.counts());
    slow_crm(&world, 0);
    assert_eq!(i64::try_from(world.drain()).expect("a few"), 24 - drained);
    assert_eq!(world.user_count(), 25);
}
