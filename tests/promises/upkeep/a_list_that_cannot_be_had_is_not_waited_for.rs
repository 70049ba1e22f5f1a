//! The CRM's list of changes may be too slow, or not take its own cursor any more: it is asked for less, or begun anew, and in
//! the end linked users are walked instead. Nothing that fails is insisted on for ever, and the screen says what is done.

use crate::stage::look::{change, line_on_screen, linked, look};
use crate::stage::world::World;
use sandbox::Faults;
use serde_json::{Value, json};

const FILTER: &str = "filters/filter/dynamic-filter";

fn record(world: &World) -> Value {
    let rows = world.site.sql("SELECT details FROM wp_agile_bridge_leases WHERE name = 'reconcile'");
    serde_json::from_str(rows[0]["details"].as_str().expect("a text")).expect("JSON")
}

/// A look that was cut off an hour ago and has kept this cursor.
fn cut_off(world: &World, cursor: &str) {
    let mut record = record(world);
    record["began"] = json!(world.now() - 60_000);
    record["cursor"] = json!(cursor);
    world.wp_given(&record, "AgileBridge\\Plugin\\Site\\Lease::keep('reconcile', $given); return 1;");
}

#[test]
fn a_cursor_that_the_crm_does_not_take_is_dropped() {
    let world = World::new();
    let (contact, user) = linked(&world, 0);
    assert_eq!(look(&world), 0);
    change(&world, contact, "New");
    world.advance(std::time::Duration::from_secs(300));
    cut_off(&world, "no-cursor-of-ours");
    world.crm.reset_counts();
    assert_eq!(look(&world), 1, "{:?}", world.crm.requests());
    assert_eq!(world.crm.counts().with_status(200), 1, "it was begun anew: {:?}", world.crm.counts());
    world.drain();
    assert_eq!(world.user(user)["first_name"], "New");
    assert_eq!(record(&world)["cursor"], Value::Null);
    assert!(line_on_screen(&world).starts_with("Last full look for missed changes: "), "{}", line_on_screen(&world));

    // The same where nothing is listed any more. And when a walk is through, a list need not go back further than its beginning.
    cut_off(&world, "no-cursor-of-ours");
    world.crm.set_faults(Faults { refuse_updated_time_filter: true, ..Faults::default() });
    look(&world);
    assert_eq!(record(&world)["cursor"], Value::Null);
    assert!(line_on_screen(&world).contains("asked for one by one"), "{}", line_on_screen(&world));
    for _ in 0..2 {
        look(&world);
    }
    let since = record(&world)["since"].as_i64().expect("a moment");
    assert!(since > world.now() - 130 * 60_000, "{since} of {}", world.now());
    world.crm.set_faults(Faults::default());
    look(&world);
    assert!(!line_on_screen(&world).contains("asked for one by one"), "{}", line_on_screen(&world));
}

#[test]
fn a_page_that_is_too_slow_is_asked_for_with_fewer() {
    let world = World::new();
    let (contact, user) = linked(&world, 0);
    assert_eq!(look(&world), 0);
    change(&world, contact, "New");
    world.crm.set_faults(Faults { longest_page: Some(50), ..Faults::default() });
    assert_eq!(look(&world), 1, "{:?}", world.crm.requests());
    world.drain();
    assert_eq!(world.user(user)["first_name"], "New");
    assert!(!line_on_screen(&world).contains("asked for one by one"), "{}", line_on_screen(&world));

    // None is short enough.
    change(&world, contact, "Newer");
    world.crm.set_faults(Faults { longest_page: Some(0), ..Faults::default() });
    look(&world);
    world.drain();
    assert_eq!(world.user(user)["first_name"], "Newer");
    assert!(line_on_screen(&world).contains("too slowly"), "{}", line_on_screen(&world));
}

#[test]
fn a_list_that_fails_three_times_is_not_waited_for() {
    let world = World::new();
    let (contact, user) = linked(&world, 0);
    assert_eq!(look(&world), 0);
    change(&world, contact, "New");
    let only_route = Some(format!("POST {FILTER}"));
    world.crm.set_faults(Faults { html_200: true, only_route, ..Faults::default() });
    for _ in 0..3 {
        assert_eq!(world.user(user)["first_name"], "Old");
        look(&world);
        world.drain();
    }
    assert_eq!(world.user(user)["first_name"], "New");
    assert!(line_on_screen(&world).contains("fails again and again"), "{}", line_on_screen(&world));
    // And they are walked as long as it does: the end of that lap, and the next one.
    change(&world, contact, "Newer");
    for _ in 0..2 {
        look(&world);
        world.drain();
    }
    assert_eq!(world.user(user)["first_name"], "Newer");
}
