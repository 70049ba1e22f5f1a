//! A name server that never answers: the webhook is answered within four seconds all the same, every time, and nothing
//! changes until names are resolved again; then nothing is missing. (The C library's own resolver would keep a worker for
//! ten seconds and more.)
//!
//! PHP-FPM runs in a mount namespace of its own, where a socket of this test is its only name server.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::json;
use std::net::UdpSocket;
use std::process::Command;
use std::time::Duration;

const NAME_SERVER: &str = "127.77.53.1";

#[test]
fn a_name_that_nobody_resolves_costs_less_than_four_seconds() {
    let Ok(dead) = UdpSocket::bind((NAME_SERVER, 53)) else {
        eprintln!("skipped: port 53 needs root");
        return;
    };
    if !Command::new("unshare").args(["--mount", "true"]).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: a mount namespace needs root");
        return;
    }
    let world = World::with(|site| site.name_server(NAME_SERVER));
    // One for each webhook: one that waits already is merged with, and asks nobody.
    let people: Vec<_> = (0..4)
        .map(|number| {
            let (id, answer) =
                world.add(Contact::person(&format!("p{number}@example.com")).first_name("Jo").tag("Lead"));
            world.expect(&answer, 200, "created", "");
            assert!(world.crm.add_tag(id.parse().expect("an id"), "New"), "a new tag");
            (id, answer.user_id().expect("a user"))
        })
        .collect();
    let before = world.rows();
    world.crm.reset_counts();

    // Without a development URL it is the real service's name.
    for (url, people) in ["http://crm.example:8090", ""].into_iter().zip(people.chunks(2)) {
        world.site.set_constant("AGILE_BRIDGE_API_URL", url);
        for (id, _) in people {
            forget_questions(&dead);
            let answer = world.site.webhook("update", &[("contact_id", id)]);
            world.expect(&answer, 202, "queued", "");
            let elapsed = answer.response.elapsed;
            assert!(elapsed < Duration::from_secs(4), "'{url}': answered after {elapsed:?}");
            assert!(forget_questions(&dead) > 0, "'{url}': the dead name server was not asked: {}", answer.json);
        }
    }
    assert_eq!(world.changes_since(&before), Vec::<String>::new());
    assert_eq!(world.crm.counts().total, 0, "{:?}", world.crm.requests());

    world.site.set_constant("AGILE_BRIDGE_API_URL", world.crm.url());
    world.catch_up();
    for (_, user) in people {
        assert_eq!(world.user(user)["agilecrm_tags"], json!(["Lead", "New"]), "{:?}", world.events());
    }
}

/// How many it was asked until now.
fn forget_questions(dead: &UdpSocket) -> usize {
    dead.set_nonblocking(true).expect("a socket that does not wait");
    std::iter::from_fn(|| dead.recv(&mut [0; 512]).ok()).count()
}
