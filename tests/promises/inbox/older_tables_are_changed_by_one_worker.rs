//! Tables of an older version are changed while nobody waits for it: webhooks are stored and processed as before, until a worker
//! that drains has brought the tables up to date, all at once and one worker at a time.

use crate::stage::inbox::at_once;
use crate::stage::second_connection::SecondConnection;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;
use site::Database;
use std::time::{Duration, Instant};

const OLD: [&str; 4] = [
    "ALTER TABLE wp_agile_bridge_events DROP COLUMN notes, DROP COLUMN changed, DROP COLUMN duration_ms, DROP COLUMN steps,
        DROP KEY subject_key, DROP KEY email, DROP KEY user_id, DROP KEY outcome",
    "ALTER TABLE wp_agile_bridge_identities DROP KEY locked_on, DROP COLUMN locked_on",
    "DROP TABLE wp_agile_bridge_links",
    "DELETE FROM wp_agile_bridge_leases WHERE name NOT IN ('drain', 'crm', 'reconcile', 'cleanup')",
];

/// The option as the first release wrote it.
const OLD_OPTION: &str = "UPDATE wp_options SET option_value = '1' WHERE option_name = 'agile_bridge_schema'";

fn version(world: &World) -> String {
    let rows = world.site.sql("SELECT option_value FROM wp_options WHERE option_name = 'agile_bridge_schema'");
    rows[0]["option_value"].as_str().unwrap_or_default().to_owned()
}

fn definition(world: &World) -> String {
    let row = world.site.sql("SHOW CREATE TABLE wp_agile_bridge_events").remove(0);
    let text = row["Create Table"].as_str().unwrap_or_default().to_owned();
    text.split(" AUTO_INCREMENT=").next().unwrap_or_default().to_owned()
}

/// A site with the tables of the first release, and a user.
fn old_site() -> World {
    let world = World::new();
    let (_, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    for sql in OLD.iter().chain(&[OLD_OPTION]) {
        world.site.sql(sql);
    }
    world
}

/// As if somebody were at it, or had been killed at it.
fn hold(world: &World) {
    let values = format!("('schema', 'x', {}, '')", world.now() + 3_600_000);
    world.site.sql(&format!("INSERT INTO wp_agile_bridge_leases (name, owner, until_at, details) VALUES {values}"));
}

#[test]
fn no_webhook_changes_them_and_one_worker_does() {
    let world = World::new();
    world.expect(&world.add(ana()).1, 200, "created", "");
    let newest = definition(&world);
    for sql in OLD.iter().chain(&[OLD_OPTION]) {
        world.site.sql(sql);
    }
    // Nobody may begin as yet, neither the one who drains once this webhook is answered.
    hold(&world);
    world.pause(true);
    let (answer, queries) = world.site.queries_during(|| world.add(Contact::person("one@example.com")).1);
    world.expect(&answer, 202, "queued", "");
    let asked = |queries: &[String], what: &str| queries.iter().filter(|query| query.contains(what)).count();
    for what in ["ALTER TABLE", "CREATE TABLE", "SHOW ", "agile_bridge_schema'", "_links", "locked_on", "duration_ms"] {
        assert_eq!(asked(&queries, what), 0, "{what}: {queries:#?}");
    }
    // Nor where the option is lost: the tables are there.
    world.site.sql("DELETE FROM wp_options WHERE option_name = 'agile_bridge_schema'");
    let (answer, queries) = world.site.queries_during(|| world.add(Contact::person("two@example.com")).1);
    world.expect(&answer, 202, "queued", "");
    assert_eq!((asked(&queries, "ALTER TABLE"), version(&world).as_str()), (0, "1"), "{queries:#?}");
    world.site.sql("UPDATE wp_agile_bridge_leases SET until_at = 0 WHERE name = 'schema'");
    world.pause(false);
    let ((), queries) = world.site.queries_during(|| {
        at_once(3, |_| world.drain());
    });
    assert_eq!((version(&world).as_str(), definition(&world)), ("1.2", newest));
    assert_eq!(asked(&queries, "ALTER TABLE wp_agile_bridge_events"), 2, "columns and keys: {queries:#?}");
    assert_eq!(asked(&queries, "UPDATE `wp_options` SET `option_value` = '1.2'"), 1, "{queries:#?}");
    world.await_all_done();
    assert_eq!(world.user_count(), 4);
    assert_eq!(world.site.log(), "");
}

#[test]
fn while_they_are_older_all_is_as_before() {
    let world = old_site();
    hold(&world);
    let (id, answer) = world.add(Contact::person("one@example.com"));
    world.expect(&answer, 200, "created", "");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
    world.store(2);
    world.drain_and_rest();
    world.site.sql("UPDATE wp_agile_bridge_leases SET until_at = 0 WHERE name = 'cleanup'");
    world
        .site
        .wp("AgileBridge\\Plugin\\Inbox\\Retention::remove_old(); return AgileBridge\\Plugin\\Upkeep\\Look::take();");
    assert_eq!((version(&world).as_str(), world.user_count()), ("1", 5));
    assert_eq!(world.site.log(), "");
    world.advance(Duration::from_secs(3600));
    world.drain();
    assert_eq!(version(&world), "1.2");
}

#[test]
fn who_uses_the_table_is_waited_for_briefly() {
    let world = old_site();
    let mut other = SecondConnection::open(&world);
    other.run("START TRANSACTION");
    other.run("SELECT * FROM wp_agile_bridge_events");
    let began = Instant::now();
    std::thread::scope(|scope| {
        let drain = scope.spawn(|| world.drain());
        while !drain.is_finished() {
            let (_, answer) = world.add(Contact::person(&format!("p{}@example.com", began.elapsed().as_nanos())));
            assert!([200, 202].contains(&answer.status), "{}", answer.json);
        }
    });
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(version(&world), "1");
    assert!(world.site.log().contains("could not be brought up to date"), "{}", world.site.log());
    other.run("COMMIT");
    world.drain();
    assert_eq!(version(&world), "1", "not at once");
    world.advance(Duration::from_secs(61));
    world.drain();
    assert_eq!(version(&world), "1.2");
    world.await_all_done();
}

#[test]
fn a_table_that_was_restored_from_an_older_backup_is_changed_anew() {
    let world = World::new();
    world.expect(&world.add(ana()).1, 200, "created", "");
    for sql in &OLD[..2] {
        world.site.sql(sql);
    }
    let (_, answer) = world.add(Contact::person("one@example.com"));
    assert!([200, 202, 503].contains(&answer.status), "{}", answer.json);
    world.catch_up();
    world.drain();
    assert_eq!((version(&world).as_str(), world.user_count()), ("1.2", 3));
    let (id, answer) = world.add(Contact::person("two@example.com"));
    world.expect(&answer, 200, "created", "");
    assert!(world.event_of(&id)["steps"].is_string());
}

#[test]
fn on_sqlite_too() {
    let world = World::with(|site| site.database(Database::Sqlite));
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    for column in ["notes", "changed", "duration_ms", "steps"] {
        let sql = format!("ALTER TABLE wp_agile_bridge_events DROP COLUMN {column}");
        world.wp_given(&json!(sql), "global $wpdb; return $wpdb->query($given);");
    }
    world.site.wp("global $wpdb; return $wpdb->query('DROP TABLE wp_agile_bridge_links');");
    world.site.sql(OLD_OPTION);
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
    world.drain_and_rest();
    assert_eq!(version(&world), "1.2");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
    assert!(world.event_of(&id).get("steps").is_some());
    assert_eq!(world.site.log(), "");
}
