//! Events that are done leave after 14 days, dead ones after 90; of more than so many rows the oldest that are done. What waits
//! never leaves, however old it is.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use site::Database;
use std::time::Duration;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// As many events as there are ages: their state, and how long ago it was entered. They wait for a time that is far away.
fn aged(world: &World, events: &[(&str, i64)]) {
    world.pause(true);
    for number in 0..events.len() {
        let id = world.contact(Contact::person(&format!("p{number}@example.com")));
        world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    }
    let ids: Vec<_> = world.events().iter().map(|event| number(&event["id"])).collect();
    let (now, far) = (world.now(), world.now() + 1000 * DAY);
    for (id, (state, age)) in ids.iter().zip(events) {
        let open = if *state == "waiting" { "" } else { ", open_key = NULL" };
        let since = now - age;
        world.site.sql(&format!(
            "UPDATE wp_agile_bridge_events SET state = '{state}', created_at = {since}, updated_at = {since}, due_at = {far}{open} WHERE id = {id}"
        ));
    }
    world.pause(false);
}

/// The ids of those that are left.
fn left(world: &World) -> Vec<i64> {
    world.events().iter().map(|event| number(&event["id"])).collect()
}

/// A drain at a time when nobody has cleaned up within the last minute.
fn clean_up(world: &World) {
    world.site.sql("UPDATE wp_agile_bridge_leases SET until_at = 0 WHERE name = 'cleanup'");
    world.drain_and_rest();
}

fn each_state_has_its_time(database: Database) {
    let world = World::with(|site| site.database(database));
    aged(
        &world,
        &[
            ("waiting", 400 * DAY),
            ("done", 14 * DAY + HOUR),
            ("done", 14 * DAY - HOUR),
            ("done", 0),
            ("dead", 90 * DAY + HOUR),
            ("dead", 90 * DAY - HOUR),
            ("dead", 20 * DAY),
            ("waiting", 15 * DAY),
        ],
    );
    let ids = left(&world);
    let of = |places: &[usize]| places.iter().map(|place| ids[*place]).collect::<Vec<_>>();
    clean_up(&world);
    assert_eq!(left(&world), of(&[0, 2, 3, 5, 6, 7]));
    // At most once a minute.
    world.advance(Duration::from_secs(2 * 3600));
    world.drain_and_rest();
    assert_eq!(left(&world), of(&[0, 3, 6, 7]), "its hour has come");
    world.site.sql("UPDATE wp_agile_bridge_events SET updated_at = 0 WHERE state <> 'waiting'");
    world.drain_and_rest();
    assert_eq!(left(&world), of(&[0, 3, 6, 7]), "not twice within a minute");
    world.advance(Duration::from_secs(61));
    world.drain_and_rest();
    assert_eq!(left(&world), of(&[0, 7]));
    world.advance(Duration::from_secs(900 * 86_400));
    clean_up(&world);
    assert_eq!(left(&world), of(&[0, 7]), "what waits never leaves");
    // And is done when its time has come.
    world.advance(Duration::from_secs(101 * 86_400));
    world.drain_and_rest();
    world.await_all_done();
    assert_eq!(world.user_count(), 3);
}

#[test]
fn each_state_has_its_time_on_mariadb() {
    each_state_has_its_time(Database::MariaDb);
}

#[test]
fn each_state_has_its_time_on_sqlite() {
    each_state_has_its_time(Database::Sqlite);
}

fn beyond_the_maximum_the_oldest_that_are_done(database: Database) {
    let filter = "<?php add_filter('agile_bridge_max_events', fn($max) => 200000 === $max ? 3 : $max);";
    let world = World::with(|site| site.database(database).mu_plugin_file("max.php", filter));
    let states = ["done", "waiting", "done", "dead", "done", "done", "done", "dead"];
    aged(&world, &states.map(|state| (state, HOUR)));
    let ids = left(&world);
    clean_up(&world);
    // The three newest, and what is not done.
    assert_eq!(left(&world), [1, 3, 5, 6, 7].map(|place: usize| ids[place]));
}

#[test]
fn beyond_the_maximum_the_oldest_that_are_done_on_mariadb() {
    beyond_the_maximum_the_oldest_that_are_done(Database::MariaDb);
}

#[test]
fn beyond_the_maximum_the_oldest_that_are_done_on_sqlite() {
    beyond_the_maximum_the_oldest_that_are_done(Database::Sqlite);
}

/// More than one statement takes, and each takes a thousand.
fn in_small_batches(database: Database) {
    let world = World::with(|site| site.database(database));
    aged(&world, &[("done", 15 * DAY), ("done", HOUR)]);
    let rows = |from: u32, to: u32, since: i64| {
        format!(
            "INSERT INTO wp_agile_bridge_events (state, action, contact_id, updated_at, message) \
             WITH RECURSIVE n AS (SELECT {from} AS n UNION ALL SELECT n + 1 FROM n WHERE n < {to}) \
             SELECT 'done', 'update', n, {since}, '' FROM n"
        )
    };
    for part in 0..3 {
        world.site.sql(&rows(1000 * part + 1, 1000 * part + 900, world.now() - 15 * DAY));
    }
    assert_eq!(world.events().len(), 2 + 2700);
    clean_up(&world);
    assert_eq!(world.events().len(), 1, "the one that is younger");
}

#[test]
fn in_small_batches_on_mariadb() {
    in_small_batches(Database::MariaDb);
}

#[test]
fn in_small_batches_on_sqlite() {
    in_small_batches(Database::Sqlite);
}
