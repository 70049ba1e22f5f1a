//! What the line under the title says of the connection it has seen: credentials that Agile CRM has not answered yet are not
//! connected because others before them were.

use crate::stage::world::{World, ana};
use site::Database;

#[test]
fn what_others_have_processed_proves_nothing() {
    let world = World::with(|site| site.database(Database::Sqlite));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let line = || {
        let page = world.settings_tab(&cookie, "users");
        let line = page.split("id=\"agile-bridge-status\"").nth(1).and_then(|rest| rest.split("</p>").next());
        line.unwrap_or_else(|| panic!("no line:\n{page}")).to_owned()
    };
    assert!(line().contains("not confirmed yet"), "{}", line());
    // Constants alone, and nobody has ever pressed the button.
    world.expect(&world.add(ana()).1, 200, "created", "");
    assert!(line().contains("Connected to"), "{}", line());
    assert!(world.test_connection(&cookie).contains("Tested: "));
    assert!(line().contains("Connected to"), "{}", line());

    world.site.set_constant("AGILE_BRIDGE_API_KEY", "another-key");
    assert!(line().contains("not confirmed yet"), "{}", line());
    assert!(world.test_connection(&cookie).contains("status 401"));
    assert!(!line().contains("Connected to"), "{}", line());
}
