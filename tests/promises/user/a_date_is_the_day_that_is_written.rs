//! A date is the day that is written, in whatever form and in every site's time zone; only an epoch is a moment, and whether in
//! seconds or in milliseconds its year tells. What could be two things is refused, and what is stored stays.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

const DAYS: [(&str, &str); 8] = [
    ("As WP Fusion", "11/20/2026 12:00:00"),
    ("At noon", "11/20/2026 12:00 PM"),
    ("As Java", "Fri Nov 20 00:00:00 UTC 2026"),
    ("As Java far west", "Fri Nov 20 23:30:00 PST 2026"),
    ("As JavaScript", "Fri Nov 20 2026 00:00:00 GMT+1300 (NZDT)"),
    ("As ISO", "2026-11-20T23:30:00-08:00"),
    ("As a mail", "Fri, 20 Nov 2026 00:30:00 +1300"),
    ("Plain", "2026-11-20"),
];

const TWO_THINGS: [&str; 5] = ["2016", "201611", "20161120", "20/11/2026", "99999999999999"];

fn key(name: &str) -> String {
    name.to_lowercase().replace(' ', "_")
}

#[test]
fn in_every_form_and_time_zone() {
    let names = DAYS.iter().map(|(name, _)| *name).chain(["Milliseconds", "Seconds"]);
    let mut map: Vec<Value> =
        names.map(|name| json!({"crm": name, "wp": key(name), "type": "date", "when_empty": "clear"})).collect();
    map.push(json!({"crm": "Count", "wp": "count", "type": "number"}));
    let world = World::with(|site| site.option("agile_bridge_field_map", map));
    let contact =
        DAYS.iter().fold(Contact::person("ana@example.com"), |contact, (name, day)| contact.custom(name, day));
    // The first of June 1970, at noon.
    let contact = contact.custom("Milliseconds", "13089600000").custom("Seconds", "13089600").custom("Count", "1.0E7");
    let (id, answer) = world.add(contact);
    world.expect(&answer, 200, "created", "");
    assert_eq!(answer.notes(), Vec::<String>::new());
    let user_id = answer.user_id().expect("a user");
    for zone in ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"] {
        world.site.wp(&format!("update_option('timezone_string', '{zone}');"));
        assert_eq!(world.site.webhook("update", &[("contact_id", &id)]).notes(), Vec::<String>::new());
        let user = world.user(user_id);
        for (name, day) in DAYS {
            assert_eq!(user[key(name)], "2026-11-20", "{day} in {zone}");
        }
    }
    let user = world.user(user_id);
    let epochs = [&user["milliseconds"], &user["seconds"], &user["count"]];
    assert_eq!(epochs, ["1970-06-01", "1970-06-01", "10000000"], "{user:#}");

    for text in TWO_THINGS {
        world.crm.set_property(id.parse().expect("a number"), "CUSTOM", "Plain", "", text);
        let answer = world.site.webhook("update", &[("contact_id", &id)]);
        world.expect(&answer, 200, "unchanged", "");
        assert_eq!(answer.notes(), ["value_refused:plain"], "{text}");
        assert_eq!(world.user(user_id)["plain"], "2026-11-20", "{text}");
    }
}
