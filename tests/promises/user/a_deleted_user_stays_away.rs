//! Where the admin wants it, a user who was deleted does not come back by the next webhook of the same contact. Kept is a hash of
//! the contact's id, and nothing else of the person. Off, and until it is switched on, they come back as ever.

use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::{Value, json};

fn deletes(world: &World, user: u64) {
    world.site.wp(&format!("require_once ABSPATH . 'wp-admin/includes/user.php'; return wp_delete_user({user});"));
}

fn stored(world: &World) -> Vec<Value> {
    world.site.sql("SELECT option_value, autoload FROM wp_options WHERE option_name = 'agile_bridge_deleted_contacts'")
}

#[test]
fn where_the_admin_wants_it() {
    let refuses = "<?php add_action('user_register', function ($id) {
        require_once ABSPATH . 'wp-admin/includes/user.php';
        str_starts_with(get_userdata($id)->user_email, 'spam') && wp_delete_user($id);
    });";
    let world = World::with(|site| site.mu_plugin_file("refuses.php", refuses));
    let (id, answer) = world.add(ana());
    let add = || world.site.webhook("add", &[("contact_id", &id)]);
    deletes(&world, answer.user_id().expect("a user"));
    assert_eq!(stored(&world), Vec::<Value>::new(), "off: nothing is kept");
    let answer = add();
    world.expect(&answer, 200, "created", "");

    world.set(&json!({"keeps_deleted_away": true}));
    deletes(&world, answer.user_id().expect("a user"));
    for action in ["add", "update", "update_tags"] {
        let answer = world.site.webhook(action, &[("contact_id", &id), ("role", "author")]);
        world.expect(&answer, 200, "ignored", "no_matching_user");
    }
    let rows = stored(&world);
    assert_eq!((rows.len(), &rows[0]["autoload"]), (1, &json!("off")), "{rows:?}");
    assert!(!rows[0]["option_value"].as_str().expect("a text").contains(&id), "{rows:?}");
    assert_eq!(world.user_with("ana@example.com"), Value::Null);

    // Another contact, and a user whom somebody makes by hand, who is found by the address.
    let (_, answer) = world.add(Contact::person("bob@example.com"));
    world.expect(&answer, 200, "created", "");
    let ana = world.existing_user("ana", "ana@example.com", "subscriber");
    assert_eq!((add().wp_status(), add().user_id()), ("updated", Some(ana)));
    deletes(&world, ana);
    world.expect(&add(), 200, "ignored", "no_matching_user");
    assert_eq!(stored(&world)[0]["option_value"].as_str().map(str::len), Some(16), "each once");

    // Whom code of the site deletes while a webhook writes them, nobody has deleted: tried again, they are refused for that.
    let spam = world.contact(Contact::person("spam@example.com"));
    for _ in 0..2 {
        world.expect(&world.site.webhook("add", &[("contact_id", &spam)]), 422, "failed", "rejected_by_site");
    }

    // Switched off, all of them may come back, and stay so.
    let cookie = world.site.login("admin", "password");
    world.save_settings(&cookie, &[("[inline_workers]", "2")]);
    world.expect(&add(), 200, "ignored", "no_matching_user");
    world.save_settings(&cookie, &[("[keeps_deleted_away]", "0")]);
    assert_eq!(stored(&world), Vec::<Value>::new());
    world.save_settings(&cookie, &[("[keeps_deleted_away]", "1")]);
    world.expect(&add(), 200, "created", "");
}

/// On a network a user is removed from a site; on the others they stay.
#[test]
fn of_a_networks_site() {
    let world = World::with(|site| site.multisite(true));
    world.set(&json!({"keeps_deleted_away": true}));
    for how in ["remove_user_from_blog(USER, 1)", "wp_delete_user(USER)", "wpmu_delete_user(USER)"] {
        let (id, answer) = world.add(Contact::person(&format!("p{}@example.com", how.len())));
        world.expect(&answer, 200, "created", "");
        let how = how.replace("USER", &answer.user_id().expect("a user").to_string());
        world.site.wp(&format!(
            "require_once ABSPATH . 'wp-admin/includes/user.php'; require_once ABSPATH . 'wp-admin/includes/ms.php'; return {how};"
        ));
        let answer = world.site.webhook("add", &[("contact_id", &id)]);
        world.expect(&answer, 200, "ignored", "no_matching_user");
    }
}
