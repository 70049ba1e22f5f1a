//! Whatever changes something from the admin's pages asks who it is and whether they meant it: without a nonce, with that of somebody
//! else, by a link, or as somebody who may not, nothing changes. All of it is found, not listed: what is new fails until it is here.

use crate::stage::doors::{self, Door};
use crate::stage::world::{World, ana};
use serde_json::Value;
use site::{Database, Request};
use std::collections::BTreeSet;

/// Of the plugin, what waits for requests of the admin's pages.
const WAITS: [&str; 10] = [
    "admin_init",
    "load-profile.php",
    "load-settings_page_bridge-for-agile-crm",
    "load-tools_page_agile-bridge-activity",
    "load-user-edit.php",
    "load-users.php",
    "set_screen_option_agile_bridge_activity_per_page",
    "setting agile_bridge_field_map",
    "setting agile_bridge_settings",
    "wp_ajax_agile_bridge_sync",
];

/// What can be pressed, what answers the admin who presses it, and whether something is stored then; in an order that works.
/// (`new_key` is made before all others: until there are two keys none can be revoked.)
const DOORS: [(&str, u16, bool); 22] = [
    ("connect: save_and_test", 200, false),
    ("fields: fields", 302, false),
    ("fields: fields agile_bridge_press", 200, false),
    ("users: agile_bridge", 302, false),
    ("advanced: agile_bridge", 302, false),
    ("webhooks: revoke_key agile_bridge_about", 302, true),
    ("webhooks: own_key", 302, true),
    ("webhooks: self_test", 302, true),
    ("try: apply", 302, true),
    ("advanced: replay_dead", 302, true),
    ("advanced: live_site", 302, true),
    ("advanced: copy_of_site", 302, true),
    ("activity: process_now", 302, false),
    ("activity: replay_dead", 302, false),
    ("activity: replay", 302, true),
    ("activity: bulk replay", 302, true),
    ("activity: export", 200, false),
    ("event: replay", 302, true),
    ("users.php: agile_bridge_sync", 302, true),
    (BY_GET, 302, true),
    ("user-edit.php?user_id=5: agile_bridge_sync", 302, true),
    (AJAX, 200, false),
];

/// Where no script runs WordPress sends this one by GET, and a button is asked for: of who may, and by that list alone.
const BY_GET: &str = "users.php: bulk agile_bridge_sync";

const AJAX: &str = "ajax: agile_bridge_sync";

fn stored(world: &World) -> Value {
    world.site.get("/?digest=1").json()
}

#[test]
fn nothing_changes_but_by_who_may_and_meant_it() {
    let world =
        World::with(|site| site.database(Database::Sqlite).access_key(None).mu_plugin_file("doors.php", doors::PLUGIN));
    for (login, role) in [("ed", "editor"), ("sue", "subscriber"), ("otto", "administrator"), ("una", "subscriber")] {
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
    // Una is linked.
    world.site.wp("return update_user_meta(5, 'agilecrm_contact_id', '4242');");
    world.pause(true);

    let request = Request::new("GET", "/wp-admin/index.php?doors=1").header("Cookie", &admin);
    let waits: BTreeSet<String> = serde_json::from_value(world.site.send(&request).json()).expect("names");
    assert_eq!(waits, WAITS.map(str::to_owned).into(), "each of these has to be tried below");

    let pages = pages(&id);
    let mut mine = with_what_is_typed(world.doors(&admin, &pages));
    let mut others = world.doors(&other, &pages);
    // Where a key has been made one can be revoked, and what is a copy can be the site again.
    for (name, status, page) in [("webhooks: new_key", 200, 1), ("advanced: copy_of_site", 302, 4)] {
        let door = mine.iter().find(|door| door.name == name).expect("it is there").clone();
        let before = stored(&world);
        assert_eq!(world.press(&admin, &door).status, status, "{name}");
        assert_ne!(stored(&world), before, "{name}");
        for (cookie, doors) in [(&admin, &mut mine), (&other, &mut others)] {
            let new = world.doors(cookie, &pages[page..=page]);
            let is_new = |new: &Door| !doors.iter().any(|door| door.name == new.name);
            let new: Vec<_> = new.into_iter().filter(is_new).collect();
            doors.extend(new);
        }
    }
    for doors in [&mut mine, &mut others] {
        let nonce = doors.iter().find(|door| door.name.starts_with("users.php")).expect("somebody is linked").nonce();
        let fields = [("action", "agile_bridge_sync"), ("_wpnonce", nonce)];
        doors.push(Door::of(AJAX, "/wp-admin/admin-ajax.php", &fields));
    }
    let names = |doors: &[Door]| doors.iter().map(|door| door.name.clone()).collect::<BTreeSet<_>>();
    let mut all: BTreeSet<_> = DOORS.map(|(name, ..)| name.to_owned()).into();
    all.insert("webhooks: new_key".to_owned());
    assert_eq!(names(&mine), all, "each of these has to be tried below");
    let before = stored(&world);
    for door in &mine {
        let of_other = others.iter().find(|found| found.name == door.name).expect("the other admin has it too").nonce();
        assert_ne!(of_other, door.nonce(), "{}", door.name);
        for (case, cookie, door) in [
            ("an editor", &editor, door),
            ("a subscriber", &subscriber, door),
            ("nobody", &String::new(), door),
            ("no nonce", &admin, &door.with("_wpnonce", "")),
            ("another's nonce", &admin, &door.with("_wpnonce", of_other)),
        ] {
            let mut answers = vec![world.press(cookie, door)];
            if door.name == BY_GET {
                answers.push(world.press_by_get(cookie, door));
            }
            for answer in answers {
                let is_led_to_login = answer.header("Location").is_some_and(|place| place.contains("/wp-login.php"));
                // (To who may not edit a user WordPress says 500.)
                let is_refused = answer.status >= 400 || case == "nobody" && is_led_to_login;
                assert!(is_refused, "{}, {case}: {}", door.name, answer.status);
            }
        }
        let answer = world.press_by_get(&admin, door);
        if door.name == BY_GET {
            assert!(answer.body().contains("up to date with their contact"), "{}", answer.body());
        }
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
    for page in ["index.php", "users.php", "profile.php", "user-new.php", "plugins.php", "user-edit.php?user_id=5"] {
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
