//! For how many days events stay that are done, and those that were given up, is the admin's choice; nothing beside its bounds is
//! stored, and code of the site has the last word. What waits stays in any case.

use crate::stage::inbox::number;
use crate::stage::world::World;
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// Only where it is asked for.
const FILTER: &str = "<?php
    add_filter('agile_bridge_keep_done_days', fn($days) => is_file(WP_CONTENT_DIR . '/by-code') ? 5000 : $days);";

/// Gives these events the state and the time since which they are in it.
fn aged(world: &World, events: &[(&str, i64)]) {
    world.site.sql("DELETE FROM wp_agile_bridge_events");
    world.store(events.len());
    let ids: Vec<_> = world.events().iter().map(|event| number(&event["id"])).collect();
    for (id, (state, age)) in ids.iter().zip(events) {
        let open = if *state == "waiting" { "" } else { ", open_key = NULL" };
        let (since, far) = (world.now() - age, world.now() + 1000 * DAY);
        world.site.sql(&format!(
            "UPDATE wp_agile_bridge_events SET state = '{state}', updated_at = {since}, due_at = {far}{open} WHERE id = {id}"
        ));
    }
    world.site.sql("UPDATE wp_agile_bridge_leases SET until_at = 0 WHERE name = 'cleanup'");
    world.drain_and_rest();
}

/// State and age in days of those that are left.
fn left(world: &World) -> Vec<(String, i64)> {
    let event = |event: &Value| {
        let age = (world.now() - number(&event["updated_at"])) / DAY;
        (event["state"].as_str().unwrap_or_default().to_owned(), age)
    };
    world.events().iter().map(event).collect()
}

#[test]
fn from_a_day_to_a_year() {
    let world = World::with(|site| site.mu_plugin_file("keep.php", FILTER));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let days = |name: &str| -> Value {
        world.site.wp(&format!("return AgileBridge\\Plugin\\Inbox\\Retention::days_of_{name}();"))
    };
    assert_eq!((days("done"), days("dead")), (json!(14), json!(90)));

    world.save_settings(&cookie, &[("[keep_done_days]", "3"), ("[keep_dead_days]", "30")]);
    aged(
        &world,
        &[
            ("done", 3 * DAY + HOUR),
            ("done", 2 * DAY + HOUR),
            ("dead", 30 * DAY + HOUR),
            ("dead", 29 * DAY + HOUR),
            ("waiting", 400 * DAY),
        ],
    );
    assert_eq!(left(&world), [("done".to_owned(), 2), ("dead".to_owned(), 29), ("waiting".to_owned(), 400)]);
    let page = world.settings_tab(&cookie, "advanced");
    assert!(page.contains("Processed in the last 3 days"), "{page}");
    let dashboard = site::Request::new("GET", "/wp-admin/index.php").header("Cookie", &cookie);
    assert!(world.site.send(&dashboard).body().contains("What was given up is kept for 30 days"));

    for wrong in ["0", "366", "-1", "2.5", "", "a week"] {
        let page = world.save_settings(&cookie, &[("[keep_done_days]", wrong)]);
        assert!(page.contains("Events are kept for 1 to 365 days"), "{wrong}: {page}");
    }
    assert_eq!((days("done"), days("dead")), (json!(3), json!(30)), "it stays as it was");

    // Longer than before, and by code, within the bounds.
    std::fs::write(world.site.root().join("wp-content/by-code"), "").expect("a file");
    assert_eq!(days("done"), 365);
    assert!(world.settings_tab(&cookie, "advanced").contains("Code of this site sets it to 365"));
    aged(&world, &[("done", 366 * DAY), ("done", 364 * DAY + HOUR)]);
    assert_eq!(left(&world), [("done".to_owned(), 364)]);
}
