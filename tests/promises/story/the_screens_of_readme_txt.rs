//! The pictures of `readme.txt` (`tests/browser/pictures.mjs`): the screens of a site at work, with people who have names, what was given up
//! and what waits. They are left in `target/screens/readme`, to be looked at; `make test-screens` copies them.

use super::an_admin_in_a_browser::new_site;
use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::json;
use site::Database;
use std::path::Path;
use std::time::Duration;

/// How many minutes ago each event came, the oldest first.
const MINUTES_AGO: [u32; 12] = [17_000, 14_500, 13_000, 11_800, 9000, 8700, 6000, 4600, 4400, 45, 12, 2];

#[test]
#[ignore = "somebody has to look at what it leaves: `make test-screens`"]
fn on_a_site_at_work() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screens/readme");
    std::fs::create_dir_all(&folder).expect("a folder");
    let world = new_site(|site| site.database(Database::MariaDb).wordpress("latest"));
    world.crm.define_custom_field("Renewal", "DATE", "");
    world.crm.define_custom_field("Plan", "TEXT", "");
    let person = |name: &str, last: &str| {
        let email = format!("{}@example.com", name.to_lowercase().replace('é', "e"));
        world.contact(Contact::person(&email).first_name(name).last_name(last).tag("Customer").custom("Plan", "Basic"))
    };
    let ana = world.contact(
        ana()
            .custom("Plan", "Gold")
            .custom("Renewal", "1811980800")
            .property("SYSTEM", "title", "", "Head of Sales")
            .phone("work", "+351 21 000 0000")
            .address("office", &json!({"city": "Lisbon", "countryname": "Portugal"})),
    );
    let [lee, grace] =
        ["lee.wong@example.com", "grace.kim@example.com"].map(|email| world.contact(Contact::person(email)));
    let [ben, chloe, emma, farid] =
        [("Ben", "Okafor"), ("Chloé", "Martin"), ("Emma", "Lindqvist"), ("Farid", "Haddad")]
            .map(|(first, last)| person(first, last));
    let twin = world.contact(Contact::person("ana@example.com").first_name("Ana").last_name("R."));
    let play = |scenario: &str| {
        let ids = [
            ("ANA", &ana),
            ("BEN", &ben),
            ("CHLOE", &chloe),
            ("EMMA", &emma),
            ("FARID", &farid),
            ("TWIN", &twin),
            ("LEE", &lee),
            ("GRACE", &grace),
        ];
        let ids = ids.map(|(name, id)| (name, id.as_str()));
        let folder = ("SCREENSHOTS", folder.to_str().expect("a path in UTF-8"));
        world.play_with("pictures.mjs", scenario, &[&[folder][..], &ids].concat());
    };
    let number = |id: &str| id.parse().expect("a number");

    play("begin");
    world.crm.add_tag(number(&ana), "Newsletter");
    play("fields");
    play("work");
    play("fail");
    while world.event_of(&lee)["state"] != "dead" {
        world.advance(Duration::from_secs(30 * 3600));
        world.drain_and_rest();
    }
    world.crm.set_faults(Faults::default());
    world.advance(Duration::from_secs(3 * 3600));
    world.crm.set_property(number(&emma), "CUSTOM", "Plan", "", "Gold");
    world.crm.add_tag(number(&ben), "Newsletter");
    play("last");
    spread(&world);
    for (contact, email) in [(&lee, "lee.wong@example.com"), (&grace, "grace.kim@example.com")] {
        // As if the campaign had named them by their address.
        world.site.sql(&format!("UPDATE wp_agile_bridge_events SET email = '{email}' WHERE contact_id = '{contact}'"));
    }
    play("activity");
}

/// As if they had come in days, and one by the hourly look.
fn spread(world: &World) {
    let events = world.events();
    assert_eq!(events.len(), MINUTES_AGO.len(), "{events:#?}");
    let now = world.now();
    for (event, minutes) in events.iter().zip(MINUTES_AGO) {
        let (id, then) = (&event["id"], now - i64::from(minutes) * 60_000);
        world.site.sql(&format!("UPDATE wp_agile_bridge_events SET created_at = {then} WHERE id = {id}"));
    }
    world
        .site
        .sql("UPDATE wp_agile_bridge_events SET origin = 'reconcile' WHERE action = 'update' AND status = 'updated'");
}
