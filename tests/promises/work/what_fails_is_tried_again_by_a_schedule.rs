//! What fails and may succeed later is tried again after 10 s, 1 min, 5 min, 30 min, 2 h, 6 h and 24 h, give or take a fifth,
//! and not before; then it is dead, with its reason, and kept. What the CRM asks for with `Retry-After` is obeyed within
//! bounds. A webhook for a contact that waits so makes it due within five minutes, and does not begin its schedule anew. What
//! can never succeed is done at once.

use crate::stage::broken_database::{MENDED, failing, while_broken};
use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults, RateLimit};
use serde_json::{Value, json};
use site::{Answer, Database};
use std::time::Duration;

const STEPS: [f64; 7] = [10.0, 60.0, 300.0, 1_800.0, 7_200.0, 21_600.0, 86_400.0];

/// A failure that speaks of this contact alone, so that the circuit breaker has no part in it.
fn nonsense() -> Faults {
    Faults { html_200: true, ..Faults::default() }
}

/// Seconds from the failed try to the next one.
#[expect(clippy::cast_precision_loss, reason = "days, in milliseconds")]
fn delay(event: &Value) -> f64 {
    (number(&event["due_at"]) - number(&event["updated_at"])) as f64 / 1000.0
}

#[track_caller]
fn expect_waiting(world: &World, event: &Value, attempts: usize, step: f64) {
    assert_eq!((&event["state"], &event["owner"]), (&json!("waiting"), &json!("")), "{event:#}\n{}", world.site.log());
    assert_eq!(number(&event["attempts"]), i64::try_from(attempts).expect("a few"), "{event:#}");
    let delay = delay(event);
    assert!((0.8 * step - 0.01..=1.2 * step + 0.01).contains(&delay), "after {attempts}: {delay} s, not {step}");
}

/// So much time passes that its next try is due; it has it.
fn try_again(world: &World, event: &Value) {
    world.advance(Duration::from_secs_f64(world.due_in(event).max(0.0) + 0.5));
    world.drain_and_rest();
}

fn add(world: &World, id: &str) -> Answer {
    world.site.webhook("add", &[("contact_id", id)])
}

/// The only event, which has failed once and fails for ever: each step, its end, and that the end is one.
fn fails_seven_times_more_and_is_dead(world: &World, code: &str) {
    for (attempts, step) in (1..).zip(STEPS) {
        let event = world.event();
        expect_waiting(world, &event, attempts, step);
        if step >= 60.0 {
            // Not before; a part of the step is left to a slow machine.
            world.crm.reset_counts();
            world.advance(Duration::from_secs_f64(world.due_in(&event) - 0.4 * step));
            world.drain_and_rest();
            assert_eq!((world.event(), world.crm.counts().total), (event.clone(), 0), "too early");
        }
        try_again(world, &event);
    }
    let event = world.event();
    world.expect_event(&event, "dead", "failed", code);
    assert_eq!((number(&event["attempts"]), &event["open_key"], &event["owed"]), (8, &Value::Null, &Value::Null));
    let message: Value = serde_json::from_str(event["message"].as_str().expect("a text")).expect("JSON");
    assert!(message.as_str().is_some_and(|why| why.len() > 10), "it says why: {message}");
    world.crm.reset_counts();
    world.advance(Duration::from_secs(30 * 86_400));
    world.drain_and_rest();
    assert_eq!((world.event(), world.crm.counts().total), (event, 0), "it is kept, and the CRM left in peace");
}

fn seven_times_and_then_it_is_dead(database: Database) {
    let world = World::with(|site| site.database(database));
    let id = world.contact(ana());
    world.crm.set_faults(nonsense());
    world.expect(&add(&world, &id), 202, "queued", "");
    world.await_rest();
    fails_seven_times_more_and_is_dead(&world, "crm_unavailable");
    // The contact is not out of favour: its next webhook is an event of its own.
    world.crm.set_faults(Faults::default());
    world.expect(&add(&world, &id), 200, "created", "");
    assert_eq!(world.events().len(), 2);
}

#[test]
fn seven_times_and_then_it_is_dead_on_mariadb() {
    seven_times_and_then_it_is_dead(Database::MariaDb);
}

#[test]
fn seven_times_and_then_it_is_dead_on_sqlite() {
    seven_times_and_then_it_is_dead(Database::Sqlite);
}

