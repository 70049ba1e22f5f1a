//! One event costs exactly one request to the CRM, now or later, and one worker needs one connection for all of them; a
//! connection that the CRM closed while it was idle costs no error. Counted by the CRM, over HTTP and over HTTPS.

use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::json;
use site::{Answer, Server};
use std::fs;
use std::time::{Duration, Instant};

#[test]
fn two_hundred_events_use_one_connection() {
    let world = World::with(|site| site.server(Server::Nginx { workers: 1 }));
    two_hundred_events(&world);
    a_connection_closed_while_idle_costs_no_error(&world, &world.crm.url());
    some_events_cost_none(&world);
}

#[test]
fn two_hundred_events_use_one_connection_over_https() {
    let world = World::over_https(|site| site.server(Server::Nginx { workers: 1 }));
    two_hundred_events(&world);
    a_connection_closed_while_idle_costs_no_error(&world, &world.crm.https_url());
}

/// Twenty contacts, ten events each.
fn two_hundred_events(world: &World) {
    let (crm, site) = (&world.crm, &world.site);
    for number in 0..20 {
        let email = format!("person{number}@example.com");
        let contact = crm.create_contact(Contact::person(&email).first_name("Ana").tag("Lead"));
        let id = &*contact.to_string();
        let by_id = [("contact_id", id)];
        let event = json!({"eventName": "Contact is Updated", "eventData": crm.event_data(contact)});

        let one = |expected: &str, event: &dyn Fn() -> Answer| {
            let before = crm.counts().total;
            let answer = event();
            assert_eq!((answer.status, answer.wp_status()), (200, expected), "{}\n{}", answer.json, site.log());
            assert_eq!(crm.counts().total - before, 1, "requests for one event: {:?}", crm.counts());
        };
        one("ignored", &|| site.webhook("update", &[("email", &email)]));
        one("created", &|| site.webhook("add", &by_id));
        one("unchanged", &|| site.webhook("add", &by_id));
        one("unchanged", &|| site.webhook("update", &by_id));
        one("unchanged", &|| site.webhook("update_tags", &[("email", &email)]));
        one("unchanged", &|| site.webhook_json("add", &[], &event));
        one("unchanged", &|| site.webhook_form("update", &by_id));
        assert!(crm.add_tag(contact, "Customer"), "the tag is new");
        one("updated", &|| site.webhook("update_tags", &by_id));
        assert!(crm.set_property(contact, "SYSTEM", "last_name", "", "Ruiz"), "the contact is there");
        one("updated", &|| site.webhook("update", &by_id));
        one("unchanged", &|| site.webhook("update", &by_id));
    }
    let counts = crm.counts();
    assert_eq!((counts.total, counts.connections_opened), (200, 1), "{counts:?}");
    assert_eq!(counts.of("GET", "contacts/{id}"), 180, "{counts:?}");
    assert_eq!(crm.complaints(), Vec::<String>::new());
}

fn a_connection_closed_while_idle_costs_no_error(world: &World, crm_url: &str) {
    let (crm, site) = (&world.crm, &world.site);
    let id = world.contact(Contact::person("idle@example.com").first_name("Idle"));
    site.webhook("add", &[("contact_id", &id)]);
    for round in 1..=4 {
        assert!(is_connected_to(crm_url), "{round}: the connection is not kept");
        crm.set_faults(Faults { close_idle: Some(Duration::from_millis(1)), ..Faults::default() });
        await_no_connection_to(crm_url);
        crm.set_faults(Faults::default());
        crm.reset_counts();
        let answer = site.webhook("update", &[("contact_id", &id)]);
        assert_eq!((answer.status, answer.wp_status()), (200, "unchanged"), "{round}: {}\n{}", answer.json, site.log());
        let counts = crm.counts();
        assert_eq!((counts.total, counts.connections_opened), (1, 1), "{round}: {counts:?}");
    }
}

/// Eight at a time, and none of them twice.
#[test]
fn events_that_are_done_later_cost_no_more() {
    let world = World::new();
    world.pause(true);
    let number = 40;
    for number in 0..number {
        let contact = Contact::person(&format!("person{number}@example.com")).first_name("Ana").tag("Lead");
        let id = world.contact(contact);
        world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    }
    assert_eq!(world.crm.counts().total, 0, "{:?}", world.crm.requests());
    world.pause(false);
    assert_eq!(world.drain(), number, "{:?}", world.events());
    world.await_all_done();
    let counts = world.crm.counts();
    assert_eq!((counts.total, counts.of("GET", "contacts/{id}")), (number, number), "{counts:?}");
    assert!(counts.connections_opened <= 8, "{counts:?}");
    assert_eq!(world.user_count(), number + 1);
    assert_eq!(world.drain(), 0);
}

fn some_events_cost_none(world: &World) {
    world.crm.reset_counts();
    let deal =
        json!({"eventName": "Opportunity is Created", "eventData": {"id": 1, "contact_ids": ["1"], "name": "A deal"}});
    let id = world.contact(ana());
    for (what, answer) in [
        ("test", world.site.webhook("test", &[])),
        ("a deal", world.site.webhook_json("add", &[], &deal)),
        ("a malformed id", world.site.webhook("add", &[("contact_id", "x1")])),
        (
            "a wrong key",
            world.site.webhook_form("add", &[("contact_id", &id), ("access_key", "another-key-of-somebody")]),
        ),
    ] {
        assert_eq!(world.crm.counts().total, 0, "{what}: {}", answer.json);
    }
}

fn await_no_connection_to(url: &str) {
    let patience = Instant::now() + Duration::from_secs(10);
    while is_connected_to(url) {
        assert!(Instant::now() < patience, "the CRM does not close its idle connection");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Looks from outside into the system's table of sockets.
fn is_connected_to(url: &str) -> bool {
    const ESTABLISHED: &str = "01";
    let port: u16 = url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a URL with a port");
    let remote = format!(":{port:04X}");
    let sockets = fs::read_to_string("/proc/net/tcp").expect("the table of sockets");
    let mut fields = sockets.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    fields.any(|fields| fields[2].ends_with(&remote) && fields[3] == ESTABLISHED)
}
