//! An admin goes the whole way on the screens alone, by labels and buttons: connects, builds the URL, sees what came of it, maps a field,
//! tries it, gives roles by tags, and repairs what was given up (`tests/browser/story.mjs`). By the keyboard alone, and on a phone
//! without scripts.

use crate::stage::world::{CLOCK, World, ana};
use sandbox::{Contact, Faults, Options, Sandbox};
use site::{Builder, Database, Server, Site};
use std::time::Duration;

#[test]
fn by_the_keyboard_alone() {
    play(&new_site(|site| site.database(Database::MariaDb)), &[("KEYBOARD", "1")]);
}

#[test]
fn on_a_phone_without_scripts() {
    // The newest WordPress has other tables and controls.
    let world = new_site(|site| site.database(Database::Sqlite).wordpress("latest"));
    play(&world, &[("WITHOUT_SCRIPT", "1"), ("WIDTH", "390")]);
}

/// A site that knows where the CRM is and nothing else.
pub fn new_site(change: impl FnOnce(Builder) -> Builder) -> World {
    let crm = Sandbox::start(Options::default()).expect("the sandbox starts");
    let builder = Site::builder().access_key(None).constants(&[("AGILE_BRIDGE_API_URL", &crm.url())]);
    // Pictures of people would come from elsewhere.
    let builder = builder.option("show_avatars", "0").server(Server::BuiltIn).mu_plugin_file("clock.php", CLOCK);
    let site = change(builder).start().expect("the site starts");
    World { crm, site }
}

pub fn play(world: &World, variables: &[(&str, &str)]) {
    world.crm.define_custom_field("Renewal", "DATE", "");
    let bo = world.contact(Contact::person("bo@example.com").first_name("Bo").tag("Lead"));
    let ana = world.contact(ana().custom("Renewal", "1479580200"));
    let variables = [variables, &[("CONTACT", &*ana), ("OTHER", &*bo)]].concat();
    world.play_with("story.mjs", "set-up", &variables);

    while world.event_of(&bo)["state"] != "dead" {
        world.advance(Duration::from_secs(30 * 3600));
        world.drain_and_rest();
    }
    world.crm.set_faults(Faults::default());
    world.advance(Duration::from_secs(3 * 3600));
    world.play_with("story.mjs", "repair", &variables);
    assert_eq!(world.user_with("ana@example.com")["renewal"], "2016-11-19");
}
