//! Reconciliation asks the CRM things that webhooks do not need. Where the CRM refuses one of these, or has nothing of use to say
//! about one contact, that stops no webhook, and keeps nobody else from being looked at.

use crate::stage::look::{change, linked, look};
use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults, Form};
use serde_json::json;

const LIST: &str = "POST filters/filter/dynamic-filter";

/// Who owns the API key may read contacts, and not list them: their users are walked instead.
#[test]
fn a_list_that_is_refused() {
    let world = World::new();
    let (contact, user) = linked(&world, 0);
    let refused = Faults { unauthorized: Some(Form::Json), only_route: Some(LIST.to_owned()), ..Faults::default() };
    world.crm.set_faults(refused);
    look(&world);
    assert_eq!(world.crm.counts().of("POST", "filters/filter/dynamic-filter"), 1, "{:?}", world.crm.requests());
    world.expect(&world.add(ana()).1, 200, "created", "");
    change(&world, contact, "New");
    for _ in 0..3 {
        look(&world);
        world.drain();
    }
    assert_eq!(world.user(user)["first_name"], "New", "{:?}", world.crm.counts());
}

/// Each contact by itself is refused, or nonsense: the next one is looked at all the same, and no webhook waits.
#[test]
fn contacts_that_always_fail() {
    let world = World::new();
    let people: Vec<_> = (0..7).map(|number| linked(&world, number)).collect();
    let nonsense = &people[..6];
    for (contact, _) in nonsense {
        world.crm.replace_contact(*contact, json!(["no contact"]));
    }
    change(&world, people[6].0, "New");
    world.crm.set_faults(Faults { refuse_updated_time_filter: true, ..Faults::default() });
    for _ in 0..3 {
        look(&world);
        world.drain();
    }
    assert_eq!(world.user(people[6].1)["first_name"], "New", "{:?}", world.crm.requests());
    world.expect(&world.add(ana()).1, 200, "created", "");

    // Every contact is refused, and the credentials are not.
    let route = Some("GET contacts/{id}".to_owned());
    world.crm.set_faults(Faults { unauthorized: Some(Form::Json), only_route: route, ..Faults::default() });
    world.set(&json!({"gone_contacts": "unlink"}));
    // The rest of this walk, its end, a new one.
    for _ in 0..3 {
        look(&world);
    }
    assert!(world.crm.counts().with_status(401) > 0, "{:?}", world.crm.counts());
    world.crm.set_faults(Faults::default());
    let (_, answer) = world.add(Contact::person("bo@example.com"));
    world.expect(&answer, 200, "created", "");
}

/// Failures in a row are an outage where the connection test fails too; six among good answers are not.
#[test]
fn failures_among_good_answers() {
    let world = World::new();
    linked(&world, 0);
    world.set(&json!({"gone_contacts": "unlink"}));
    for _ in 0..6 {
        // One of two walks, the other ends a lap.
        for _ in 0..2 {
            look(&world);
        }
        let fails = Faults { status: Some(503), only_route: Some("GET contacts/{id}".to_owned()), ..Faults::default() };
        world.crm.set_faults(fails);
        for _ in 0..2 {
            look(&world);
        }
        world.crm.set_faults(Faults::default());
        let crm = world.site.sql("SELECT details FROM wp_agile_bridge_leases WHERE name = 'crm'");
        assert!(!crm[0]["details"].as_str().expect("a text").contains("reason"), "the CRM is asked as ever: {crm:?}");
    }
    assert!(world.crm.counts().with_status(503) >= 12, "each is tried twice: {:?}", world.crm.counts());
    world.expect(&world.add(ana()).1, 200, "created", "");
}
