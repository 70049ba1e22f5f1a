//! Which name servers are asked says `/etc/resolv.conf`, as it is now: a worker that began before it was right hears as soon as
//! it is, and where it names none nobody is asked, no public one either. The same for the root certificates.

use crate::stage::name_server::name_server;
use crate::stage::world::{World, ana};
use sandbox::{Contact, Options, Sandbox};
use serde_json::json;
use std::net::UdpSocket;
use std::process::Command;
use std::time::Duration;

const DEAD: &str = "127.77.53.11";
const LIVE: &str = "127.77.53.12";

fn may_mount() -> bool {
    Command::new("unshare").args(["--mount", "true"]).status().is_ok_and(|status| status.success())
}

#[test]
fn a_worker_hears_of_a_change_of_the_file() {
    let (Ok(dead), Some(())) = (UdpSocket::bind((DEAD, 53)), name_server(LIVE)) else {
        eprintln!("skipped: port 53 needs root");
        return;
    };
    if !may_mount() {
        eprintln!("skipped: a mount namespace needs root");
        return;
    }
    let world = World::with(|site| site.name_server(DEAD));
    let people: Vec<_> = (0..6).map(|number| world.add(Contact::person(&format!("p{number}@example.com"))).0).collect();
    let port = world.crm.url().rsplit(':').next().expect("a port").to_owned();
    world.site.set_constant("AGILE_BRIDGE_API_URL", format!("http://crm.example:{port}"));
    world.expect(&world.site.webhook("update", &[("contact_id", &people[0])]), 202, "queued", "");
    dead.set_nonblocking(true).expect("a socket that does not wait");
    assert!(dead.recv(&mut [0; 512]).is_ok(), "it was asked");

    world.site.set_resolv_conf(&format!("nameserver {LIVE}\n"));
    for id in &people[1..] {
        let answer = world.site.webhook("update", &[("contact_id", id)]);
        world.expect(&answer, 200, "unchanged", "");
    }
}

#[test]
fn where_it_names_none_nobody_is_asked() {
    if !may_mount() {
        eprintln!("skipped: a mount namespace needs root");
        return;
    }
    let world = World::with(|site| site.name_server(""));
    let id = world.contact(ana());
    // What is in /etc/hosts needs no server.
    let port = world.crm.url().rsplit(':').next().expect("a port").to_owned();
    world.site.set_constant("AGILE_BRIDGE_API_URL", format!("http://localhost:{port}"));
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 200, "created", "");
    world.site.set_constant("AGILE_BRIDGE_API_URL", "");
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 202, "queued", "");
    assert!(answer.response.elapsed < Duration::from_secs(1), "{:?}", answer.response.elapsed);
    let message = world.event_of(&id)["message"].to_string();
    assert!(message.contains("no name server is known on this machine"), "{message}");
}

#[test]
fn root_certificates_are_read_anew() {
    let world = World::over_https(|site| site);
    let other = Sandbox::start(Options::default()).expect("the sandbox starts");
    let authority = world.crm.ca_pem_path();
    std::fs::write(authority, other.ca_pem()).expect("the list of authorities");
    let id = world.contact(ana());
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    std::fs::write(authority, world.crm.ca_pem()).expect("the list of authorities");
    for number in 0..4 {
        let (_, answer) = world.add(Contact::person(&format!("p{number}@example.com")));
        world.expect(&answer, 200, "created", "");
    }
    assert_eq!(world.event_of(&id)["state"], json!("waiting"), "it waits for its next try");
}
