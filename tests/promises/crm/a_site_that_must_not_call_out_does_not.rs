//! `WP_HTTP_BLOCK_EXTERNAL` is heeded as WordPress itself heeds it, with `WP_ACCESSIBLE_HOSTS`: what came waits, no try is counted,
//! and the admin is told which line of `wp-config.php` it waits for. This machine is not outside.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use serde_json::json;
use site::Request;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

const HOST: &str = "crm.example.org";

/// A proxy that answers every question about a contact with this one, and tells what it was asked.
fn proxy(contact: String) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (tell, told) = channel();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.expect("a connection");
            let mut lines = BufReader::new(connection.try_clone().expect("a socket")).lines().map_while(Result::ok);
            let first = lines.next().unwrap_or_default();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let _ = tell.send(first);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
            let _ = write!(connection, "{head}\r\nContent-Length: {}\r\n\r\n{contact}", contact.len());
        }
    });
    (port, told)
}

fn dashboard(world: &World, cookie: &str) -> String {
    world.site.send(&Request::new("GET", "/wp-admin/index.php").header("Cookie", cookie)).body()
}

#[test]
fn what_came_waits_until_it_may() {
    let contact = json!({"id": 5_667_649_732_214_784_u64, "type": "PERSON", "tags": [], "properties": [
        {"type": "SYSTEM", "name": "email", "subtype": "work", "value": "ana@example.com"}]});
    let (port, told) = proxy(contact.to_string());
    let world = World::with(|site| {
        site.constants(&[("WP_PROXY_HOST", "127.0.0.1"), ("WP_ACCESSIBLE_HOSTS", "api.wordpress.org,*.agilecrm.com")])
            .constant("WP_PROXY_PORT", port)
    });
    world.site.set_constant("AGILE_BRIDGE_API_URL", format!("http://{HOST}"));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let answer = world.site.webhook("add", &[("contact_id", "5667649732214784")]);
    world.expect(&answer, 202, "queued", "");
    world.advance(Duration::from_secs(3600));
    assert_eq!(world.drain(), 0);
    world.site.wp("return AgileBridge\\Plugin\\Upkeep\\Look::take();");
    let event = world.event();
    assert_eq!((&event["state"], number(&event["attempts"])), (&json!("waiting"), 0), "{event:#}");

    let page = dashboard(&world, &cookie);
    let notice = page.split("id=\"agile-bridge-blocked\"").nth(1).expect("a notice");
    let notice = notice.split("</div>").next().unwrap_or_default();
    for words in ["1 webhook waits; none is lost.", "WP_HTTP_BLOCK_EXTERNAL", HOST, "WP_ACCESSIBLE_HOSTS"] {
        assert!(notice.contains(words), "'{words}' is missing: {notice}");
    }
    let page = world.test_connection(&cookie);
    assert!(page.contains("Not tested: wp-config.php forbids this site to call Agile CRM."), "{page}");
    // (WordPress asks its own.)
    let asked = || told.try_iter().filter(|line| line.contains(HOST)).count();
    assert_eq!(asked(), 0);

    world.site.set_constant("WP_ACCESSIBLE_HOSTS", "api.wordpress.org,*.example.org");
    assert!(!dashboard(&world, &cookie).contains("id=\"agile-bridge-blocked\""));
    assert_eq!(world.drain(), 1);
    world.expect_event(&world.event(), "done", "created", "");
    assert_eq!(asked(), 1);
}

/// By whatever name: the rule is about other machines.
#[test]
fn this_machine_is_not_outside() {
    let world = World::with(|site| site.constants(&[("WP_ACCESSIBLE_HOSTS", "api.wordpress.org")]));
    world.expect(&world.add(ana()).1, 200, "created", "");
    let blocked = |url: &str| {
        world.site.set_constant("AGILE_BRIDGE_API_URL", url);
        world.site.wp("return AgileBridge\\Plugin\\Crm\\Account::blocked_host();")
    };
    for here in ["http://localhost:8090", "http://127.0.0.2:8090", "http://[::1]:8090"] {
        assert_eq!(blocked(here), json!(null), "{here}");
    }
    assert_eq!(blocked(""), json!("demo.agilecrm.com"));
    assert_eq!(blocked("http://127.0.0.1.example.org"), json!("127.0.0.1.example.org"));
    world.site.set_constant("WP_HTTP_BLOCK_EXTERNAL", false);
    assert_eq!(blocked("http://crm.example.org"), json!(null), "there is no such rule");
}
