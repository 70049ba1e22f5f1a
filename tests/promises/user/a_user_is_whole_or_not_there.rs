//! `wp_insert_user` answers 0 for what its columns cannot hold, stores half, repairs addresses, and overwrites whom an `ID`
//! names. We check before and verify after: a user is whole or not there, and where it was somebody else's fault, whole
//! soon after.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::Answer;
use std::time::Duration;

/// What other plugins do to users of a certain name.
const OTHERS: &str = "<?php
    function of($data, $name) { return is_array($data) && $name === ($data['last_name'] ?? ''); }
    add_filter('wp_pre_insert_user_data', fn($data, $update, $id, $given) =>
        of($given, 'Grow') ? array('display_name' => str_repeat('x', 300)) + $data : $data, 10, 4);
    add_filter('wp_pre_insert_user_data', fn($data, $update, $id, $given) => of($given, 'Stop') ? array() : $data, 10, 4);
    add_filter('wp_pre_insert_user_data', fn($data, $update, $id, $given) =>
        of($given, 'Other') ? array('user_email' => 'other@elsewhere.example') + $data : $data, 10, 4);
    add_filter('agile_bridge_user_data', fn($data) => of($data, 'Filter')
        ? array('ID' => 1, 'role' => 'administrator', 'wp_capabilities' => array('administrator' => true),
            'user_activation_key' => 'x', 'user_nicename' => 'x') + $data : $data);
    add_filter('wpf_import_user', fn($data) => of($data, 'Cancel') ? null : $data);
    add_action('user_register', fn($id, $given) => of($given, 'Throw') && throw new Exception('no'), 10, 2);
    add_action('set_user_role', fn($id) => of(['last_name' => get_user_meta($id, 'last_name', true)], 'Late') && throw new Exception('no'));
    add_filter('wpf_set_user_meta', fn($data) => of($data, 'Bytes') ? array(\"k\\xff\" => 1) + $data : $data);";

fn orphans(world: &World) -> usize {
    world.site.sql("SELECT * FROM wp_usermeta WHERE user_id NOT IN (SELECT ID FROM wp_users)").len()
}

#[test]
fn what_cannot_be_stored_leaves_a_whole_user() {
    let world = World::with(|site| {
        site.field_map(&[("Shown", "display_name"), ("Url", "user_url"), ("Nick", "nickname"), ("Plan", "plan")])
    });
    what_the_columns_cannot_hold_is_left_out(&world);
    what_the_database_refuses_is_made_good_soon_after(&world);
}

fn what_the_columns_cannot_hold_is_left_out(world: &World) {
    let (name, url) = ("n".repeat(250), format!("https://example.com/{}", "u".repeat(80)));
    // Longer only once WordPress has encoded them.
    let (name_of_ands, url_of_blanks) = ("&".repeat(60), format!("https://example.com/{}u", "u u".repeat(26)));
    assert_eq!((url.len(), url_of_blanks.len()), (100, 99));
    let (long_name, long_url) = (format!("{name}n"), format!("{url}u"));
    for (number, (property, value, refused)) in [
        ("Shown", &name, false),
        ("Shown", &long_name, true),
        ("Shown", &name_of_ands, true),
        ("Url", &url, false),
        ("Url", &long_url, true),
        ("Url", &url_of_blanks, true),
        ("Nick", &name, false),
        ("Nick", &long_name, true),
        ("Nick", &name_of_ands, true),
    ]
    .into_iter()
    .enumerate()
    {
        let key = match property {
            "Shown" => "display_name",
            "Url" => "user_url",
            _ => "nickname",
        };
        let old = world.existing_user(&format!("old{number}"), &format!("old{number}@example.com"), "subscriber");
        let old_value = world.user(old)[key].clone();
        for kind in ["new", "old"] {
            let contact =
                Contact::person(&format!("{kind}{number}@example.com")).first_name("Jo").custom(property, value);
            let (id, answer) = world.add(contact.tag("Lead"));
            world.expect(&answer, 200, if kind == "new" { "created" } else { "updated" }, "");
            let notes = if refused { vec![format!("value_refused:{key}")] } else { vec![] };
            assert_eq!(answer.notes(), notes, "{kind} {property} {value}: {}\n{}", answer.json, world.site.log());
            let user = world.user(answer.user_id().expect("the answer names the user"));
            match (refused, kind) {
                (false, _) => assert_eq!(user[key], **value),
                (true, "old") => assert_eq!(user[key], old_value, "{property}"),
                _ => assert!(!user[key].as_str().unwrap_or_default().contains(&value[..40]), "{user}"),
            }
            assert_eq!((&user["first_name"], &user["roles"]), (&json!("Jo"), &json!(["subscriber"])), "a whole user");
            let again = world.site.webhook("add", &[("contact_id", &id)]);
            world.expect(&again, 200, "unchanged", "");
        }
    }
    assert_eq!(orphans(world), 0);
}

#[test]
fn what_other_plugins_spoil_leaves_nothing_behind() {
    let world = World::with(|site| site.mu_plugin_file("others.php", OTHERS));
    let before = world.user_tables();
    let send = |name: &str| -> (String, Answer) {
        let contact = Contact::person(&format!("{}@example.com", name.to_lowercase())).first_name("Jo").last_name(name);
        world.add(contact.tag("Lead"))
    };
    let add = |name: &str| send(name).1;
    for name in ["Grow", "Stop", "Other", "Cancel"] {
        let answer = add(name);
        world.expect(&answer, 422, "failed", "rejected_by_site");
        assert_eq!(answer.user_id(), None, "{}", answer.json);
        assert_eq!(world.user_tables(), before, "{name} left something behind");
        assert_eq!(orphans(&world), 0, "{name}");
    }
    // A callback that throws once the row is there: half a user would be taken for a whole one next time.
    for name in ["Throw", "Late"] {
        let before = world.user_tables();
        let (id, answer) = send(name);
        world.expect(&answer, 500, "failed", "site_error");
        assert_eq!(world.user_tables(), before, "{name} left something behind");
        assert_eq!(orphans(&world), 0, "{name}");
        // As soon as that callback lets her pass she is there.
        world.crm.set_property(id.parse().expect("an id"), "SYSTEM", "last_name", "", "Calm");
        world.catch_up();
        let user = world.user_with(&format!("{}@example.com", name.to_lowercase()));
        assert_eq!((&user["last_name"], &user["roles"]), (&json!("Calm"), &json!(["subscriber"])), "{name}");
        assert_eq!((&user["agilecrm_contact_id"], &user["agilecrm_tags"]), (&json!(id), &json!(["Lead"])), "{name}");
    }
    let answer = add("Bytes");
    world.expect(&answer, 200, "created", "");
    assert_eq!(answer.notes(), ["value_refused:?"], "a key that is no text: {}", answer.json);
    // What a filter adds passes the same guards: the administrator is not overwritten, nobody becomes one.
    let answer = add("Filter");
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("the answer names the user");
    assert_ne!(user, 1);
    let stored = world.user(user);
    assert_eq!((&stored["roles"], &stored["user_email"]), (&json!(["subscriber"]), &json!("filter@example.com")));
    assert_eq!((&stored["user_activation_key"], &stored["last_name"]), (&json!(""), &json!("Filter")));
    assert_ne!(stored["user_nicename"], "x");
    let admin = world.site.sql("SELECT * FROM wp_users WHERE ID = 1");
    assert_eq!(json!(admin[0]), before[0][0]);
}

fn what_the_database_refuses_is_made_good_soon_after(world: &World) {
    for (number, key) in
        ["wp_capabilities", "agilecrm_contact_id", "agilecrm_tags", "first_name", "nickname", "plan"].iter().enumerate()
    {
        world.site.sql(&format!(
            "CREATE TRIGGER broken BEFORE INSERT ON wp_usermeta FOR EACH ROW \
             IF NEW.meta_key = '{key}' THEN SIGNAL SQLSTATE '45000'; END IF"
        ));
        let contact = Contact::person(&format!("p{number}@example.com")).first_name("Jo").custom("Plan", "gold");
        let (id, answer) = world.add(contact.tag("Lead"));
        world.expect(&answer, 503, "failed", "site_unavailable");
        assert!(answer.response.header("Retry-After").is_some(), "{key}: {:?}", answer.response.headers);
        assert_eq!(orphans(world), 0, "{key}");
        let user = || world.user_with(&format!("p{number}@example.com"));
        assert_eq!(user(), Value::Null, "{key}: half a user was left");

        // When its time has come nobody needs to call; one more webhook is merged with what waits, and brings it on.
        world.site.sql("DROP TRIGGER broken");
        if number % 2 == 0 {
            world.catch_up();
        } else {
            world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
            // Not at once: whoever calls all the time must not have all the tries.
            world.advance(Duration::from_secs(301));
            world.drain();
            world.await_all_done();
        }
        let user = user();
        assert_eq!(user["roles"], json!(["subscriber"]), "{key}: a user without rights was left: {user}");
        assert_eq!((&user["first_name"], &user["plan"]), (&json!("Jo"), &json!("gold")), "{key}");
        assert_eq!((&user["agilecrm_contact_id"], &user["agilecrm_tags"]), (&json!(id), &json!(["Lead"])), "{key}");
        assert_eq!(user["nickname"], "Jo", "{key}");
        world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 200, "unchanged", "");
    }
}
