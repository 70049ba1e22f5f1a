//! Whatever changes something from the admin's pages asks who it is and whether they meant it: without a nonce, with that of somebody
//! else, by a link, or as somebody who may not, nothing changes. All of it is found, not listed: what is new fails until it is here.

use crate::stage::doors::{self, Door};
use crate::stage::world::{World, ana};
use serde_json::Value;
use site::{Database, Request};
use std::collections::BTreeSet;

/// Of the plugin, what waits for requests of the admin's pages.
const WAITS: [&str; 6] = [
    "admin_init",
    "load-settings_page_bridge-for-agile-crm",
    "load-tools_page_agile-bridge-activity",
    "set_screen_option_agile_bridge_activity_per_page",
    "setting agile_bridge_field_map",
    "setting agile_bridge_settings",
];

/// What can be pressed, what answers the admin who presses it, and whether something is stored then; in an order that works.
const DOORS: [(&str, u16, bool); 16] = [
    ("connect: save_and_test", 200, false),
    ("fields: agile_bridge", 302, false),
    ("users: agile_bridge", 302, false),
    ("advanced: agile_bridge", 302, false),
    ("webhooks: remove_key", 302, true),
    ("webhooks: replace_key", 302, true),
    ("webhooks: remove_key", 302, true),
    ("webhooks: own_key", 302, true),
    ("try: apply", 302, true),
    ("advanced: replay_dead", 302, true),
    ("activity: process_now", 302, false),
    ("activity: replay_dead", 302, false),
    ("activity: replay", 302, true),
    ("activity: bulk replay", 302, true),
    ("activity: export", 200, false),
    ("event: replay", 302, true),
];

fn stored(world: &World) -> Value {
    world.site.get("/?digest=1").json()
}

#[test]
fn nothing_changes_but_by_who_may_and_meant_it() {
    let world =
        World::with(|site| site.database(Database::Sqlite).access_key(None).mu_plugin_file("doors.php", doors::PLUGIN));
    for (login, role) in [("ed", "editor"), ("sue", "subscriber"), ("otto", "administrator")] {
        world.existing_user(login, &format!("{login}@example.com"), role);
    }
    let login = |name: &str| world.site.login(name, "a-long-password");
    let (editor, subscriber, other) = (login("ed"), login("sue"), login("otto"));
    let admin = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let id = world.contact(ana());
    world.wp_given(
        &id.as_str().into(),
        "AgileBridge\\Plugin\\Inbox\\Schema::ensure();
        AgileBridge\\Plugin\\Inbox\\Inbox::store(new AgileBridge\\Plugin\\Inbox\\Webhook('add', $given)); return 1;",
    );
    world.site.sql("UPDATE wp_agile_bridge_events SET state = 'dead', open_key = NULL");
    world.pause(true);

    let request = Request::new("GET", "/wp-admin/index.php?doors=1").header("Cookie", &admin);
    let waits: BTreeSet<String> = serde_json::from_value(world.site.send(&request).json()).expect("names");
    assert_eq!(waits, WAITS.map(str::to_owned).into(), "each of these has to be tried below");

    let pages = pages(&id);
    let mut mine = with_what_is_typed(world.doors(&admin, &pages));
    let mut others = world.doors(&other, &pages);
    // Where there are two keys, one can be removed instead.
    let replace = mine.iter().find(|door| door.name == "webhooks: replace_key").expect("there is one key");
    assert_eq!(world.press(&admin, replace).status, 302);
    for (cookie, doors) in [(&admin, &mut mine), (&other, &mut others)] {
        let new = world.doors(cookie, &pages[1..2]);
        doors.extend(new.into_iter().filter(|door| door.name.ends_with("remove_key")));
    }
    let names = |doors: &[Door]| doors.iter().map(|door| door.name.clone()).collect::<BTreeSet<_>>();
    assert_eq!(names(&mine), DOORS.map(|(name, ..)| name.to_owned()).into(), "each of these has to be tried below");
    let before = stored(&world);
    for door in &mine {
        let of_other = others.iter().find(|found| found.name == door.name).expect("the other admin has it too").nonce();
        assert_ne!(of_other, door.nonce(), "{}", door.name);
        for (case, cookie, door, expected) in [
            ("an editor", &editor, door, 403),
            ("a subscriber", &subscriber, door, 403),
            ("nobody", &String::new(), door, 302),
            ("no nonce", &admin, &door.with("_wpnonce", ""), 403),
            ("another's nonce", &admin, &door.with("_wpnonce", of_other), 403),
        ] {
            assert_eq!(world.press(cookie, door).status, expected, "{}, {case}", door.name);
        }
        world.press_by_get(&admin, door);
        assert_eq!(stored(&world), before, "{}", door.name);
    }

    for (name, status, changes) in DOORS {
        let door = mine.iter().find(|door| door.name == name).expect("it is there");
        let before = stored(&world);
        let answer = world.press(&admin, door);
        assert_eq!(answer.status, status, "{name}: {}", answer.body());
        if changes {
            assert_ne!(stored(&world), before, "{name}");
        }
    }
}

fn pages(contact: &str) -> Vec<(&'static str, String)> {
    let tab = |tab: &str| format!("/wp-admin/options-general.php?page=bridge-for-agile-crm&tab={tab}");
    let mut pages: Vec<_> =
        ["connect", "webhooks", "fields", "users", "advanced"].into_iter().map(|name| (name, tab(name))).collect();
    pages.push(("try", format!("{}&who={contact}", tab("try"))));
    pages.push(("activity", "/wp-admin/tools.php?page=agile-bridge-activity&view=dead".to_owned()));
    pages.push(("event", "/wp-admin/tools.php?page=agile-bridge-activity&event=1".to_owned()));
    for page in ["index.php", "users.php", "profile.php", "user-new.php", "plugins.php", "user-edit.php?user_id=2"] {
        pages.push((page, format!("/wp-admin/{page}")));
    }
    pages
}

/// What an admin would have typed first.
fn with_what_is_typed(doors: Vec<Door>) -> Vec<Door> {
    let typed = |door: Door| match &*door.name {
        "webhooks: own_key" => door.with("agile_bridge_key", "a-key-of-our-own-that-is-long-enough"),
        _ => door,
    };
    doors.into_iter().map(typed).collect()
}
