//! A contact that Agile CRM cannot give is that contact's trouble, however often a webhook names it: it counts once, its schedule
//! goes on, and all others are processed at once. Where many contacts fail the connection test says whether it is they or the CRM.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use std::time::Duration;

const PROBE: &str = "users/current-user";

fn failing(contacts: &[&String]) -> Faults {
    let only_contacts = contacts.iter().map(|id| id.parse().expect("a number")).collect();
    Faults { status: Some(500), only_contacts, ..Faults::default() }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Why the CRM is not asked; `""` if it is.
fn reason(world: &World) -> String {
    let row = &world.site.sql("SELECT details FROM wp_agile_bridge_leases WHERE name = 'crm'")[0];
    let details: Value = serde_json::from_str(row["details"].as_str().unwrap_or_default()).unwrap_or_default();
    details["reason"].as_str().unwrap_or_default().to_owned()
}

#[track_caller]
fn expect_welcome(world: &World, person: &str) {
    assert_eq!(reason(world), "", "{:?}", world.crm.counts());
    world.expect(&world.add(Contact::person(&format!("{person}@example.com"))).1, 200, "created", "");
}

/// Whoever can make their own contact fail, and has a campaign call the site each few seconds.
#[test]
fn one_contact_with_a_webhook_every_four_seconds() {
    let world = World::new();
    let bad = world.contact(Contact::person("bad@example.com"));
    world.crm.set_faults(failing(&[&bad]));
    for round in 0..20 {
        world.expect(&world.site.webhook("add", &[("contact_id", &bad)]), 202, "queued", "");
        world.await_rest();
        assert_eq!(reason(&world), "", "round {round}: {:?}", world.crm.counts());
        if round % 7 == 6 {
            expect_welcome(&world, &format!("p{round}"));
        }
        world.advance(seconds(4));
    }
    // At once, after 10 s and after 70; each is asked twice, and a slow machine may see one more.
    let asked = world.crm.counts().with_status(500);
    assert!((4..=8).contains(&asked), "{asked}: {:?}", world.crm.counts());
    let event = world.event_of(&bad);
    assert!((2..=4).contains(&number(&event["attempts"])), "its tries go on: {event:#}");
    // And when it is well again its news is soon there.
    world.crm.set_faults(Faults::default());
    world.expect(&world.site.webhook("add", &[("contact_id", &bad)]), 202, "queued", "");
    world.advance(seconds(301));
    world.drain_and_rest();
    world.expect_event(&world.event_of(&bad), "done", "created", "");
}

/// The connection test is asked before all wait, and not for every contact that fails.
#[test]
fn many_contacts_while_the_crm_is_well() {
    let world = World::new();
    let bad: Vec<_> =
        (0..9).map(|number| world.contact(Contact::person(&format!("bad{number}@example.com")))).collect();
    world.crm.set_faults(failing(&bad.iter().collect::<Vec<_>>()));
    for id in &bad {
        world.expect(&world.site.webhook("add", &[("contact_id", id)]), 202, "queued", "");
        world.await_rest();
        assert_eq!(reason(&world), "", "{:?}", world.crm.counts());
    }
    assert_eq!(world.crm.counts().of("GET", PROBE), 1, "{:?}", world.crm.counts());
    for id in &bad {
        let event = world.event_of(id);
        assert_eq!((&event["state"], number(&event["attempts"])), (&json!("waiting"), 1), "{event:#}");
    }
    expect_welcome(&world, "ana");
    world.crm.set_faults(Faults::default());
    world.catch_up();
    assert_eq!(world.user_count(), 1 + 9 + 1);
}

/// The fifth is not answered at all while a caller waits: what time is left is too short for the connection test, and is no outage.
#[test]
fn many_contacts_and_a_slow_connection_test() {
    let world = World::new();
    let bad: Vec<_> =
        (0..5).map(|number| world.contact(Contact::person(&format!("bad{number}@example.com")))).collect();
    let all: Vec<_> = bad.iter().collect();
    world.crm.set_faults(failing(&all));
    for id in &bad[..4] {
        world.expect(&world.site.webhook("add", &[("contact_id", id)]), 202, "queued", "");
    }
    let slow_test =
        Faults { latency: Duration::from_millis(900), only_route: Some(format!("GET {PROBE}")), ..Faults::default() };
    let silence = Faults {
        status: None,
        stalled_headers: true,
        only_next: Some(1),
        then: Some(Box::new(slow_test)),
        ..failing(&all)
    };
    world.crm.set_faults(silence);
    world.expect(&world.site.webhook("add", &[("contact_id", &bad[4])]), 202, "queued", "");
    world.await_rest();
    expect_welcome(&world, "ana");
}

/// Where but one contact has news while the CRM is down, its fifth failure is an outage all the same: no try is counted after it.
#[test]
fn one_contact_alone_while_the_crm_is_down() {
    let world = World::new();
    let id = world.contact(Contact::person("ana@example.com"));
    world.crm.set_faults(Faults { status: Some(503), ..Faults::default() });
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    world.await_rest();
    for attempts in 1..5 {
        let event = world.event();
        assert_eq!((reason(&world), number(&event["attempts"])), (String::new(), attempts), "{event:#}");
        world.advance(Duration::from_secs_f64(world.due_in(&event).max(0.0) + 0.5));
        world.drain_and_rest();
    }
    assert_eq!((reason(&world), number(&world.event()["attempts"])), ("outage".to_owned(), 4), "{:#?}", world.event());
    world.crm.set_faults(Faults::default());
    world.advance(seconds(31));
    world.drain_and_rest();
    world.expect_event(&world.event(), "done", "created", "");
}
