//! An account that is set on the settings screen and not in `wp-config.php`: it may change while a worker is at it.

use crate::stage::world::{CLOCK, World};
use sandbox::{Options, Sandbox};
use serde_json::json;
use site::{Database, Site};

/// A site that is set up with the sandbox' account.
pub fn world(database: Database) -> World {
    let crm = Sandbox::start(Options::default()).expect("the sandbox starts");
    let builder = Site::builder().database(database).constants(&[("AGILE_BRIDGE_API_URL", &crm.url())]);
    let site = builder.mu_plugin_file("clock.php", CLOCK).start().expect("the site starts");
    let world = World { crm, site };
    save(&world, "demo", world.crm.api_key());
    world
}

/// What an admin saves: the account's subdomain, and the key of the sandbox' account or another one.
pub fn save(world: &World, domain: &str, api_key: &str) {
    world.wp_given(
        &json!([domain, world.crm.email(), api_key]),
        "return update_option('agile_bridge_settings', ['domain' => $given[0], 'email' => $given[1],
            'api_key' => AgileBridge\\Plugin\\Site\\Secret::seal($given[2], 'api_key')] + (array) get_option('agile_bridge_settings', []));",
    );
}
