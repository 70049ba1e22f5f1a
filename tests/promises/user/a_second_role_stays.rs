//! A role takes the place of another and of no more: a second one, of a forum, a course or a shop, stays, and who is blocked
//! in the forum stays blocked. Whoever has the role already is not written at all. The same where a contact is gone, and where
//! a creation that was cut off is completed.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::{Answer, Database};

/// As bbPress does it: its roles are nobody's to choose in the dashboard. A shop's are.
const FORUM: &str = "<?php
    add_action('init', function () {
        wp_roles()->is_role('bbp_participant') || add_role('bbp_participant', 'Participant', array('participate' => true));
        wp_roles()->is_role('bbp_blocked') || add_role('bbp_blocked', 'Blocked', array('participate' => false));
        wp_roles()->is_role('customer') || add_role('customer', 'Customer', array('read' => true));
    });
    add_filter('editable_roles', fn($roles) => array_diff_key($roles, array('bbp_participant' => 1, 'bbp_blocked' => 1)));
    foreach (array('set_user_role', 'add_user_role', 'remove_user_role') as $hook) {
        add_action($hook, fn($id, $role) => file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode(array($hook, $role)) . \"\\n\", FILE_APPEND), 10, 2);
    }";

/// A user with these roles, linked to a contact.
fn linked(world: &World, email: &str, roles: &[&str]) -> (u64, String) {
    let user = world.existing_user(email, email, "");
    give(world, user, roles);
    let (id, answer) = world.add(Contact::person(email).tag("Lead"));
    assert_eq!((answer.user_id(), answer.wp_status()), (Some(user), "updated"), "{}", answer.json);
    world.take_notes();
    (user, id)
}

fn give(world: &World, user: u64, roles: &[&str]) {
    world.wp_given(
        &json!([user, roles]),
        "$user = new WP_User($given[0]); $user->set_role(''); array_map(array($user, 'add_role'), $given[1]); return 1;",
    );
}

fn send(world: &World, id: &str, role: &str) -> Answer {
    let answer = world.site.webhook("update", &[("contact_id", id), ("role", role)]);
    assert_eq!(answer.status, 200, "{}\n{}", answer.json, world.site.log());
    assert_eq!(answer.notes(), Vec::<String>::new(), "{}", answer.json);
    answer
}

#[test]
fn one_role_takes_the_place_of_another() {
    let world = World::with(|site| site.mu_plugin_file("forum.php", FORUM));
    let (user, id) = linked(&world, "ana@example.com", &[]);
    let cases: &[(&[&str], &str, &[&str])] = &[
        // The only one, and none.
        (&["subscriber"], "author", &["author"]),
        (&[], "author", &["author"]),
        // A hidden one stays, wherever it stands.
        (&["subscriber", "bbp_participant"], "author", &["author", "bbp_participant"]),
        (&["bbp_participant", "subscriber"], "author", &["bbp_participant", "author"]),
        (&["subscriber", "bbp_blocked"], "author", &["author", "bbp_blocked"]),
        // Nothing to take the place of: added.
        (&["bbp_blocked"], "author", &["bbp_blocked", "author"]),
        // Of several the first, which is the one that WordPress shows, and in its place.
        (&["subscriber", "customer"], "author", &["author", "customer"]),
        (&["customer", "bbp_participant", "subscriber"], "author", &["author", "bbp_participant", "subscriber"]),
    ];
    for (before, role, after) in cases {
        give(&world, user, before);
        assert_eq!(send(&world, &id, role).wp_status(), "updated", "{before:?}");
        assert_eq!(world.user(user)["roles"], json!(after), "{before:?} + {role}");
        assert_eq!(send(&world, &id, role).wp_status(), "unchanged", "{before:?} + {role} + {role}");
    }
    // Among those they have: nothing at all is written.
    for (roles, role) in [
        (["subscriber", "customer"], "customer"),
        (["subscriber", "bbp_participant"], "Participant"),
        (["subscriber", "bbp_blocked"], "subscriber"),
    ] {
        give(&world, user, &roles);
        let before = world.user_tables();
        world.take_notes();
        assert_eq!(send(&world, &id, role).wp_status(), "unchanged", "{role} of {roles:?}");
        assert_eq!((world.user_tables(), world.take_notes()), (before, vec![]), "{role} of {roles:?}");
    }
}

/// Code of the site hears of just what happens: of the one role in WordPress' own way, of others never.
#[test]
fn the_hooks_name_no_role_that_stays() {
    let world = World::with(|site| site.mu_plugin_file("forum.php", FORUM));
    let (alone, alones) = linked(&world, "ana@example.com", &["subscriber"]);
    send(&world, &alones, "author");
    let all = [["remove_user_role", "subscriber"], ["add_user_role", "author"], ["set_user_role", "author"]];
    assert_eq!((json!(world.take_notes()), &world.user(alone)["roles"]), (json!(all), &json!(["author"])));

    let (_, id) = linked(&world, "bob@example.com", &["subscriber", "bbp_participant"]);
    send(&world, &id, "author");
    let two = [["add_user_role", "author"], ["remove_user_role", "subscriber"]];
    assert_eq!(json!(world.take_notes()), json!(two));
}

fn where_a_contact_is_gone(database: Database) {
    let world = World::with(|site| site.database(database).mu_plugin_file("forum.php", FORUM));
    world.set(&json!({"gone_contacts": "role:contributor"}));
    for (number, (before, after)) in [
        (vec!["author"], vec!["contributor"]),
        (vec!["author", "bbp_blocked"], vec!["contributor", "bbp_blocked"]),
        (vec!["bbp_participant"], vec!["bbp_participant", "contributor"]),
        (vec!["customer", "contributor"], vec!["customer", "contributor"]),
    ]
    .into_iter()
    .enumerate()
    {
        let (user, id) = linked(&world, &format!("p{number}@example.com"), &before);
        world.crm.delete_contact(id.parse().expect("a number"));
        let answer = world.site.webhook("update", &[("contact_id", &id)]);
        world.expect(&answer, 404, "failed", "contact_not_found");
        assert_eq!(world.user(user)["roles"], json!(after), "{before:?}");
    }
}

#[test]
fn where_a_contact_is_gone_on_mariadb() {
    where_a_contact_is_gone(Database::MariaDb);
}

#[test]
fn where_a_contact_is_gone_on_sqlite() {
    where_a_contact_is_gone(Database::Sqlite);
}

/// A forum gives its role as soon as a user is made; so does a site of a network, where the other role comes later.
#[test]
fn a_new_user_keeps_what_a_forum_gave_them() {
    let forum = "<?php add_action('user_register', fn($id) => (new WP_User($id))->add_role('bbp_participant'));";
    for multisite in [false, true] {
        let world = World::with(|site| {
            site.multisite(multisite).mu_plugin_file("forum.php", FORUM).mu_plugin_file("register.php", forum)
        });
        let id = world.contact(Contact::person("ana@example.com"));
        let answer = world.site.webhook("add", &[("contact_id", &id), ("role", "author")]);
        world.expect(&answer, 200, "created", "");
        assert_eq!(sorted(&world.user(answer.user_id().expect("a user"))), ["author", "bbp_participant"]);
    }
}

/// Killed after a statement of others had committed: whoever completes the user leaves the second role alone.
#[test]
fn a_user_who_is_completed_keeps_it() {
    let world = World::with(|site| site.mu_plugin_file("forum.php", FORUM));
    let user = world.existing_user("ana@example.com", "ana@example.com", "");
    give(&world, user, &["subscriber", "bbp_blocked"]);
    world.wp_given(&json!(user), "return update_user_meta($given, '_agile_bridge_creating', '1');");
    let id = world.contact(Contact::person("ana@example.com"));
    let answer = world.site.webhook("add", &[("contact_id", &id), ("role", "author")]);
    world.expect(&answer, 200, "created", "");
    assert_eq!(world.user(user)["roles"], json!(["author", "bbp_blocked"]));
}

/// Who is cut off once a plugin has given them a right of its own is protected by it, and completed all the same: a password for
/// them is nobody's yet. Not one who can do harm by now.
#[test]
fn a_right_of_a_plugin_does_not_stop_the_completion() {
    let world = World::with(|site| site.mu_plugin_file("forum.php", FORUM));
    for (name, right, status) in [("ana", "view_courses", "created"), ("bob", "list_users", "updated")] {
        let user = world.existing_user(name, &format!("{name}@example.com"), "subscriber");
        let marked = "(new WP_User($given[0]))->add_cap($given[1]); return update_user_meta($given[0], '_agile_bridge_creating', '1');";
        world.wp_given(&json!([user, right]), marked);
        let (_, answer) = world.add(Contact::person(&format!("{name}@example.com")));
        world.expect(&answer, 200, status, "");
    }
}

fn sorted(user: &Value) -> Vec<String> {
    let mut roles: Vec<String> = serde_json::from_value(user["roles"].clone()).expect("roles");
    roles.sort_unstable();
    roles
}
