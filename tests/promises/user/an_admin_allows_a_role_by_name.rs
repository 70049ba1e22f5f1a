//! Nobody knows what the capabilities of other plugins open: a role that grants one of them is refused, with the capability's name
//! in the log and on the screen, and whoever has it is protected. Until the admin allows that role by name. No admin allows one with
//! which its users could take the site over.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

/// Roles as other plugins make them on `init`. (The real one of a backup plugin lets its users download the database.)
const PLUGINS: &str = "<?php add_action('init', function () {
    $roles = array(
        'backwpup_admin' => array('Backup Admin', array('read' => true, 'backwpup' => true, 'backwpup_backups_download' => true)),
        'pages' => array('Pages', array('read' => true, 'edit_pages' => true, 'edit_others_posts' => false)),
        'denied' => array('Denied', array('read' => true, 'edit_pages' => false)),
        'bbp_participant' => array('Participant', array_fill_keys(array('spectate', 'participate', 'read_private_forums',
            'publish_topics', 'edit_topics', 'publish_replies', 'edit_replies', 'assign_topic_tags'), true)),
        'bbp_moderator' => array('Moderator', array('spectate' => true, 'moderate' => true)),
        'edit_users' => array('Named as a right', array('read' => true)),
        'owner' => array('Owner', array('read' => true, 'backwpup' => true, 'export' => true)),
    );
    foreach ($roles as $slug => $role) { wp_roles()->is_role($slug) || add_role($slug, $role[0], $role[1]); }
});";

fn world() -> World {
    World::with(|site| site.mu_plugin_file("plugins.php", PLUGINS))
}

/// The roles of a new user, and the notes.
fn new_user(world: &World, name: &str, role: &str) -> (Value, Vec<String>) {
    let id = world.contact(Contact::person(&format!("{name}@example.com")).tag("Backup"));
    let answer = world.site.webhook("add", &[("contact_id", &id), ("role", role)]);
    world.expect(&answer, 200, "created", "");
    (world.user(answer.user_id().expect("a user"))["roles"].clone(), answer.notes())
}

fn given(role: &str) -> (Value, Vec<String>) {
    (json!([role]), vec![])
}

fn refused() -> (Value, Vec<String>) {
    (json!(["subscriber"]), vec!["role_refused".to_owned()])
}

#[test]
fn until_then_it_is_refused_and_its_users_are_protected() {
    let world = world();
    what_is_known_to_be_harmless_is_given(&world);
    what_is_not_known_is_refused_and_told(&world);
    what_was_chosen_before_is_shown_and_does_nothing(&world);
    whoever_has_it_is_protected(&world);
    the_admin_allows_it_on_the_screen(&world);
    nobody_allows_a_dangerous_one(&world);
}

fn what_is_known_to_be_harmless_is_given(world: &World) {
    for role in ["subscriber", "contributor", "author", "denied", "bbp_participant"] {
        assert_eq!(new_user(world, role, role), given(role));
    }
}

fn what_is_not_known_is_refused_and_told(world: &World) {
    for (name, role) in [("b1", "backwpup_admin"), ("b2", "Backup Admin"), ("b3", "pages"), ("b4", "bbp_moderator")] {
        assert_eq!(new_user(world, name, role), refused(), "{role}");
    }
    assert_eq!(new_user(world, "b5", "edit_users"), refused(), "who has a role has a capability of its name");
    let log = world.site.log();
    for line in [
        "the role backwpup_admin was refused, because it grants backwpup.",
        "the role pages was refused, because it grants edit_pages.",
        "the role bbp_moderator was refused, because it grants moderate.",
        "the role edit_users was refused, because it grants edit_users.",
    ] {
        assert_eq!(log.matches(line).count(), 1, "once a day: {line}\n{log}");
    }
    // A webhook that is refused again has no news.
    let (id, answer) = world.add(Contact::person("bob@example.com"));
    world.expect(&answer, 200, "created", "");
    let ask = || world.site.webhook("update", &[("contact_id", &id), ("role", "backwpup_admin")]);
    let (answer, queries) = world.site.queries_during(ask);
    assert_eq!((answer.wp_status(), answer.notes()), ("unchanged", vec!["role_refused".to_owned()]));
    let writes = queries.iter().filter(|query| !query.starts_with("SELECT") && query.contains("options"));
    assert_eq!(writes.collect::<Vec<_>>(), Vec::<&String>::new());
}

/// By an older version, or before the role got another capability. Who saves the page for another reason does not lose it unseen.
fn what_was_chosen_before_is_shown_and_does_nothing(world: &World) {
    let chosen = json!({"gone_contacts": "role:owner", "webhook_roles": ["author", "pages"], "limit_roles": true});
    world.set(&chosen);
    let (id, answer) = world.add(Contact::person("gone@example.com"));
    world.expect(&answer, 200, "created", "");
    world.crm.delete_contact(id.parse().expect("a number"));
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 404, "failed", "contact_not_found");
    assert_eq!(world.user_with("gone@example.com")["roles"], json!(["subscriber"]));
    let log = world.site.log();
    assert!(log.contains("the role owner was refused, because it grants export."), "{log}");

    let cookie = world.site.login("admin", "password");
    let page = world.settings_tab(&cookie, "users");
    assert!(page.contains("<option value=\"role:owner\" selected='selected'>"), "{page}");
    let list = [("[webhook_roles][]", ""), ("[webhook_roles][]", "author"), ("[webhook_roles][]", "pages")];
    world.save_settings(&cookie, &[&list[..], &[("[gone_contacts]", "role:owner"), ("[limit_roles]", "1")]].concat());
    let stored = world.site.wp("wp_cache_flush(); return get_option('agile_bridge_settings');");
    for (name, value) in chosen.as_object().expect("settings") {
        assert_eq!(&stored[name], value, "{name}: {stored}");
    }
    world.set(&json!({"gone_contacts": "keep", "webhook_roles": [], "limit_roles": false}));
}

