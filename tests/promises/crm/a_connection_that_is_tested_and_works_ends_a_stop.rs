//! What was put right in the CRM need not wait for the hourly probe: the admin tests the connection, and webhooks are processed
//! again.

use crate::stage::world::World;
use sandbox::{Contact, Faults, Form};
use site::Request;

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
    assert!(!world.test_connection(&cookie).contains("Tested: "));
    assert!(is_told(), "it is refused still");

    world.crm.set_faults(Faults::default());
    assert!(world.test_connection(&cookie).contains("Tested: "));
    assert!(!is_told());
    let (_, answer) = world.add(Contact::person("right@example.com"));
    world.expect(&answer, 200, "created", "");
    world.catch_up();
    world.expect_event(&world.event_of(&first), "done", "created", "");
}
