//! The hourly look, taken now, and what it can find.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::Request;
use std::time::Duration;

pub const MINUTE: u64 = 60;

/// How many events the look queued; null where there was no look.
pub fn look(world: &World) -> Value {
    world.advance(Duration::from_secs(56 * MINUTE));
    look_now(world)
}

pub fn look_now(world: &World) -> Value {
    world.site.wp("return AgileBridge\\Plugin\\Upkeep\\Look::take();")
}

/// What goes before the look of every hour: the index of links is mended, now.
pub fn mend(world: &World) {
    world.site.wp("AgileBridge\\Plugin\\Upkeep\\LinkMending::take(); return 1;");
}

/// A linked user and a change in the CRM that is told by nobody, as old as the test wants.
pub fn linked(world: &World, number: usize) -> (u64, u64) {
    let (id, answer) = world.add(Contact::person(&format!("p{number}@example.com")).first_name("Old").tag("Lead"));
    (id.parse().expect("a number"), answer.user_id().expect("a user"))
}

pub fn change(world: &World, contact: u64, name: &str) {
    world.crm.set_property(contact, "SYSTEM", "first_name", "", name);
    // By the clock of the inbox: the sandbox' own stands where it is.
    let mut now = world.crm.contact(contact).expect("the contact");
    now["updated_time"] = json!(world.now() / 1000);
    world.crm.replace_contact(contact, now);
}

/// What the settings page says of the looks.
pub fn line_on_screen(world: &World) -> String {
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let page = Request::new("GET", "/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=advanced")
        .header("Cookie", &cookie);
    let page = world.site.send(&page).body();
    let line = page.split("id=\"agile-bridge-look\">").nth(1).and_then(|rest| rest.split("</p>").next());
    line.unwrap_or_else(|| panic!("no line about the look:\n{page}")).to_owned()
}
