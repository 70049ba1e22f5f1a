//! That an event is done is noted when its caller has the answer. What comes in between is not lost: the event runs once more.

use std::fs;
use std::time::Duration;

use serde_json::json;
use site::await_until;

use crate::stage::world::{World, ana};

/// Holds up the statement that ends an event until there is a file.
const SLOW: &str = r"<?php
    add_filter('query', function ($sql) {
        if (!is_file(WP_CONTENT_DIR . '/slow') || !preg_match('/^UPDATE \w+agile_bridge_events SET\s+state = CASE/', $sql)) return $sql;
        file_put_contents(WP_CONTENT_DIR . '/held', '');
        $deadline = microtime(true) + 20;
        while (!is_file(WP_CONTENT_DIR . '/go') && microtime(true) < $deadline) {
            usleep(2000);
            clearstatcache();
        }
        return $sql;
    });";

#[test]
fn and_a_webhook_that_comes_before_it_is_applied() {
    let world = World::with(|site| site.mu_plugin_file("slow.php", SLOW));
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("a user");
    let file = |name: &str| world.site.root().join("wp-content").join(name);
    fs::write(file("slow"), "").expect("a file");

    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
    assert!(
        await_until(Duration::from_secs(10), || file("held").exists()),
        "nothing was held up: {:#?}",
        world.events()
    );
    assert_eq!(world.event_of(&id)["state"], "running");
    world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "first_name", "", "Bea");
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 202, "queued", "");

    fs::write(file("go"), "").expect("a file");
    world.await_all_done();
    assert_eq!(world.user(user)["first_name"], json!("Bea"), "{:#?}", world.events());
    assert_eq!(world.event_of(&id)["webhooks"], json!(2));
}