/// A database that takes events and no user.
#[test]
fn trouble_of_the_database_follows_the_same_steps() {
    let world = World::new();
    let id = world.contact(ana());
    let users = world.user_tables();
    while_broken(&world, (&failing("INSERT", "wp_usermeta", ""), MENDED), || {
        world.expect(&add(&world, &id), 503, "failed", "site_unavailable");
        world.await_rest();
        fails_seven_times_more_and_is_dead(&world, "site_unavailable");
    });
    assert_eq!(world.user_tables(), users, "nothing is left of eight tries");
    world.expect(&add(&world, &id), 200, "created", "");
    assert_eq!(world.events().len(), 2);
}

#[test]
fn what_the_crm_asks_for_is_obeyed_within_bounds() {
    let world = World::new();
    let id = world.contact(ana());
    let busy = |seconds: &str| Faults {
        rate_limit: Some(RateLimit { retry_after: Some(seconds.into()) }),
        ..Faults::default()
    };
    world.crm.set_faults(busy("1"));
    world.expect(&add(&world, &id), 202, "queued", "");
    world.await_rest();
    // The tries before this one, what is asked for, and between which seconds it is obeyed.
    for (tried, asked, least, most) in [
        (0, "2", 10.0, 12.0),
        (0, "45", 45.0, 47.0),
        (0, "5000", 100.0, 100.0),
        (0, "soon", 8.0, 12.0),
        (1, "300", 300.0, 312.0),
        (2, "86400", 3_000.0, 3_000.0),
        (3, "2000", 2_000.0, 2_360.0),
        (3, "86400", 3_600.0, 3_600.0),
        (4, "86400", 7_200.0, 8_640.0),
    ] {
        world.site.sql("UPDATE wp_agile_bridge_leases SET failures = 0, until_at = 0, details = '' WHERE name = 'crm'");
        world.site.sql(&format!("UPDATE wp_agile_bridge_events SET attempts = {tried}, due_at = 0"));
        // (The connection test, which is asked where one contact has failed five times, is well.)
        world.crm.set_faults(Faults { only_next: Some(1), ..busy(asked) });
        world.drain_and_rest();
        let event = world.event();
        assert_eq!((&event["state"], number(&event["attempts"])), (&json!("waiting"), tried + 1), "{event:#}");
        let delay = delay(&event);
        assert!((least - 0.01..=most + 0.01).contains(&delay), "{asked} after {tried}: {delay}");
    }
}

fn an_address_is_looked_for_three_times_more(database: Database) {
    let world = World::with(|site| site.database(database));
    for (email, comes) in [("late@example.com", true), ("nobody@example.com", false)] {
        world.expect(&world.site.webhook("add", &[("email", email)]), 202, "queued", "");
        world.await_rest();
        let event = || world.events().pop().expect("an event");
        for (attempts, step) in (1..).zip(&STEPS[..3]) {
            expect_waiting(&world, &event(), attempts, *step);
            if comes && attempts == 3 {
                world.contact(Contact::person(email).first_name("Late"));
            }
            try_again(&world, &event());
        }
        if comes {
            world.expect_event(&event(), "done", "created", "");
            assert_eq!(world.user_with(email)["first_name"], "Late");
        } else {
            world.expect_event(&event(), "done", "failed", "contact_not_found");
            assert_eq!(world.user_with(email), Value::Null);
        }
        assert_eq!(number(&event()["attempts"]), 4);
    }
    // By its id it is known to be gone at once.
    let gone = (world.contact(ana()).parse::<u64>().expect("a number") + 77).to_string();
    world.expect(&add(&world, &gone), 404, "failed", "contact_not_found");
    world.expect_event(&world.event_of(&gone), "done", "failed", "contact_not_found");
}

#[test]
fn an_address_is_looked_for_three_times_more_on_mariadb() {
    an_address_is_looked_for_three_times_more(Database::MariaDb);
}

#[test]
fn an_address_is_looked_for_three_times_more_on_sqlite() {
    an_address_is_looked_for_three_times_more(Database::Sqlite);
}

#[test]
fn what_can_never_succeed_is_done_at_once() {
    let refuse =
        "<?php add_filter('wpf_import_user', fn($data) => 'No' === ($data['last_name'] ?? '') ? null : $data);";
    let world = World::with(|site| site.mu_plugin_file("refuse.php", refuse));
    world.add(Contact::person("one@example.com"));
    let (linked, _) = world.add(Contact::person("two@example.com"));
    world.crm.set_property(linked.parse().expect("a number"), "SYSTEM", "email", "work", "one@example.com");
    let contact = |contact: Contact| world.contact(contact);
    for (action, id, status, wp_status, code) in [
        ("add", contact(Contact::person("")), 422, "failed", "email_missing"),
        ("add", contact(Contact::person("no address")), 422, "failed", "email_invalid"),
        ("add", contact(Contact::person("no@example.com").last_name("No")), 422, "failed", "rejected_by_site"),
        ("update", linked, 422, "failed", "email_conflict"),
        ("update", contact(Contact::person("unknown@example.com")), 200, "ignored", "no_matching_user"),
        ("add", contact(Contact::company("Acme")), 200, "ignored", "not_a_person"),
    ] {
        let answer = world.site.webhook(action, &[("contact_id", &id)]);
        world.expect(&answer, status, wp_status, code);
        let event = world.event_of(&id);
        world.expect_event(&event, "done", wp_status, code);
        assert_eq!((number(&event["attempts"]), &event["open_key"]), (1, &Value::Null), "{event:#}");
    }
    world.crm.reset_counts();
    world.advance(Duration::from_secs(3 * 86_400));
    assert_eq!((world.drain(), world.crm.counts().total), (0, 0), "{:#?}", world.events());
}

