//! MariaDB 11.6 and later refuse to change a row that somebody else has changed since a transaction first read anything, unless it
//! reads what is committed. A webhook of the same contact changes the row of the event while a slow callback runs: that must not
//! undo the user, nor have the callbacks of other plugins run again.

use crate::stage::world::{World, ana};
use serde_json::json;
use std::time::{Duration, Instant};

/// Stops each time that a user is made, until there is a file.
const SLOW: &str = "<?php
    add_action('user_register', function ($id) {
        file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode(['registered' => $id]) . PHP_EOL, FILE_APPEND);
        for ($end = microtime(true) + 10; !file_exists(WP_CONTENT_DIR . '/go') && microtime(true) < $end; clearstatcache()) usleep(2000);
    });";

#[test]
fn a_webhook_that_is_merged_while_a_callback_runs() {
    let world = World::with(|site| site.mu_plugin_file("slow.php", SLOW));
    // (Servers that do not know it go on without.)
    world.site.restart_database_with(&["--loose-innodb-snapshot-isolation=ON"]);
    world.drain();
    let id = world.contact(ana());
    let add = || world.site.webhook("add", &[("contact_id", &id)]);
    let answer = std::thread::scope(|scope| {
        let webhook = scope.spawn(add);
        let deadline = Instant::now() + Duration::from_secs(10);
        while world.notes().is_empty() {
            assert!(Instant::now() < deadline, "no user is made: {}", world.site.log());
            std::thread::sleep(Duration::from_millis(2));
        }
        world.expect(&add(), 202, "queued", "");
        std::fs::write(world.site.root().join("wp-content/go"), "").expect("a file");
        webhook.join().expect("an answer")
    });
    world.expect(&answer, 200, "created", "");
    assert_eq!(world.notes(), [json!({"registered": answer.user_id().expect("a user")})]);
    world.await_all_done();
    assert_eq!((world.user_count(), world.orphans()), (2, vec![]));
}

/// Which cannot be written where a transaction reads what is committed.
#[test]
fn a_binary_log_of_statements() {
    let world = World::new();
    world.site.restart_database_with(&["--log-bin", "--binlog-format=STATEMENT", "--server-id=1"]);
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "first_name", "", "Anna");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
}
