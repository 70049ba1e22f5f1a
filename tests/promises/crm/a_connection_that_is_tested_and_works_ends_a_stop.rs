//! What was put right in the CRM need not wait for the hourly probe: the admin tests the connection, and webhooks are processed
//! again.

use crate::stage::world::{World, nonce};
use sandbox::{Contact, Faults, Form};
use site::{Request, form};

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm";

/// What the screen says after its button was pressed.
fn test_connection(world: &World, cookie: &str) -> String {
    let screen = world.site.send(&Request::new("GET", SCREEN).header("Cookie", cookie)).body();
    let nonce = nonce(&screen, "id=\"agile-bridge-test-form\"");
    let fields = [("agile_bridge_action", "test"), ("_wpnonce", &*nonce)];
    let press = Request::new("POST", SCREEN).header("Cookie", cookie);
    world.site.send(&press.body("application/x-www-form-urlencoded", form(&fields))).body()
}

#[test]
fn after_a_refusal() {
    let world = World::new();
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let is_told = || {
        let dashboard = world.site.send(&Request::new("GET", "/wp-admin/index.php").header("Cookie", &cookie));
        dashboard.body().contains("id=\"agile-bridge-crm\"")
    };
    world.crm.set_faults(Faults { unauthorized: Some(Form::Json), ..Faults::default() });
    let (first, answer) = world.add(Contact::person("first@example.com"));
    world.expect(&answer, 202, "queued", "");
    assert!(!test_connection(&world, &cookie).contains("Connected."));
    assert!(is_told(), "it is refused still");

    world.crm.set_faults(Faults::default());
    assert!(test_connection(&world, &cookie).contains("Connected."));
    assert!(!is_told());
    let (_, answer) = world.add(Contact::person("right@example.com"));
    world.expect(&answer, 200, "created", "");
    world.catch_up();
    world.expect_event(&world.event_of(&first), "done", "created", "");
}
