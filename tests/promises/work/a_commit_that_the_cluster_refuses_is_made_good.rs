//! On a cluster each node decides at the commit whether another one has changed the same rows meanwhile, and a statement can be
//! refused because the node has lost the others. Whichever statement it is, the answer is true, all is stored, and what is owed is
//! paid once.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use serde_json::{Value, json};
use std::fs;

/// Galera; `MySQL`'s group replication, with two numbers.
const REFUSALS: [u16; 3] = [1213, 3101, 1180];

/// Refuses, as often as there are numbers in a file, the first statement like the pattern in another one that comes after one like
/// the pattern before it. 0: the connection is gone.
const CLUSTER: &str = r#"<?php
    add_filter('query', function ($sql) {
        global $wpdb;
        static $armed = false;
        $folder   = WP_CONTENT_DIR;
        $patterns = @file($folder . '/patterns', FILE_IGNORE_NEW_LINES);
        if (!$patterns) return $sql;
        $armed_by_this = preg_match($patterns[0], $sql);
        if (!$armed || !preg_match($patterns[1], $sql)) {
            $armed = $armed || $armed_by_this;
            return $sql;
        }
        $armed = false;
        if (!@rename($folder . '/refusal', $folder . '/refused')) return $sql;
        $number = (int) file_get_contents($folder . '/refused');
        if (0 === $number) {
            $wpdb->dbh->query('KILL CONNECTION_ID()');
            return $sql;
        }
        $wpdb->dbh->query('ROLLBACK');
        foreach (@file($folder . '/others', FILE_IGNORE_NEW_LINES) ?: [] as $other) $wpdb->dbh->query($other);
        return sprintf("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = %d", $number);
    }, PHP_INT_MAX - 1);

    // What they are told is stored.
    add_action('agile_bridge_user_updated', fn($id) => file_put_contents(
        WP_CONTENT_DIR . '/notes.jsonl', json_encode([$id, $GLOBALS['wpdb']->get_var(
            "SELECT meta_value FROM {$GLOBALS['wpdb']->usermeta} WHERE user_id = $id AND meta_key = 'first_name'"
        )]) . PHP_EOL, FILE_APPEND));"#;

/// The statement that ends an event, as its last one.
const ENDS: &str = r"/^UPDATE \w+agile_bridge_events SET\s+state = CASE/";

const COMMIT: &str = "/^COMMIT$/";

fn world() -> World {
    let world = World::with(|site| site.mu_plugin_file("cluster.php", CLUSTER));
    world.expect(&world.site.webhook("test", &[]), 200, "ok", "");
    world.drain();
    world
}

fn refuse(world: &World, after: &str, statement: &str, number: u16) {
    let file = |name: &str, text: &str| fs::write(world.site.root().join("wp-content").join(name), text);
    file("patterns", &format!("{after}\n{statement}\n")).expect("a file");
    file("refusal", &number.to_string()).expect("a file");
}

#[track_caller]
fn expect_refused(world: &World) {
    let refused = world.site.root().join("wp-content/refused");
    assert!(refused.exists(), "it did not come to that: {:#?}", world.events());
    fs::remove_file(refused).expect("a file");
    let _ = fs::remove_file(world.site.root().join("wp-content/patterns"));
}

/// It is the last statement, and the caller has its answer by then. Without a second try the event would be held until its lease is over.
#[test]
fn of_the_event_whose_caller_is_gone() {
    let world = world();
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    for number in [&REFUSALS[..], &[0]].concat() {
        refuse(&world, "/^SELECT e\\.\\*/", ENDS, number);
        world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
        world.await_rest();
        expect_refused(&world);
        let event = world.event_of(&id);
        world.expect_event(&event, "done", "unchanged", "");
    }
    assert_eq!(world.site.sql("SELECT id FROM wp_agile_bridge_events WHERE crashes > 0").len(), 0);
}

#[test]
fn of_events_that_are_claimed() {
    let world = world();
    for error in REFUSALS {
        world.store(2);
        refuse(&world, r"/^UPDATE \w+agile_bridge_events SET state = 'running'/", COMMIT, error);
        assert_eq!(world.drain(), 2, "{:#?}\n{}", world.events(), world.site.log());
        expect_refused(&world);
    }
    let events =
        world.site.sql("SELECT * FROM wp_agile_bridge_events WHERE state <> 'done' OR attempts <> 1 OR crashes > 0");
    assert!(events.is_empty(), "{events:#?}");
}

/// Where it writes a user: in the middle, where it looks whether it has held, in the note that it is done, and at its end.
#[test]
fn of_the_transaction_that_writes_a_user() {
    let world = world();
    let [release, note] = ["/^RELEASE SAVEPOINT agile_bridge$/", ENDS];
    let refusals = [
        (1927, r"/^INSERT INTO `?\w+users/"),
        (1047, r"/^INSERT INTO `?\w+usermeta/"),
        (1213, release),
        (1180, note),
        (3101, note),
        (3101, COMMIT),
    ];
    for (made, (number, statement)) in (1..).zip(refusals) {
        refuse(&world, "/^SAVEPOINT agile_bridge$/", statement, number);
        let email = format!("p{made}@example.com");
        let (id, answer) = world.add(sandbox::Contact::person(&email).first_name("Ana").tag("Lead"));
        world.expect(&answer, 200, "created", "");
        world.await_rest();
        expect_refused(&world);
        let user = world.user_with(&email);
        let stored = (&user["first_name"], &user["roles"], &user["agilecrm_contact_id"], &user["agilecrm_tags"]);
        let wanted = (&json!("Ana"), &json!(["subscriber"]), &json!(id), &json!(["Lead"]));
        assert_eq!(stored, wanted, "{number} at {statement}");
        assert!(user.get("_agile_bridge_creating").is_none(), "{user:#}");
        assert_eq!((world.user_count(), world.orphans()), (1 + made, Vec::<Value>::new()));
        world.expect_event(&world.event_of(&id), "done", "created", "");
    }
}

/// On another node somebody has locked the same contact meanwhile: what is told of the contact is stored, and the newest state is.
#[test]
fn by_somebody_who_was_first() {
    let world = world();
    let (id, answer) = world.add(ana());
    let user = answer.user_id().expect("a user");
    let others = "UPDATE wp_agile_bridge_identities SET version = version + 5";
    fs::write(world.site.root().join("wp-content/others"), others).expect("a file");
    for (name, statement) in [("Bea", "/^RELEASE SAVEPOINT agile_bridge$/"), ("Cleo", COMMIT)] {
        world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "first_name", "", name);
        refuse(&world, "/^SAVEPOINT agile_bridge$/", statement, 1213);
        let answer = world.site.webhook("update", &[("contact_id", &id)]);
        assert!(answer.status < 300, "{}", answer.json);
        world.await_all_done();
        expect_refused(&world);
        assert_eq!(world.take_notes(), [json!([user, name])], "{}\n{:#?}", answer.json, world.events());
        assert_eq!(world.user(user)["first_name"], json!(name));
        let event = world.event_of(&id);
        assert_eq!((event["state"].as_str(), number(&event["crashes"])), (Some("done"), 0), "{event:#}");
    }
}
