//! InnoDB ends a deadlock by undoing one of the two transactions, whole. Where that is ours, it is run again from its start:
//! the sender gets the answer that they would have got anyway, and there is one user, with all that is theirs. Wherever in the
//! transaction it happens, nothing of it may count as written.

use crate::stage::inbox::number;
use crate::stage::numbers::numbers_to;
use crate::stage::second_connection::SecondConnection;
use crate::stage::world::{World, ana};
use serde_json::{Value, json};
use site::Answer;
use std::time::{Duration, Instant};

/// Stops the first transaction in which a user was written, and runs the statement that it is given.
const STOP: &str = "<?php
    add_action('user_register', function () {
        global $wpdb;
        if (!@fopen(WP_CONTENT_DIR . '/written', 'x')) return;
        $go = WP_CONTENT_DIR . '/go';
        for ($end = microtime(true) + 10; !file_exists($go) && microtime(true) < $end; clearstatcache()) usleep(2000);
        $statement = (string) file_get_contents($go);
        if ('' !== $statement) {
            $wpdb->suppress_errors(true);
            $wpdb->query($statement);
        }
    });";

fn identity(kind: &str, name: &str) -> String {
    format!("SHA2('{kind} {name}', 256)")
}

/// Somebody else's transaction that has written so much that InnoDB undoes ours rather than theirs.
fn heavy_transaction(world: &World) -> SecondConnection {
    let mut other = SecondConnection::open(world);
    other.run("CREATE TABLE ballast (number INT PRIMARY KEY) ENGINE=InnoDB");
    other.run("START TRANSACTION");
    other.run(&format!("INSERT INTO ballast SELECT seq FROM {}", numbers_to(3000)));
    other
}

/// Ana's user is there once, with all that is hers, and told.
#[track_caller]
fn expect_ana(world: &World, answer: &Answer) {
    assert_eq!(world.user_count(), 2, "{:#?}\n{}\n{}", world.events(), answer.json, world.site.log());
    let user = world.user_with("ana@example.com");
    assert_eq!((&user["first_name"], &user["last_name"]), (&json!("Ana"), &json!("Ruiz")), "{user:#}");
    assert_eq!((&user["roles"], &user["agilecrm_tags"]), (&json!(["subscriber"]), &json!(["Lead"])), "{user:#}");
    assert!(user.get("_agile_bridge_creating").is_none(), "{user:#}");
    assert_eq!(world.orphans(), Vec::<Value>::new());
    world.expect(answer, 200, "created", "");
    let event = world.event();
    world.expect_event(&event, "done", "created", "");
    let id = u64::try_from(number(&user["ID"])).expect("an id");
    assert_eq!((answer.user_id(), number(&event["user_id"])), (Some(id), number(&user["ID"])));
    assert_eq!(world.crm.counts().total, 1, "{:?}", world.crm.counts());
}

/// Two who mean the same two people, and have begun at different ends.
#[test]
fn over_the_locks_before_anything_is_written() {
    let world = World::new();
    let id = world.contact(ana());
    let names = [identity("contact", &format!("1 {id}")), identity("email", "ana@example.com")];
    let (first, last) = (format!("LEAST({}, {})", names[0], names[1]), format!("GREATEST({}, {})", names[0], names[1]));
    // Nobody has a row of their own to wait at before somebody has written them.
    world
        .site
        .sql(&format!("INSERT INTO wp_agile_bridge_identities (identity, version) VALUES ({first}, 0), ({last}, 0)"));
    let mut other = heavy_transaction(&world);
    let lock =
        |name: &str| format!("SELECT version FROM wp_agile_bridge_identities WHERE identity = {name} FOR UPDATE");
    other.run(&lock(&last));
    let deadlocks = other.deadlocks();
    let answer = std::thread::scope(|scope| {
        let webhook = scope.spawn(|| world.site.webhook("add", &[("contact_id", &id)]));
        other.await_lock_waits(1);
        // Ours has the first by now.
        assert_eq!(other.run(&lock(&first)).len(), 1, "we were not the ones to be undone");
        assert!(other.deadlocks() > deadlocks, "there was no deadlock");
        other.run("ROLLBACK");
        webhook.join().expect("an answer")
    });
    expect_ana(&world, &answer);
}

/// The other transaction holds what `ours` wants once the user is written, and then wants the contact that we hold.
fn after_the_user_is_written(held: impl FnOnce(&World) -> String, ours: &str) {
    let world = World::with(|site| site.option("theirs", "0").mu_plugin_file("stop.php", STOP));
    let id = world.contact(ana());
    let (mut other, mut watch) = (heavy_transaction(&world), SecondConnection::open(&world));
    let file = |name: &str| world.site.root().join("wp-content").join(name);
    std::fs::write(file("ours"), ours).expect("a file");
    let answer = std::thread::scope(|scope| {
        let webhook = scope.spawn(|| world.site.webhook("add", &[("contact_id", &id)]));
        let deadline = Instant::now() + Duration::from_secs(10);
        while !file("written").exists() {
            assert!(Instant::now() < deadline, "no user is written: {}", world.site.log());
            std::thread::sleep(Duration::from_millis(2));
        }
        let deadlocks = watch.deadlocks();
        other.run(&held(&world));
        let contact = identity("contact", &format!("1 {id}"));
        other.begin(&format!("SELECT version FROM wp_agile_bridge_identities WHERE identity = {contact} FOR UPDATE"));
        watch.await_lock_waits(1);
        std::fs::rename(file("ours"), file("go")).expect("a file");
        assert!(other.end().is_ok(), "we were not the ones to be undone");
        assert!(watch.deadlocks() > deadlocks, "there was no deadlock");
        other.run("ROLLBACK");
        webhook.join().expect("an answer")
    });
    expect_ana(&world, &answer);
}

#[test]
fn in_another_plugins_statement_beside_a_half_written_user() {
    let option = "SELECT option_id FROM wp_options WHERE option_name = 'theirs' FOR UPDATE";
    let theirs = "UPDATE wp_options SET option_value = '1' WHERE option_name = 'theirs'";
    after_the_user_is_written(|_| option.to_owned(), theirs);
}

/// Which says that the event is done. Sent once more by itself, it would say so of a user who was undone.
#[test]
fn in_the_last_statement_of_all() {
    let event = |world: &World| {
        format!("SELECT id FROM wp_agile_bridge_events WHERE id = {} FOR UPDATE", number(&world.event()["id"]))
    };
    after_the_user_is_written(event, "");
}
