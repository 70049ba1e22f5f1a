//! Whoever uses a screen reader, or a phone, can use every screen: axe-core finds nothing serious on any of them
//! (`tests/browser/every-screen.mjs`). And on the same walk: what stands in a contact, in a setting or in an error of the CRM is text,
//! and never runs.

use crate::stage::hostile;
use crate::stage::world::{World, ana};
use sandbox::{Faults, Form};
use site::{Database, Server};

fn quick(change: impl FnOnce(site::Builder) -> site::Builder) -> World {
    World::with(|site| {
        change(site.database(Database::Sqlite).server(Server::BuiltIn).mu_plugin_file("near.php", hostile::NEAR))
    })
}

#[test]
fn and_nothing_of_a_contact_runs() {
    let world = quick(|site| site.mu_plugin_file("careless.php", hostile::CARELESS));
    let (_, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let id = hostile::contact(&world);
    hostile::events(&world);
    hostile::settings(&world);
    hostile::errors(&world);
    world.play_with("every-screen.mjs", "hostile", &[("CONTACT", &id)]);
}

#[test]
fn also_before_anything_is_set_up() {
    quick(|site| site.access_key(None)).play("every-screen.mjs", "quiet");
    quick(|site| site.extension(false)).play("every-screen.mjs", "quiet");
}

#[test]
fn also_without_an_account_and_where_agile_crm_refuses_it() {
    let crm = sandbox::Sandbox::start(sandbox::Options::default()).expect("the sandbox starts");
    let site = site::Site::builder().access_key(None).constants(&[("AGILE_BRIDGE_API_URL", &crm.url())]);
    let site = site.database(Database::Sqlite).server(Server::BuiltIn).start().expect("the site starts");
    let world = World { crm, site };
    world.play_with("every-screen.mjs", "tabs", &[("SAYS", "Not connected yet")]);

    let world = quick(|site| site);
    world.crm.set_faults(Faults { unauthorized: Some(Form::Json), ..Faults::default() });
    world.expect(&world.add(ana()).1, 202, "queued", "");
    world.site.forget_log();
    world.play_with("every-screen.mjs", "tabs", &[("SAYS", "Agile CRM refuses this site")]);
}
