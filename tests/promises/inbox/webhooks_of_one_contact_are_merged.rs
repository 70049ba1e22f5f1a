//! A webhook for a contact that already waits is merged into it: the stronger action and the later parameter win, what the
//! later one lacks is kept. One that arrives while the contact runs makes it run once more. So a storm costs two requests,
//! and the newest state wins.

use crate::stage::inbox::{at_once, number};
use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use site::{Answer, Database};
use std::time::Duration;

fn world(database: Database) -> World {
    World::with(|site| site.database(database))
}

/// One webhook of a story, and what the waiting event is to be after it.
type Step = (&'static str, &'static [(&'static str, &'static str)], &'static str, Value, Value);

fn send(world: &World, action: &str, contact: &str, more: &[(&str, &str)]) -> Answer {
    world.site.webhook(action, &[&[("contact_id", contact)], more].concat())
}

fn parameters_are_merged(database: Database) {
    let world = world(database);
    world.pause(true);
    let id = world.contact(ana());
    let steps: [Step; 9] = [
        ("update_tags", &[], "update_tags", json!(""), Value::Null),
        ("update", &[("role", "author")], "update", json!("\"author\""), Value::Null),
        ("update_tags", &[("send_notification", "1")], "update", json!("\"author\""), json!(1)),
        ("add", &[("role", "")], "add", json!("\"author\""), json!(1)),
        ("update", &[("send_notification", "")], "add", json!("\"author\""), json!(1)),
        ("update_tags", &[("role", "editor"), ("send_notification", "no")], "add", json!("\"editor\""), json!(0)),
        ("add", &[], "add", json!("\"editor\""), json!(0)),
        ("add", &[("role", "Contributor"), ("send_notification", "yes")], "add", json!("\"Contributor\""), json!(1)),
        ("update", &[("async", "1")], "add", json!("\"Contributor\""), json!(1)),
    ];
    for (number_of, (action, more, wanted, role, notify)) in (1..).zip(steps) {
        let answer = send(&world, action, &id, more);
        world.expect(&answer, 202, "queued", "");
        assert_eq!(answer.contact_id(), Some(&*id));
        let event = world.event();
        assert_eq!(
            (&event["state"], &event["action"], &event["role"]),
            (&json!("waiting"), &json!(wanted), &role),
            "{action} {more:?}"
        );
        let got = &event["send_notification"];
        assert_eq!(got.is_null(), notify.is_null(), "{action} {more:?}: {event:#}");
        assert!(notify.is_null() || number(got) == number(&notify), "{action} {more:?}: {event:#}");
        assert_eq!(number(&event["webhooks"]), number_of);
    }
    assert_eq!(world.crm.counts().total, 0, "a pause is a pause");
    world.pause(false);
    assert_eq!(world.drain(), 1);
    assert_eq!(world.crm.counts().total, 1, "one event, one request: {:?}", world.crm.counts());
    world.expect_event(&world.event(), "done", "created", "");
    let user = world.user(2);
    assert_eq!((&user["roles"], &user["agilecrm_contact_id"]), (&json!(["contributor"]), &json!(id)));
    assert_eq!(world.site.mails().len(), 1);
    // A contact whose event is done gets another one.
    world.expect(&send(&world, "update", &id, &[]), 200, "unchanged", "");
    assert_eq!(world.events().len(), 2);
}

#[test]
fn parameters_are_merged_on_mariadb() {
    parameters_are_merged(Database::MariaDb);
}

#[test]
fn parameters_are_merged_on_sqlite() {
    parameters_are_merged(Database::Sqlite);
}

/// Different contacts are different events, and each is one request, however they are drained.
#[test]
fn each_contact_costs_one_request_in_a_drain_too() {
    let world = world(Database::MariaDb);
    world.pause(true);
    for person in 0..20 {
        let id = world.contact(Contact::person(&format!("p{person}@example.com")));
        world.expect(&send(&world, "add", &id, &[]), 202, "queued", "");
    }
    world.pause(false);
    assert_eq!(world.drain(), 20);
    assert_eq!(world.crm.counts().of("GET", "contacts/{id}"), 20, "{:?}", world.crm.counts());
    assert!(world.events().iter().all(|event| event["status"] == "created"), "{:#?}", world.events());
    assert_eq!(world.user_count(), 21);
}

fn a_storm_costs_two_requests(database: Database) {
    let world = world(database);
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let contact = id.parse().expect("a number");
    world.crm.reset_counts();
    world.crm.set_faults(Faults { latency: Duration::from_millis(2500), ..Faults::default() });
    world.crm.set_property(contact, "SYSTEM", "first_name", "", "Before");
    let answers = std::thread::scope(|scope| {
        let first = scope.spawn(|| send(&world, "update", &id, &[]));
        while world.crm.counts().in_flight == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        // The first one's answer is on its way; what it says is already old.
        let storm =
            at_once(12, |number| send(&world, if number % 2 == 0 { "update" } else { "update_tags" }, &id, &[]));
        assert_eq!(world.crm.counts().total, 1, "the storm came too late for this test");
        world.crm.set_property(contact, "SYSTEM", "last_name", "", "After");
        world.crm.set_faults(Faults::default());
        (first.join().expect("an answer"), storm)
    });
    for answer in &answers.1 {
        world.expect(answer, 202, "queued", "");
    }
    assert!([200, 202].contains(&answers.0.status), "{}", answers.0.json);
    world.await_all_done();
    assert_eq!(world.crm.counts().of("GET", "contacts/{id}"), 2, "{:?}", world.crm.counts());
    let user = world.user(2);
    assert_eq!((&user["first_name"], &user["last_name"]), (&json!("Before"), &json!("After")), "the newest state wins");
    assert_eq!(world.events().len(), 2, "the first one's, and one for all of the storm: {:#?}", world.events());
}

#[test]
fn a_storm_costs_two_requests_on_mariadb() {
    a_storm_costs_two_requests(Database::MariaDb);
}

#[test]
fn a_storm_costs_two_requests_on_sqlite() {
    a_storm_costs_two_requests(Database::Sqlite);
}

/// Whose user is linked is one contact, however it is named: one event and one request, and both names are kept.
fn by_id_and_by_the_email_of_a_linked_user_is_one_event(database: Database) {
    let world = world(database);
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    world.await_all_done();
    for by_email_first in [false, true] {
        world.pause(true);
        let mut names = [("contact_id", &*id), ("email", "Ana@Example.com")];
        if by_email_first {
            names.reverse();
        }
        for name in names {
            world.expect(&world.site.webhook("update", &[name]), 202, "queued", "");
        }
        let event = world.event_of(&id);
        assert_eq!((&event["state"], number(&event["webhooks"])), (&json!("waiting"), 2), "{event:#}");
        assert_eq!(event["email"], "ana@example.com", "{event:#}");
        world.pause(false);
        world.crm.reset_counts();
        assert_eq!(world.drain(), 1);
        assert_eq!(world.crm.counts().total, 1, "{:?}", world.crm.requests());
        world.expect_event(&world.event_of(&id), "done", "unchanged", "");
    }
    // The contact is gone, and another one has the address: the e-mail still names it.
    world.crm.delete_contact(id.parse().expect("a number"));
    let other = world.contact(Contact::person("ana@example.com").first_name("Anna"));
    let answer = world.site.webhook("update", &[("email", "ana@example.com")]);
    world.expect(&answer, 200, "updated", "");
    assert_eq!(answer.notes(), ["relinked"], "{}", answer.json);
    let user = world.user_with("ana@example.com");
    assert_eq!((&user["agilecrm_contact_id"], &user["first_name"]), (&json!(other), &json!("Anna")));
}

#[test]
fn by_id_and_by_the_email_of_a_linked_user_is_one_event_on_mariadb() {
    by_id_and_by_the_email_of_a_linked_user_is_one_event(Database::MariaDb);
}

#[test]
fn by_id_and_by_the_email_of_a_linked_user_is_one_event_on_sqlite() {
    by_id_and_by_the_email_of_a_linked_user_is_one_event(Database::Sqlite);
}

/// Named by its id and by its e-mail at the same time: as long as nobody is linked, two events, which may both make the user. One does.
fn by_id_and_by_email_is_one_user(database: Database) {
    let world = world(database);
    for round in 0..5 {
        let email = format!("p{round}@example.com");
        let id = world.contact(Contact::person(&email).first_name("Old"));
        let contact = id.parse().expect("a number");
        let answers = at_once(4, |number| {
            if number == 3 {
                world.crm.set_property(contact, "SYSTEM", "first_name", "", "New");
            }
            let name = if number % 2 == 0 { ("contact_id", &*id) } else { ("email", &*email) };
            world.site.webhook("add", &[name])
        });
        assert!(answers.iter().all(|answer| [200, 202].contains(&answer.status)), "{answers:#?}\n{}", world.site.log());
        world.await_all_done();
        assert_eq!(world.user_count(), 2 + round, "{:#?}", world.events());
        let user = world.user(2 + round);
        assert_eq!((&user["user_email"], &user["first_name"]), (&json!(email), &json!("New")), "{:#?}", world.events());
        assert_eq!(user["roles"], json!(["subscriber"]));
    }
}

#[test]
fn by_id_and_by_email_is_one_user_on_mariadb() {
    by_id_and_by_email_is_one_user(Database::MariaDb);
}

#[test]
fn by_id_and_by_email_is_one_user_on_sqlite() {
    by_id_and_by_email_is_one_user(Database::Sqlite);
}
