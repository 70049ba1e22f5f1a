//! Over HTTPS, only a CRM whose certificate is trusted and made out to the name that was called gets a request: the API
//! key would be in it.

use crate::stage::world::{World, ana};
use sandbox::{Options, Sandbox};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

#[test]
fn a_certificate_that_does_not_prove_the_crm_is_refused() {
    let world = World::over_https(|site| site);
    let start = |https: SocketAddr| {
        Sandbox::start(Options { https: Some(https), ..Options::default() }).expect("the sandbox starts")
    };
    let unknown = start(SocketAddr::from(([127, 0, 0, 1], 0)));
    // Its certificate is for `localhost`; this site trusts who signed it.
    let misplaced = start(SocketAddr::from(([127, 0, 0, 2], 0)));
    let mut trusted = OpenOptions::new().append(true).open(world.crm.ca_pem_path()).expect("the list of authorities");
    trusted.write_all(misplaced.ca_pem().as_bytes()).expect("one authority more");

    let id = world.contact(ana());
    let answer = world.site.webhook("add", &[("contact_id", &id)]);
    assert_eq!((answer.status, answer.wp_status()), (200, "created"), "{}\n{}", answer.json, world.site.log());

    for (what, crm, url) in [
        ("an authority that nobody knows", &unknown, unknown.https_url()),
        ("another name", &misplaced, misplaced.https_url().replace("localhost", "127.0.0.2")),
    ] {
        // Numbered as the CRM's first contact is.
        assert_eq!(crm.create_contact(ana().tag("Intruder")).to_string(), id);
        world.site.set_constant("AGILE_BRIDGE_API_URL", url);
        let before = world.rows();
        let answer = world.site.webhook("update", &[("contact_id", &id)]);
        world.expect(&answer, 202, "queued", "");
        assert!(crm.counts().connections_opened > 0, "{what}: it was not even asked");
        assert_eq!(crm.counts().total, 0, "{what}: it was sent a request: {:?}", crm.requests());
        assert_eq!(world.changes_since(&before), Vec::<String>::new(), "{what}");
        // Nor later, when whoever it is has had time to prepare.
        world.advance(Duration::from_secs(60));
        world.drain_and_rest();
        assert_eq!(crm.counts().total, 0, "{what}: it was sent a request: {:?}", crm.requests());
        assert_eq!(world.changes_since(&before), Vec::<String>::new(), "{what}");

        // The webhook waits for the CRM itself, which has a contact of this number as well.
        world.site.set_constant("AGILE_BRIDGE_API_URL", world.crm.https_url());
        world.catch_up();
        let event = world.events().pop().expect("an event");
        assert_eq!((&event["state"], &event["status"]), (&json!("done"), &json!("unchanged")), "{what}: {event}");
        assert_eq!(world.changes_since(&before), Vec::<String>::new(), "{what}");
    }
}
