//! While one worker drains and more waits than it has begun, a webhook has only to be stored: it is answered 202 before the theme
//! and most plugins load, so that a burst costs the site little. It is processed with the others, and by itself if the worker
//! that drained has just left.

use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;
use site::Database;

/// Notes each webhook that comes as far as `init`; and lets whoever drains be gone when a webhook is left to them, if a file says so.
const WATCH: &str = r"<?php
    add_action('init', function () {
        if (isset($_GET['wpf_action'])) file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode(['init' => $_GET['wpf_action']]) . PHP_EOL, FILE_APPEND | LOCK_EX);
    }, 0);
    add_filter('query', function ($sql) {
        global $wpdb;
        if (preg_match('/^\s*UPDATE \w+agile_bridge_events/', $sql) && @unlink(WP_CONTENT_DIR . '/leave')) {
            $wpdb->query('UPDATE ' . $wpdb->prefix . 'agile_bridge_leases SET owner = \'\', until_at = 0 WHERE name = \'drain\'');
        }
        return $sql;
    });";

/// A site where one event waits, and somebody drains who never comes to it.
fn busy(database: Database) -> World {
    let world = World::with(|site| site.database(database).mu_plugin_file("watch.php", WATCH));
    world.pause(true);
    let (_, answer) = world.add(ana());
    world.expect(&answer, 202, "queued", "");
    world.pause(false);
    let until = world.now() + 3_600_000;
    let drain = "UPDATE wp_agile_bridge_leases SET owner = 'somebody', until_at =";
    world.site.sql(&format!("{drain} {until} WHERE name = 'drain'"));
    world.take_notes();
    world
}

fn ben() -> Contact {
    Contact::person("ben@example.com").first_name("Ben")
}

fn is_only_stored(database: Database) {
    let world = busy(database);
    let (ben, answer) = world.add(ben());
    world.expect(&answer, 202, "queued", "");
    assert_eq!(answer.json["wp_contact_id"], ben.as_str());
    assert_eq!(world.notes(), [json!(null); 0], "it came as far as `init`");
    assert_eq!(world.event_of(&ben)["state"], "waiting");
    assert_eq!(world.crm.counts().total, 0, "the CRM was asked: {:?}", world.crm.counts());

    // Merged, and refused, as ever.
    world.expect(&world.site.webhook("update", &[("contact_id", &ben)]), 202, "queued", "");
    assert_eq!(world.events().len(), 2, "{:#?}", world.events());
    world.expect(&world.site.webhook("update", &[]), 400, "rejected", "invalid_request");
    world.expect(&world.site.webhook("test", &[]), 200, "ok", "");
    assert_eq!(world.user_count(), 1);

    world.site.sql("UPDATE wp_agile_bridge_leases SET owner = '', until_at = 0 WHERE name = 'drain'");
    world.drain_and_rest();
    assert!(world.events().iter().all(|event| event["status"] == "created"), "{:#?}", world.events());
    assert_eq!(world.user_count(), 3);
}

#[test]
fn it_is_only_stored_on_mariadb() {
    is_only_stored(Database::MariaDb);
}

#[test]
fn it_is_only_stored_on_sqlite() {
    is_only_stored(Database::Sqlite);
}

/// Who left before the webhook was stored cannot have seen it.
#[test]
fn it_is_processed_where_the_worker_that_drained_has_just_left() {
    let world = busy(Database::MariaDb);
    std::fs::write(world.site.root().join("wp-content/leave"), "").expect("a file");
    let (_, answer) = world.add(ben());
    world.expect(&answer, 202, "queued", "");
    world.await_all_done();
    assert_eq!(world.user_count(), 3, "{:#?}", world.events());
    assert_eq!(world.notes(), [json!({"init": "add"})]);
}

/// Nothing waits: the next webhook is processed while it waits, though somebody still holds the drain.
#[test]
fn a_worker_that_drains_the_last_of_it_puts_nobody_off() {
    let world = busy(Database::MariaDb);
    world.site.sql("UPDATE wp_agile_bridge_events SET due_at = due_at + 3600000");
    let (_, answer) = world.add(ben());
    world.expect(&answer, 200, "created", "");
}
