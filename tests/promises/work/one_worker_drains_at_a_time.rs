//! One worker at a time empties the inbox, however many try: the others leave it to that one, and nothing is fetched twice. It
//! has eight contacts under way at once, unless site code says how many; and when its time is up it leaves, and what it has
//! claimed and not begun waits for the next one.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::{Contact, Faults};
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Stops the first worker that has come to apply a contact while `wp-content/hold` is there, and says so.
const HOLD: &str = "<?php
    add_filter('agile_bridge_user_data', function ($data) {
        $hold = WP_CONTENT_DIR . '/hold';
        if (file_exists($hold) && @fopen(WP_CONTENT_DIR . '/held', 'x')) {
            // Below the lease of the drain: whoever comes then may take it.
            for ($end = microtime(true) + 15; file_exists($hold) && microtime(true) < $end; clearstatcache()) usleep(2000);
        }
        return $data;
    });";

fn file(world: &World, name: &str) -> PathBuf {
    world.site.root().join("wp-content").join(name)
}

fn async_webhook(world: &World, email: &str) {
    let id = world.contact(Contact::person(email));
    world.expect(&world.site.webhook("add", &[("contact_id", &id), ("async", "1")]), 202, "queued", "");
}

/// While the first one is at work: nobody else claims or fetches anything.
fn expect_only_one(world: &World, first: impl FnOnce() + Send) {
    // More than the first one claims before it has applied a contact: something is left for others to take.
    world.store(24);
    std::fs::write(file(world, "hold"), "").expect("a file");
    std::thread::scope(|scope| {
        let first = scope.spawn(first);
        let deadline = Instant::now() + Duration::from_secs(15);
        while !file(world, "held").exists() || world.crm.counts().in_flight > 0 {
            assert!(Instant::now() < deadline, "nobody drains: {:#?}\n{}", world.events(), world.site.log());
            std::thread::sleep(Duration::from_millis(5));
        }
        let (events, requests) = (world.events(), world.crm.counts().total);
        let waiting = events.iter().filter(|event| event["state"] == "waiting" && number(&event["taken"]) == 0).count();
        assert!(waiting > 0, "nothing is left to take: {events:#?}");

        let (drained, late) = (world.drain(), events.len());
        // Nor does the worker that has answered a webhook.
        async_webhook(world, "late@example.com");
        let again = world.drain();

        let (after, asked) = (world.events(), world.crm.counts().total);
        std::fs::remove_file(file(world, "hold")).expect("the file");
        assert_eq!((drained, again), (0, 0), "two drained at once: {after:#?}");
        assert_eq!(after[..late], events, "somebody else has taken an event");
        assert_eq!(after[late]["state"], "waiting", "{:#}", after[late]);
        assert_eq!(asked, requests, "somebody else has asked the CRM");
        first.join().expect("the first one does not fail");
    });
    world.await_all_done();
    let events = world.events();
    assert!(events.iter().all(|event| event["status"] == "created" && number(&event["attempts"]) == 1), "{events:#?}");
    let counts = world.crm.counts();
    assert_eq!((counts.of("GET", "contacts/{id}"), counts.total), (events.len() as u64, events.len() as u64));
    assert_eq!(world.user_count(), 1 + events.len() as u64);
}

#[test]
fn of_two_on_the_command_line_one_drains() {
    let world = World::with(|site| site.mu_plugin_file("hold.php", HOLD));
    expect_only_one(&world, || assert_eq!(world.drain(), 25, "what came meanwhile is drained too"));
}

#[test]
fn while_a_web_servers_worker_drains_the_command_line_does_not() {
    let world = World::with(|site| site.mu_plugin_file("hold.php", HOLD));
    expect_only_one(&world, || async_webhook(&world, "first@example.com"));
}

#[test]
fn when_its_time_is_up_it_lets_go_of_what_it_has_not_begun() {
    let world = World::new();
    world.store(24);
    let (budget, latency) = (Duration::from_secs(1), Duration::from_millis(1200));
    world.crm.set_faults(Faults { latency, ..Faults::default() });
    let drained = world.wp_given(
        &json!(budget.as_millis()),
        r"$began = microtime(true);
          return [AgileBridge\Plugin\Work\Drain::run($given), microtime(true) - $began];",
    );
    let (done, took) = (number(&drained[0]), drained[1].as_f64().expect("seconds"));
    // The eight that are under way when the time is up, and at most one more for each that has come back by then.
    assert!((8..=16).contains(&done), "{drained}");
    let allowed = budget + 2 * latency + Duration::from_secs(1);
    assert!(took < allowed.as_secs_f64(), "{took} s for a budget of {budget:?} and a CRM that takes {latency:?}");
    let events = world.events();
    let (ended, waiting): (Vec<_>, Vec<_>) = events.iter().partition(|event| event["state"] == "done");
    assert_eq!((number(&json!(ended.len())), world.crm.counts().total), (done, ended.len() as u64), "{events:#?}");
    for event in &waiting {
        let got = (event["state"].as_str(), event["owner"].as_str(), number(&event["attempts"]));
        assert_eq!((got, number(&event["lease_until"])), ((Some("waiting"), Some(""), 0), 0), "{event:#}");
    }
    let let_go = waiting.iter().filter(|event| number(&event["taken"]) > 0).count();
    assert!(let_go > 0, "it had claimed no more than it began, which is no test of this: {events:#?}");
    // And of the drain itself.
    world.crm.set_faults(Faults::default());
    assert_eq!(world.drain(), waiting.len() as u64);
    assert!(world.events().iter().all(|event| event["state"] == "done" && number(&event["attempts"]) == 1));
    assert_eq!((world.crm.counts().total, world.user_count()), (24, 25));
}

fn has_under_way(world: &World, contacts: u64) {
    world.store(24);
    world.crm.set_faults(Faults { latency: Duration::from_millis(200), ..Faults::default() });
    assert_eq!(world.drain(), 24);
    let counts = world.crm.counts();
    assert_eq!((counts.in_flight_max, counts.total), (contacts, 24), "{counts:?}");
    assert_eq!(world.user_count(), 25);
}

#[test]
fn eight_contacts_are_under_way_at_once() {
    has_under_way(&World::new(), 8);
}

#[test]
fn site_code_says_how_many_are_under_way() {
    let three = "<?php add_filter('agile_bridge_concurrent_fetches', fn($number) => 8 === $number ? 3 : 1);";
    has_under_way(&World::with(|site| site.mu_plugin_file("three.php", three)), 3);
}
