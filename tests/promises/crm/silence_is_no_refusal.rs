//! Where the CRM refuses something the connection test says whether it refuses us. It has three outcomes: welcome, refused,
//! unknown. Who does not answer has refused nobody.

use crate::stage::inbox::number;
use crate::stage::look::{change, linked, look, look_now};
use crate::stage::world::World;
use sandbox::{Contact, Faults, Form};
use serde_json::{Value, json};
use std::time::Duration;

const CONTACT: &str = "GET contacts/{id}";
const LIST: &str = "POST filters/filter/dynamic-filter";
const TEST: &str = "GET users/current-user";

/// This route is refused once; from then on the connection test is not answered.
fn refused_once_and_then_silent(route: &str) -> Faults {
    let silent = Faults { stalled_headers: true, only_route: Some(TEST.to_owned()), ..Faults::default() };
    Faults {
        status: Some(403),
        only_route: Some(route.to_owned()),
        only_next: Some(1),
        then: Some(Box::new(silent)),
        ..Faults::default()
    }
}

/// Why the CRM is not asked, and failures in a row.
fn known(world: &World) -> (String, i64) {
    let row = &world.site.sql("SELECT failures, details FROM wp_agile_bridge_leases WHERE name = 'crm'")[0];
    let details: Value = serde_json::from_str(row["details"].as_str().unwrap_or_default()).unwrap_or_default();
    (details["reason"].as_str().unwrap_or_default().to_owned(), number(&row["failures"]))
}

fn add(world: &World, email: &str, status: u16, wp_status: &str) -> String {
    let (id, answer) = world.add(Contact::person(email));
    world.expect(&answer, status, wp_status, "");
    id
}

#[test]
fn one_contact_is_refused_and_the_test_is_not_answered() {
    let world = World::new();
    world.crm.set_faults(refused_once_and_then_silent(CONTACT));
    let refused = add(&world, "refused@example.com", 202, "queued");
    world.await_rest();
    assert!(world.crm.counts().of("GET", "users/current-user") > 0, "{:?}", world.crm.requests());
    assert_eq!(known(&world), (String::new(), 1), "one failure, and no reason to stop");
    // The CRM is as silent about us as before; contacts it knows.
    add(&world, "next@example.com", 200, "created");
    world.advance(Duration::from_secs(15));
    world.drain_and_rest();
    world.expect_event(&world.event_of(&refused), "done", "created", "");
}

#[test]
fn a_probe_that_is_not_answered_does_not_cost_another_hour() {
    let world = World::new();
    world.crm.set_faults(Faults { unauthorized: Some(Form::Json), ..Faults::default() });
    add(&world, "first@example.com", 202, "queued");
    world.await_rest();
    assert_eq!(known(&world).0, "refusal");
    world.crm.set_faults(Faults { stalled_headers: true, ..Faults::default() });
    world.advance(Duration::from_secs(3601));
    world.drain_and_rest();
    assert_eq!(known(&world).0, "refusal", "nobody has said that we are welcome");
    assert_eq!(world.user_count(), 1);
    world.crm.set_faults(Faults::default());
    world.advance(Duration::from_secs(31));
    world.drain_and_rest();
    assert_eq!((known(&world).0, world.user_count()), (String::new(), 2), "{:#?}", world.events());
}

/// An hourly look whose list is refused walks the linked users, if we are welcome. If nobody knows it is over.
#[test]
fn a_list_is_refused_and_the_test_is_not_answered() {
    let world = World::new();
    let (contact, user) = linked(&world, 0);
    assert_eq!(look(&world), 0);
    change(&world, contact, "New");
    world.crm.reset_counts();
    world.crm.set_faults(refused_once_and_then_silent(LIST));
    assert_eq!(look(&world), 0);
    assert_eq!(world.crm.counts().of("GET", "contacts/{id}"), 0, "nobody is walked: {:?}", world.crm.requests());
    assert_eq!(known(&world).0, "", "webhooks are processed");
    world.crm.set_faults(Faults::default());
    world.advance(Duration::from_secs(56 * 60));
    assert_eq!(look_now(&world), 1);
    world.drain();
    assert_eq!(world.user(user)["first_name"], json!("New"));
}
