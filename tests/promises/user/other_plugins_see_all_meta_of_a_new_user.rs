//! The meta of a new user are written together, and nobody can tell: whoever asks the database or WordPress while the user is
//! made finds all that WordPress would have written by then, filters and listeners are called as WordPress calls them, and what
//! other plugins add or change in between stays.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::Database;

const NOTE: &str = r"<?php
    function note($note) { file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode($note) . PHP_EOL, FILE_APPEND | LOCK_EX); }
";

/// Looks into the database and into WordPress, and writes meta of its own.
const CURIOUS: &str = r"
    add_action('user_register', function ($id) {
        global $wpdb;
        note([
            'stored' => $wpdb->get_col($wpdb->prepare('SELECT meta_key FROM ' . $wpdb->usermeta . ' WHERE user_id = %d', $id)),
            'known' => array_keys(get_user_meta($id)),
            'roles' => array_values(get_userdata($id)->roles),
            'contact' => get_user_meta($id, 'agilecrm_contact_id', true),
        ]);
        add_user_meta($id, 'points', '1');
        update_user_meta($id, 'points', '2');
        update_user_meta($id, 'nickname', 'Nick');
        delete_user_meta($id, 'locale');
    });";

/// Hears of each row, before and after it is stored, and of what comes after them.
const LISTENER: &str = r"
    add_action('add_user_meta', fn($id, $key, $value) => note(['before' => $key, 'value' => $value]), 10, 3);
    add_action('user_register', fn() => note(['registered' => true]));
    add_action('added_user_meta', fn($row, $id, $key, $value) => note(['row' => $row, 'user' => $id, 'key' => $key, 'value' => $value]), 10, 4);";

/// Changes one value, and refuses another.
const FILTERS: &str = r"
    add_filter('sanitize_user_meta_plan', fn($value) => $value . '!');
    add_filter('update_user_metadata', fn($check, $id, $key) => 'city' === $key ? false : $check, 10, 3);";

fn world(database: Database, plugin: &str) -> World {
    let plugin = format!("{NOTE}{plugin}");
    World::with(|site| {
        site.database(database).field_map(&[("Plan", "plan"), ("City", "city")]).mu_plugin_file("other.php", &plugin)
    })
}

fn kim() -> Contact {
    Contact::person("kim@example.com").first_name("Kim 🌸").tag("Lead").custom("Plan", "Gold").custom("City", "Säo 🌊")
}

/// Every meta of the user, each key once.
fn meta(world: &World) -> Value {
    let rows = world.site.sql("SELECT meta_key, meta_value FROM wp_usermeta WHERE user_id = 2 ORDER BY umeta_id");
    let mut all = serde_json::Map::new();
    for row in rows {
        let key = row["meta_key"].as_str().unwrap_or_default().to_owned();
        assert_eq!(all.insert(key, row["meta_value"].clone()), None, "twice: {row}");
    }
    Value::Object(all)
}

fn keys(list: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    keys.sort_unstable();
    keys
}

fn are_seen(database: Database) {
    let world = world(database, CURIOUS);
    let (contact, answer) = world.add(kim());
    world.expect(&answer, 200, "created", "");
    let note = &world.notes()[0];
    for key in ["first_name", "wp_capabilities", "wp_user_level", "agilecrm_contact_id", "agilecrm_tags"] {
        assert!(keys(&note["stored"]).contains(&key), "{key} is not in the database: {note:#}");
    }
    assert_eq!(keys(&note["stored"]), keys(&note["known"]));
    assert_eq!((&note["roles"], &note["contact"]), (&json!(["subscriber"]), &json!(contact)));
    let meta = meta(&world);
    let expected =
        [("points", "2"), ("nickname", "Nick"), ("first_name", "Kim 🌸"), ("plan", "Gold"), ("city", "Säo 🌊")];
    for (key, value) in expected {
        assert_eq!(meta[key], value, "{key}: {meta:#}");
    }
    assert!(meta["locale"].is_null() && meta["_agile_bridge_creating"].is_null(), "{meta:#}");
}

#[test]
fn while_the_user_is_made_on_mariadb() {
    are_seen(Database::MariaDb);
}

#[test]
fn while_the_user_is_made_on_sqlite() {
    are_seen(Database::Sqlite);
}

#[test]
fn a_listener_hears_of_each_row() {
    let world = world(Database::MariaDb, LISTENER);
    let ((_, answer), statements) = world.site.queries_during(|| world.add(kim()));
    world.expect(&answer, 200, "created", "");
    let inserts =
        statements.iter().filter(|statement| statement.replace('`', "").starts_with("INSERT INTO wp_usermeta"));
    assert!(inserts.count() < 8, "one by one: {statements:#?}");
    let notes = world.notes();
    let registered = notes.iter().position(|note| note["registered"] == true).expect("an action");
    let roles = notes.iter().position(|note| note["key"] == "wp_capabilities").expect("a row");
    assert!(roles < registered, "{notes:#?}");
    assert_eq!(notes[roles]["value"], json!({"subscriber": true}));
    let announced: Vec<_> = notes.iter().filter_map(|note| note["before"].as_str()).collect();
    let heard: Vec<_> = notes.iter().filter(|note| note["row"].is_number()).collect();
    assert_eq!(announced, heard.iter().filter_map(|note| note["key"].as_str()).collect::<Vec<_>>());
    let stored = world.site.sql("SELECT umeta_id, meta_key FROM wp_usermeta WHERE user_id = 2 ORDER BY umeta_id");
    let heard: Vec<_> = heard.iter().map(|note| (number(&note["row"]), note["key"].clone())).collect();
    let stored: Vec<_> = stored.iter().map(|row| (number(&row["umeta_id"]), row["meta_key"].clone())).collect();
    assert_eq!(heard, stored);
    assert!(stored.len() > 15, "{stored:?}");
}

#[test]
fn filters_are_asked_once() {
    let world = world(Database::MariaDb, FILTERS);
    let (_, answer) = world.add(kim());
    world.expect(&answer, 200, "created", "");
    assert_eq!(answer.json["wp_notes"], json!(["value_refused:city"]));
    let meta = meta(&world);
    assert_eq!((&meta["plan"], &meta["city"]), (&json!("Gold!"), &Value::Null), "{meta:#}");
}
