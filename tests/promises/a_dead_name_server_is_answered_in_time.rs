//! A name server that never answers: the webhook is answered within four seconds all the same, every time, and nothing
//! changes. (The C library's own resolver would keep a worker for ten seconds and more.)
//!
//! PHP-FPM runs in a mount namespace of its own, where a socket of this test is its only name server.

use crate::world::{World, ana};
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
    dead.set_read_timeout(Some(Duration::from_secs(1))).expect("a time limit");
    let world = World::with(|site| site.name_server(NAME_SERVER));
    let id = world.contact(ana());
    let answer = world.site.webhook("add", &[("contact_id", &id)]);
    assert_eq!((answer.status, answer.wp_status()), (200, "created"), "{}\n{}", answer.json, world.site.log());
    let before = world.rows();

    // Without a development URL it is the real service's name.
    for url in ["http://crm.example:8090", ""] {
        world.site.set_constant("AGILE_BRIDGE_API_URL", url);
        for attempt in 1..=2 {
            let answer = world.site.webhook("update", &[("contact_id", &id)]);
            let seen = (answer.wp_status(), answer.wp_code());
            assert_eq!(seen, ("failed", "crm_unavailable"), "'{url}': {}\n{}", answer.json, world.site.log());
            assert!(matches!(answer.status, 502 | 504), "'{url}': {}", answer.json);
            let elapsed = answer.response.elapsed;
            assert!(elapsed < Duration::from_secs(4), "'{url}', attempt {attempt}: answered after {elapsed:?}");
            let mut question = [0; 512];
            let asked = dead.recv(&mut question);
            assert!(asked.is_ok(), "'{url}': the dead name server was not asked: {asked:?}\n{}", answer.json);
        }
    }
    assert_eq!(world.changes_since(&before), Vec::<String>::new());
}
