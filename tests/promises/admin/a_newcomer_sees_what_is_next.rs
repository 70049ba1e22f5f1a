//! Who sees the settings for the first time sees what is done and what is next, where in Agile CRM each value goes, and one question
//! under each heading; nothing is said twice (`tests/browser/newcomer.mjs`).

use crate::stage::world::World;
use site::{Database, Server, Site};

#[test]
fn on_a_new_site() {
    let crm = sandbox::Sandbox::start(sandbox::Options::default()).expect("the sandbox starts");
    let builder = Site::builder().access_key(None).constants(&[("AGILE_BRIDGE_API_URL", &crm.url())]);
    let site = builder.database(Database::Sqlite).server(Server::BuiltIn).start().expect("the site starts");
    let world = World { crm, site };
    for scenario in ["connect", "builder", "tables", "users"] {
        world.play("newcomer.mjs", scenario);
    }
}
