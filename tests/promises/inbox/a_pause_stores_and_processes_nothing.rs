//! While the admin has paused it, webhooks are stored and answered 202 and nothing else happens: no request to the CRM, no
//! user, however much time passes and whoever drains. When the pause ends all of it is done.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use site::{ACCESS_KEY, Database, Request, await_until};
use std::time::Duration;

fn dashboard(world: &World, cookie: &str) -> String {
    let answer = world.site.send(&Request::new("GET", "/wp-admin/index.php").header("Cookie", cookie));
    assert_eq!(answer.status, 200, "{}", world.site.log());
    answer.body()
}

fn nothing_happens_until_it_ends(database: Database) {
    let world = World::with(|site| site.database(database));
    let (linked, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let (user, password) = site::ADMIN;
    let admin = world.site.login(user, password);
    assert!(!dashboard(&world, &admin).contains("id=\"agile-bridge-pause-notice\""));
    world.pause(true);
    world.crm.reset_counts();
    let users = world.user_tables();

    world.crm.set_property(linked.parse().expect("a number"), "SYSTEM", "first_name", "", "Anna");
    let new = world.contact(Contact::person("new@example.com"));
    let gone = (new.parse::<u64>().expect("a number") + 77).to_string();
    for (action, name, more) in [
        ("update", ("contact_id", &*linked), None),
        ("add", ("contact_id", &*new), Some(("async", "1"))),
        ("add", ("contact_id", &*new), Some(("role", "author"))),
        ("update_tags", ("email", "ana@example.com"), None),
        ("add", ("contact_id", &*gone), None),
    ] {
        let parameters: Vec<_> = std::iter::once(name).chain(more).collect();
        world.expect(&world.site.webhook(action, &parameters), 202, "queued", "");
    }
    // What needs no processing is answered as ever.
    world.expect(&world.site.webhook("test", &[]), 200, "ok", "");
    world.expect(&world.site.webhook("add", &[]), 400, "rejected", "invalid_request");
    let wrong = world.site.webhook_target("test", &[]).replace(ACCESS_KEY, "another-key");
    world.expect(&world.site.answer(&Request::new("GET", &wrong)), 403, "rejected", "invalid_access_key");

    let page = dashboard(&world, &admin);
    assert!(page.contains("id=\"agile-bridge-pause-notice\"") && page.contains("3 webhooks wait"), "the admin is told");
    for days in [0, 1, 30, 400] {
        world.advance(Duration::from_secs(days * 86_400));
        assert_eq!(world.drain(), 0);
        assert_eq!(world.site.get("/wp-cron.php?doing_wp_cron").status, 200);
    }
    let waiting = world.events().into_iter().filter(|event| event["state"] == "waiting").collect::<Vec<_>>();
    assert_eq!(waiting.len(), 3, "those of one contact are one: {waiting:#?}");
    assert!(waiting.iter().all(|event| number(&event["attempts"]) == 0), "{waiting:#?}");
    assert_eq!(world.user_tables(), users);
    assert_eq!(world.crm.counts().total, 0, "{:?}", world.crm.requests());

    world.pause(false);
    world.drain_and_rest();
    assert!(world.events().iter().all(|event| event["state"] == "done"), "{:#?}", world.events());
    assert_eq!(world.user(2)["first_name"], "Anna");
    assert_eq!(world.user_with("new@example.com")["roles"], json!(["author"]));
    world.expect_event(&world.event_of(&gone), "done", "failed", "contact_not_found");
    assert_eq!(world.crm.counts().total, 3, "one request each: {:?}", world.crm.requests());
    assert!(!dashboard(&world, &admin).contains("id=\"agile-bridge-pause-notice\""));
    assert_eq!(world.site.webhook("update", &[("contact_id", &linked)]).wp_status(), "unchanged");
}

#[test]
fn nothing_happens_until_it_ends_on_mariadb() {
    nothing_happens_until_it_ends(Database::MariaDb);
}

#[test]
fn nothing_happens_until_it_ends_on_sqlite() {
    nothing_happens_until_it_ends(Database::Sqlite);
}

/// Also where somebody drains already: it looks every second.
#[test]
fn who_drains_stops() {
    let world = World::with(|site| {
        site.mu_plugin_file("one.php", "<?php add_filter('agile_bridge_concurrent_fetches', fn() => 1);")
    });
    world.pause(true);
    for number in 0..40 {
        let id = world.contact(Contact::person(&format!("p{number}@example.com")));
        world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    }
    world.crm.set_faults(Faults { latency: Duration::from_millis(250), ..Faults::default() });
    world.pause(false);
    std::thread::scope(|scope| {
        let drain = scope.spawn(|| world.drain());
        assert!(await_until(Duration::from_secs(30), || world.user_count() > 2), "nobody drains");
        world.pause(true);
        let (paused, drained) = (world.user_count(), drain.join().expect("it ends"));
        assert!(drained < paused + 20, "{drained} were processed, {paused} of them before the pause");
    });
    let (done, left) =
        (world.user_count() - 1, world.events().iter().filter(|event| event["state"] == "waiting").count());
    assert_eq!(usize::try_from(done).expect("a few") + left, 40, "the rest waits: {:#?}", world.events());
    assert!(left > 0);
}

/// The next webhook after the pause takes along what has waited.
#[test]
fn the_first_webhook_after_it_drains_what_waits() {
    let world = World::new();
    world.pause(true);
    for number in 0..5 {
        let id = world.contact(Contact::person(&format!("p{number}@example.com")));
        world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    }
    assert_eq!(world.user_with("p0@example.com"), Value::Null);
    world.pause(false);
    let (_, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    world.await_all_done();
    assert_eq!(world.user_count(), 7);
}
