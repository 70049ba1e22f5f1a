//! `async`: the webhook is stored and answered 202 at once, whatever the CRM is doing, and applied right after, though nobody
//! calls again. A second one for the same contact is merged.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::json;
use site::{Answer, Database};
use std::time::Duration;

/// The CRM takes longer than this; so does who waits for it.
const AT_ONCE: Duration = Duration::from_millis(2500);

fn slow(world: &World) {
    world.crm.set_faults(Faults { latency: Duration::from_millis(2800), ..Faults::default() });
}

#[track_caller]
fn expect_at_once(world: &World, answer: &Answer, contact: &str) {
    world.expect(answer, 202, "queued", "");
    assert!(answer.success());
    let elapsed = answer.response.elapsed;
    assert!(elapsed < AT_ONCE, "answered after {elapsed:?}");
    assert_eq!((answer.contact_id(), answer.user_id()), (Some(contact), None), "{}", answer.json);
}

fn answered_and_applied(database: Database) {
    let world = World::with(|site| site.database(database));
    let id = world.contact(ana());
    slow(&world);
    let parameters = [("contact_id", &*id), ("async", "1"), ("role", "author"), ("send_notification", "yes")];
    let answer = world.site.webhook("add", &parameters);
    expect_at_once(&world, &answer, &id);
    while world.crm.counts().in_flight == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    // It is under way: one more makes it run once more, and is not waited for either.
    world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "last_name", "", "Ruiz Soler");
    let answer = world.site.webhook("update", &[("contact_id", &id), ("async", "true")]);
    expect_at_once(&world, &answer, &id);
    assert_eq!(world.crm.counts().in_flight, 1, "it came too late for this test");
    world.await_all_done();
    let event = world.event();
    assert_eq!((&event["state"], &event["action"], number(&event["webhooks"])), (&json!("done"), &json!("add"), 2));
    assert_eq!(world.crm.counts().of("GET", "contacts/{id}"), 2, "{:?}", world.crm.counts());
    let user = world.user(2);
    assert_eq!((&user["roles"], &user["last_name"]), (&json!(["author"]), &json!("Ruiz Soler")));
    assert_eq!((&user["agilecrm_contact_id"], &user["agilecrm_tags"]), (&json!(id), &json!(["Lead"])));
    assert_eq!((world.user_count(), world.site.mails().len()), (2, 1));
}

#[test]
fn answered_and_applied_on_mariadb() {
    answered_and_applied(Database::MariaDb);
}

#[test]
fn answered_and_applied_on_sqlite() {
    answered_and_applied(Database::Sqlite);
}

/// The same values as `send_notification`; every other one is off, and the answer is the result.
#[test]
fn only_its_own_words_mean_yes() {
    let world = World::new();
    for (number, (value, queued)) in [
        ("1", true),
        ("true", true),
        ("YES", true),
        ("on", true),
        ("0", false),
        ("no", false),
        ("false", false),
        ("", false),
        ("2", false),
    ]
    .into_iter()
    .enumerate()
    {
        let id = world.contact(Contact::person(&format!("p{number}@example.com")));
        let answer = world.site.webhook_form("add", &[("contact_id", &id), ("async", value)]);
        let (status, wp_status) = if queued { (202, "queued") } else { (200, "created") };
        world.expect(&answer, status, wp_status, "");
        world.await_all_done();
        world.expect_event(&world.event_of(&id), "done", "created", "");
    }
}

/// Nothing is put off that needs no contact, and nothing malformed is taken.
#[test]
fn what_is_no_event_is_answered_as_without_it() {
    let world = World::new();
    let now = ("async", "1");
    world.expect(&world.site.webhook("test", &[now]), 200, "ok", "");
    world.expect(&world.site.webhook("add", &[now]), 400, "rejected", "invalid_request");
    world.expect(&world.site.webhook("add", &[now, ("contact_id", "x")]), 400, "rejected", "invalid_request");
    let company =
        json!({"eventName": "Company is Created", "eventData": {"id": 5_667_649_732_214_784_u64, "type": "COMPANY"}});
    world.expect(&world.site.webhook_json("add", &[now], &company), 200, "ignored", "not_a_person");
    assert_eq!(world.crm.counts().total, 0);
}
