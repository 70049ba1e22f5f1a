//! WordPress waits five seconds for a database that went away in the middle of a request, and then, where it has not read its language
//! yet, asks the database for that, and waits again, without an end. A webhook is answered in time all the same, whether it is stored
//! by then or not. One that only has to connect anew is processed.

use crate::stage::world::{World, ana};
use site::Answer;
use std::fs;
use std::time::{Duration, Instant};

/// Stops a webhook at the statement that stores it. Without the option of the language, as on any site in English.
const STOP: &str = "<?php
    add_filter('query', function ($sql) {
        if (!str_starts_with($sql, @file_get_contents(WP_CONTENT_DIR . '/armed') ?: '-') || !@rename(WP_CONTENT_DIR . '/armed', WP_CONTENT_DIR . '/there')) return $sql;
        for ($end = microtime(true) + 20; !file_exists(WP_CONTENT_DIR . '/go') && microtime(true) < $end; clearstatcache()) usleep(2000);
        if ('kill' === file_get_contents(WP_CONTENT_DIR . '/go')) $GLOBALS['wpdb']->dbh->query('KILL CONNECTION_ID()');
        return $sql;
    });";

/// The webhook stops at the statement that is armed; the database is killed there, and it goes on. How long it took from then on.
fn while_the_database_goes(world: &World, action: &str, contact: &str) -> (Answer, Duration) {
    let file = |name: &str| world.site.root().join("wp-content").join(name);
    std::thread::scope(|scope| {
        let webhook = scope.spawn(|| world.site.webhook(action, &[("contact_id", contact)]));
        let is_there = || file("there").exists();
        assert!(site::await_until(Duration::from_secs(20), is_there), "no webhook: {}", world.site.log());
        world.site.kill_database();
        let began = Instant::now();
        fs::write(file("go"), "").expect("a file");
        (webhook.join().expect("an answer"), began.elapsed())
    })
}

#[test]
fn before_it_is_stored_and_while_it_is_written() {
    let world = World::with(|site| site.mu_plugin_file("stop.php", STOP));
    world.drain();
    let id = world.contact(ana());
    let file = |name: &str| world.site.root().join("wp-content").join(name);
    let stored = "INSERT INTO wp_agile_bridge_events";

    // A connection that was cut, and a server that is there.
    fs::write(file("go"), "kill").expect("a file");
    fs::write(file("armed"), stored).expect("a file");
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 200, "created", "");
    assert!(file("there").exists(), "it did not come to that");

    world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "first_name", "", "Bea");
    for statement in [stored, "UPDATE `wp_usermeta`"] {
        fs::remove_file(file("go")).expect("a file");
        fs::remove_file(file("there")).expect("a file");
        fs::write(file("armed"), statement).expect("a file");
        let (answer, took) = while_the_database_goes(&world, "update", &id);
        world.expect(&answer, 503, "failed", "site_unavailable");
        assert!(took < Duration::from_secs(4), "{statement}: {took:?}");
        world.site.start_database();
    }
}

#[test]
fn before_it_is_kept_while_the_extension_is_missing() {
    let world = World::with(|site| site.extension(false).mu_plugin_file("stop.php", STOP));
    world.expect(&world.site.webhook("add", &[("contact_id", "7")]), 202, "queued", "");
    let file = |name: &str| world.site.root().join("wp-content").join(name);
    fs::write(file("armed"), "INSERT INTO wp_agile_bridge_intake").expect("a file");
    let (answer, took) = while_the_database_goes(&world, "add", "8");
    world.expect(&answer, 503, "failed", "site_unavailable");
    assert!(took < Duration::from_secs(4), "{took:?}");
    world.site.start_database();
    world.expect(&world.site.webhook("add", &[("contact_id", "8")]), 202, "queued", "");
}
