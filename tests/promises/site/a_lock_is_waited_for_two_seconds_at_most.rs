//! Where somebody else has locked what a webhook wants to write, it waits for two seconds and not for the fifty of MySQL: a
//! worker that hangs is one less for the site's visitors. Then the sender is told, within the time in which the CRM waits for
//! an answer; nothing is changed, and what is stored is done when the lock is gone.

use crate::stage::inbox::{at_once, number};
use crate::stage::second_connection::SecondConnection;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;
use std::time::{Duration, Instant};

/// The CRM waits for an answer for five.
const ANSWERED_WITHIN: Duration = Duration::from_secs(4);

/// Locks a contact of the site as whoever writes its user does.
fn lock_contact(connection: &mut SecondConnection, id: &str) {
    connection.run(&format!(
        "INSERT INTO wp_agile_bridge_identities (identity, version) VALUES (SHA2('contact 1 {id}', 256), 1)
            ON DUPLICATE KEY UPDATE version = version + 1"
    ));
}

/// A new contact, and one whose user is to be changed.
fn contacts(world: &World) -> [(&'static str, String); 2] {
    let (known, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    world.crm.add_tag(known.parse().expect("an id"), "Customer");
    [("add", world.contact(Contact::person("new@example.com"))), ("update", known)]
}

#[test]
fn then_it_is_told_and_done_later() {
    let world = World::new();
    let contacts = contacts(&world);
    let mut other = SecondConnection::open(&world);
    other.run("START TRANSACTION");
    for (_, id) in &contacts {
        lock_contact(&mut other, id);
    }
    let before = world.user_tables();

    let answers = at_once(contacts.len(), |number| {
        let ((action, id), began) = (&contacts[number], Instant::now());
        (world.site.webhook(action, &[("contact_id", id)]), began.elapsed())
    });

    for ((answer, took), (action, id)) in answers.iter().zip(&contacts) {
        world.expect(answer, 503, "failed", "site_unavailable");
        assert!(answer.response.header("Retry-After").is_some(), "{:?}", answer.response.headers);
        assert!((Duration::from_millis(1900)..ANSWERED_WITHIN).contains(took), "{action}: {took:?}");
        let event = world.event_of(id);
        let got = (&event["state"], &event["owner"], number(&event["attempts"]));
        assert_eq!(got, (&json!("waiting"), &json!(""), 1), "{action}: {event:#}");
    }
    assert_eq!(world.user_tables(), before);
    other.run("ROLLBACK");
    world.catch_up();
    assert_eq!(world.user_with("new@example.com")["roles"], json!(["subscriber"]));
    assert_eq!(world.user_with("ana@example.com")["agilecrm_tags"], json!(["Lead", "Customer"]));
    assert_eq!(world.user_count(), 3);
}

#[test]
fn who_is_let_in_meanwhile_goes_on() {
    let world = World::new();
    let contacts = contacts(&world);
    let (mut other, mut watch) = (SecondConnection::open(&world), SecondConnection::open(&world));
    for ((action, id), status) in contacts.iter().zip(["created", "updated"]) {
        other.run("START TRANSACTION");
        lock_contact(&mut other, id);
        let answer = std::thread::scope(|scope| {
            let webhook = scope.spawn(|| world.site.webhook(action, &[("contact_id", id)]));
            watch.await_lock_waits(1);
            other.run("ROLLBACK");
            webhook.join().expect("an answer")
        });
        world.expect(&answer, 200, status, "");
    }
    assert_eq!(world.user_with("new@example.com")["roles"], json!(["subscriber"]));
    assert_eq!(world.user_with("ana@example.com")["agilecrm_tags"], json!(["Lead", "Customer"]));
    assert_eq!(world.user_count(), 3);
}

/// The one row that a webhook needs before it can be stored: what waits for its contact already.
#[test]
fn who_cannot_even_be_stored_is_told_too() {
    let world = World::new();
    let id = world.contact(ana());
    world.pause(true);
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    world.pause(false);
    let mut other = SecondConnection::open(&world);
    other.run("START TRANSACTION");
    other.run(&format!("SELECT id FROM wp_agile_bridge_events WHERE id = {} FOR UPDATE", number(&world.event()["id"])));
    let began = Instant::now();
    let (answer, took) = std::thread::scope(|scope| {
        let webhook = scope.spawn(|| (world.site.webhook("update", &[("contact_id", &id)]), began.elapsed()));
        // One that waits for longer is let in, so that this test need not wait with it.
        while !webhook.is_finished() && began.elapsed() < ANSWERED_WITHIN + Duration::from_secs(1) {
            std::thread::sleep(Duration::from_millis(5));
        }
        other.run("ROLLBACK");
        webhook.join().expect("an answer")
    });
    assert!(took < ANSWERED_WITHIN, "it waited for {took:?}: {} {}", answer.status, answer.json);
    world.expect(&answer, 503, "failed", "site_unavailable");
    assert_eq!(world.user_count(), 1);
    // It was never accepted; the one before it was.
    world.catch_up();
    let event = world.event();
    world.expect_event(&event, "done", "created", "");
    assert_eq!((number(&event["webhooks"]), world.user_count()), (1, 2), "{event:#}");
}
