//! A plugin of the site may take back what we write, each time, in a transaction of its own. Its contact is not written and fetched
//! without an end then: the answer says what was refused, and the event is done. Nor is one that seems to be written by
//! somebody else each time: that event waits, by the schedule of every failure, and nobody else waits for it.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;

/// Takes each value of one field back. Either as a part of our transaction, or past wpdb, which ends ours.
const STUBBORN: &str = "<?php
    add_action('updated_user_meta', function ($id, $user, $key, $value) {
        global $wpdb;
        if ('plan' !== $key) return;
        CONNECTION->query('START TRANSACTION');
        CONNECTION->query(\"UPDATE $wpdb->usermeta SET meta_value = 'mine' WHERE umeta_id = \" . (int) $id);
        CONNECTION->query('COMMIT');
    }, 10, 4);";

fn it_is_done_at_once(connection: &str) {
    let stubborn = STUBBORN.replace("CONNECTION", connection);
    let world = World::with(|site| site.field_map(&[("Plan", "plan")]).mu_plugin_file("stubborn.php", &stubborn));
    let (id, answer) = world.add(ana().custom("Plan", "gold"));
    world.expect(&answer, 200, "created", "");
    for (plan, status) in [("silver", "updated"), ("copper", "unchanged")] {
        world.crm.set_property(id.parse().expect("a number"), "CUSTOM", "Plan", "", plan);
        // Beside it what is not taken back.
        world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "first_name", "", "Anna");
        world.crm.reset_counts();
        let answer = world.site.webhook("update", &[("contact_id", &id)]);
        world.expect(&answer, 200, status, "");
        assert_eq!(answer.notes(), ["value_refused:plan"]);
        assert_eq!(world.crm.counts().total, 1, "{:?}", world.crm.counts());
        world.expect_event(&world.event_of(&id), "done", status, "");
        let user = world.user_with("ana@example.com");
        assert_eq!((&user["plan"], &user["first_name"]), (&json!("mine"), &json!("Anna")));
    }
}

#[test]
fn as_a_part_of_our_transaction() {
    it_is_done_at_once("$wpdb");
}

#[test]
fn past_our_transaction() {
    it_is_done_at_once("$wpdb->dbh");
}

/// Before each of our locks somebody else has had them.
const BUSY: &str = "<?php
    add_filter('query', function ($sql) {
        if (str_contains($sql, 'INTO wp_agile_bridge_identities')) {
            (new wpdb(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST))->query('UPDATE wp_agile_bridge_identities SET version = version + 1');
        }
        return $sql;
    });";

#[test]
fn whose_contact_is_always_written_by_somebody_else_waits_like_any_failure() {
    let world = World::with(|site| site.field_map(&[("Plan", "plan")]).mu_plugin_file("busy.php", BUSY));
    let (id, answer) = world.add(ana().custom("Plan", "gold"));
    world.expect(&answer, 200, "created", "");
    world.crm.set_property(id.parse().expect("a number"), "CUSTOM", "Plan", "", "silver");
    world.crm.reset_counts();
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 202, "queued", "");
    world.drain_and_rest();
    let event = world.event_of(&id);
    assert_eq!(event["state"], "waiting", "{event:#}");
    assert!(world.due_in(&event) > 5.0 && number(&event["attempts"]) > 0, "it waits for its time: {event:#}");
    assert!(world.crm.counts().total <= 4, "{:?}", world.crm.counts());
    for _ in 0..10 {
        world.advance(std::time::Duration::from_secs(30 * 3600));
        world.drain_and_rest();
    }
    let event = world.event_of(&id);
    world.expect_event(&event, "dead", "failed", "site_error");
    let (_, answer) = world.add(Contact::person("bo@example.com").custom("Plan", "gold"));
    world.expect(&answer, 200, "created", "");
    assert_eq!(world.user_with("bo@example.com")["plan"], json!("gold"));
}
