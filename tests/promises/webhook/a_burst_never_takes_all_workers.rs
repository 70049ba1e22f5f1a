//! Only so many webhooks, two unless set otherwise, are processed while their requests wait; the others are answered 202 at once
//! and processed right after, without anything else happening. So a burst never spends the whole pool on waiting for the CRM.

use crate::stage::inbox::at_once;
use crate::stage::world::World;
use sandbox::{Contact, Faults, Sandbox};
use serde_json::json;
use site::{Answer, Database};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const PUT: &str = "contacts/edit-properties";

fn burst(world: &World, contacts: &[String]) -> Vec<Answer> {
    at_once(contacts.len(), |number| world.site.webhook("add", &[("contact_id", &contacts[number])]))
}

fn people(world: &World, count: usize) -> Vec<String> {
    (0..count).map(|number| world.contact(Contact::person(&format!("p{number}@example.com")))).collect()
}

/// The most unanswered requests of this route at any moment of the action.
fn most_under_way<T>(crm: &Sandbox, method: &str, route: &str, action: impl FnOnce() -> T) -> (T, u64) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = 0;
            while !over.load(Ordering::Relaxed) {
                let counts = crm.counts();
                let now = counts.requests.get(&(method.to_owned(), route.to_owned(), 0)).copied();
                most = most.max(now.unwrap_or_default());
                std::thread::sleep(Duration::from_millis(2));
            }
            most
        });
        let result = action();
        over.store(true, Ordering::Relaxed);
        (result, watch.join().expect("a count"))
    })
}

fn only_so_many_wait(database: Database, setting: Option<u64>) {
    let world = World::with(|site| site.database(database));
    if let Some(limit) = setting {
        world.set(&json!({"inline_workers": limit}));
    }
    let limit = usize::try_from(setting.unwrap_or(2)).expect("a small number");
    let contacts = people(&world, 8);
    world.crm.set_faults(Faults { latency: Duration::from_millis(1200), ..Faults::default() });
    let answers = burst(&world, &contacts);
    let inline = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(inline <= limit, "{inline} of {limit}: {answers:#?}");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        world.expect(answer, 202, "queued", "");
    }
    // Nothing more is sent: the worker that has answered goes on.
    world.await_all_done();
    assert_eq!(world.user_count(), 9);
    assert!(world.events().iter().all(|event| event["status"] == "created"), "{:#?}", world.events());
    assert_eq!(world.crm.counts().of("GET", "contacts/{id}"), 8, "one request each: {:?}", world.crm.counts());
}

#[test]
fn two_wait_on_mariadb() {
    only_so_many_wait(Database::MariaDb, None);
}

#[test]
fn two_wait_on_sqlite() {
    only_so_many_wait(Database::Sqlite, None);
}

#[test]
fn the_setting_says_how_many_and_zero_is_none() {
    only_so_many_wait(Database::MariaDb, Some(1));
    only_so_many_wait(Database::MariaDb, Some(0));
}

/// One webhook at a time is never put off.
#[test]
fn one_after_the_other_all_are_processed_at_once() {
    let world = World::new();
    for contact in people(&world, 5) {
        world.expect(&world.site.webhook("add", &[("contact_id", &contact)]), 200, "created", "");
    }
}

/// The write of a password is the CRM's time too: the worker that waits for it is one of the two.
#[test]
fn who_returns_a_password_waits_too() {
    let world = World::with(|site| site.constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", "WP Password")]));
    let contacts = people(&world, 8);
    let slow_write =
        Faults { latency: Duration::from_millis(1500), only_route: Some(format!("PUT {PUT}")), ..Faults::default() };
    world.crm.set_faults(slow_write);
    let (answers, most) = most_under_way(&world.crm, "PUT", PUT, || {
        std::thread::scope(|scope| {
            let first = scope.spawn(|| burst(&world, &contacts[..2]));
            while world.crm.counts().requests.get(&("PUT".to_owned(), PUT.to_owned(), 0)) != Some(&2) {
                assert!(!first.is_finished(), "the two did not wait at the same time: {:?}", world.crm.counts());
                std::thread::sleep(Duration::from_millis(2));
            }
            let others = burst(&world, &contacts[2..]);
            let first = first.join().expect("answers");
            world.await_all_done();
            [first, others].concat()
        })
    });
    // Two inline, and the one that drains.
    assert!(most <= 3, "{most} workers of 4 waited for the CRM at the same time: {answers:#?}");
}