fn a_webhook_makes_it_due_soon(database: Database) {
    let world = World::with(|site| site.database(database));
    let id = world.contact(ana());
    world.crm.set_faults(nonsense());
    world.expect(&add(&world, &id), 202, "queued", "");
    world.await_rest();
    let update = || world.site.webhook("update", &[("contact_id", &id), ("role", "author")]);
    // While it waits no longer than that, nothing changes.
    for (attempts, step) in (1..).zip(&STEPS[..2]) {
        let before = world.event();
        expect_waiting(&world, &before, attempts, *step);
        world.expect(&update(), 202, "queued", "");
        let event = world.event();
        let kept = ["state", "attempts", "due_at"].iter().all(|name| before[name] == event[name]);
        assert!(kept, "{before:#} {event:#}");
        try_again(&world, &event);
    }
    try_again(&world, &world.event());
    expect_waiting(&world, &world.event(), 4, STEPS[3]);
    // There is news, of which only the first brings the next try forward; it takes the place of the one that was.
    for webhooks in 4..=6 {
        world.expect(&update(), 202, "queued", "");
        let event = world.event();
        assert_eq!((&event["state"], &event["action"]), (&json!("waiting"), &json!("add")));
        assert_eq!((number(&event["webhooks"]), number(&event["attempts"])), (webhooks, 3), "{event:#}");
        assert!((200.0..=300.0).contains(&world.due_in(&event)), "{event:#}");
    }
    try_again(&world, &world.event());
    expect_waiting(&world, &world.event(), 4, STEPS[3]);
    // News that comes while it fails is such news too.
    world.crm.set_faults(Faults { latency: Duration::from_secs(1), ..nonsense() });
    world.site.sql("UPDATE wp_agile_bridge_events SET due_at = 0");
    world.crm.reset_counts();
    std::thread::scope(|scope| {
        scope.spawn(|| world.drain());
        while world.crm.counts().in_flight == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        world.expect(&update(), 202, "queued", "");
    });
    world.await_rest();
    let event = world.event();
    assert_eq!((&event["state"], number(&event["attempts"])), (&json!("waiting"), 4), "{event:#}");
    assert!((200.0..=300.0).contains(&world.due_in(&event)), "{event:#}");
    world.crm.set_faults(Faults::default());
    try_again(&world, &event);
    world.expect_event(&world.event(), "done", "created", "");
    assert_eq!(world.user(2)["roles"], json!(["author"]));
}

#[test]
fn a_webhook_makes_it_due_soon_on_mariadb() {
    a_webhook_makes_it_due_soon(Database::MariaDb);
}

#[test]
fn a_webhook_makes_it_due_soon_on_sqlite() {
    a_webhook_makes_it_due_soon(Database::Sqlite);
}

/// Code of the site that fails is somebody's to repair: the same schedule, and the same end.
#[test]
fn a_failure_of_the_site_is_tried_again_too() {
    let broken =
        "<?php add_action('user_register', fn() => is_file(WP_CONTENT_DIR . '/broken') && throw new Exception('no'));";
    let world = World::with(|site| site.mu_plugin_file("broken.php", broken));
    let flag = world.site.root().join("wp-content/broken");
    std::fs::write(&flag, "").expect("a file");
    let (_, answer) = world.add(ana());
    world.expect(&answer, 500, "failed", "site_error");
    world.await_rest();
    expect_waiting(&world, &world.event(), 1, STEPS[0]);
    try_again(&world, &world.event());
    expect_waiting(&world, &world.event(), 2, STEPS[1]);
    assert_eq!((world.user_with("ana@example.com"), world.orphans()), (Value::Null, vec![]));
    std::fs::remove_file(&flag).expect("the file");
    try_again(&world, &world.event());
    world.expect_event(&world.event(), "done", "created", "");
}