fn whoever_has_it_is_protected(world: &World) {
    for (login, role, extra) in
        [("pia", "pages", ""), ("max", "subscriber", "edit_private_pages"), ("kim", "subscriber", "unheard_of")]
    {
        let user = world.existing_user(login, &format!("{login}@example.com"), role);
        if !extra.is_empty() {
            world.site.wp(&format!("(new WP_User({user}))->add_cap('{extra}'); return 1;"));
        }
        let (_, answer) = world.add(Contact::person(&format!("{login}@example.com")).first_name("New"));
        world.expect(&answer, 200, "updated", "");
        assert_eq!(answer.notes(), ["protected_user"], "{login}");
    }
}

fn the_admin_allows_it_on_the_screen(world: &World) {
    let cookie = world.site.login("admin", "password");
    let page = world.settings_tab(&cookie, "users");
    let list = page.split("agile-bridge-allowed-roles").nth(1).and_then(|rest| rest.split("</td>").next());
    let list = list.unwrap_or_else(|| panic!("no list of roles:\n{page}"));
    let offered: Vec<&str> = ["backwpup_admin", "pages", "bbp_moderator", "owner", "editor", "author"]
        .into_iter()
        .filter(|role| list.contains(&format!("value=\"{role}\"")))
        .collect();
    assert_eq!(offered, ["backwpup_admin", "pages", "bbp_moderator"], "{list}");
    assert!(list.contains("grants backwpup, backwpup_backups_download. Refused:"), "{list}");
    for never in ["Owner <code>export<", "Administrator <code>", "Editor <code>"] {
        assert!(page.contains(never), "{never}: {page}");
    }

    // With a rule that needs it in the same form.
    let rule = [("[tag_roles][0][tag]", "Backup"), ("[tag_roles][0][role]", "backwpup_admin")];
    let page = world.save_settings(&cookie, &rule);
    assert!(page.contains("grants too much"), "{page}");
    world.save_settings(
        &cookie,
        &[("[allowed_roles][]", ""), ("[allowed_roles][]", "pages"), ("[tag_roles][0][tag]", "")],
    );
    assert_eq!(new_user(world, "c1", "pages"), given("pages"));
    assert_eq!(new_user(world, "c2", "backwpup_admin"), refused(), "not by another's name");
    let (_, answer) = world.add(Contact::person("pia@example.com").first_name("Pia"));
    assert!(!answer.notes().contains(&"protected_user".to_owned()), "{}", answer.json);
    let kim = world.user_with("kim@example.com")["agilecrm_contact_id"].as_str().expect("linked").to_owned();
    let answer = world.site.webhook("update", &[("contact_id", &kim)]);
    assert_eq!(answer.notes(), ["protected_user"], "a capability of their own is of no role");

    let page = world.save_settings(&cookie, &[&rule[..], &[("[allowed_roles][]", "backwpup_admin")]].concat());
    assert!(!page.contains("grants too much"), "{page}");
    assert_eq!(new_user(world, "c3", ""), given("backwpup_admin"), "by the rule");
    // `pages` is allowed no more, and the rule gives the role instead.
    let refused = (json!(["backwpup_admin"]), vec!["role_refused".to_owned()]);
    assert_eq!(new_user(world, "c4", "pages"), refused);
}

fn nobody_allows_a_dangerous_one(world: &World) {
    let cookie = world.site.login("admin", "password");
    for role in ["owner", "administrator", "editor", "edit_users"] {
        let page = world.save_settings(&cookie, &[("[allowed_roles][]", role)]);
        assert!(page.contains(&format!("The role {role} cannot be allowed")), "{role}: {page}");
    }
    // Past the screen, and a role that has become one since.
    world.set(&json!({"allowed_roles": ["owner", "administrator", "pages"], "tag_roles": []}));
    world.site.wp("get_role('pages')->add_cap('list_users'); return 1;");
    for (name, role) in [("d1", "owner"), ("d2", "administrator"), ("d3", "pages")] {
        assert_eq!(new_user(world, name, role), refused(), "{role}");
    }
    let answer = world.site.webhook("update", &[("email", "pia@example.com")]);
    assert!(answer.notes().contains(&"protected_user".to_owned()), "{}", answer.json);
    // The default role passes the same test.
    world.site.wp("update_option('default_role', 'backwpup_admin'); return 1;");
    assert_eq!(new_user(world, "d4", ""), given("subscriber"));
    assert!(world.settings_tab(&cookie, "users").contains("is not given to new users: it grants backwpup."));
    world.set(&json!({"allowed_roles": ["backwpup_admin"]}));
    assert_eq!(new_user(world, "d5", ""), given("backwpup_admin"));
}
