//! A role, by slug or display name, must be registered and grant none of the dangerous capabilities. What else was asked
//! for changes nothing: a new user gets the site's default role if that is harmless, else `subscriber`, else none.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

const DANGEROUS: &str = "promote_users edit_users create_users delete_users remove_users list_users manage_options \
    install_plugins activate_plugins update_plugins delete_plugins upload_plugins edit_plugins install_themes \
    switch_themes update_themes delete_themes upload_themes edit_themes edit_theme_options edit_files update_core \
    edit_dashboard unfiltered_html unfiltered_upload import export manage_woocommerce manage_network \
    manage_network_users manage_network_of_tomorrow manage_sites create_sites delete_sites upgrade_network setup_network";

/// A plugin that lies about what anybody can do: capabilities are read from the role itself.
const LIAR: &str = "<?php
    add_filter('user_has_cap', fn() => array(), 999);
    add_filter('role_has_cap', fn() => array(), 999);
    add_filter('map_meta_cap', fn($caps, $cap) => 'promote_user' === $cap ? $caps : array('do_not_allow'), 999, 2);";

fn world() -> World {
    let world = World::with(|site| site.mu_plugin_file("liar.php", LIAR));
    let dangerous: Vec<&str> = DANGEROUS.split_whitespace().collect();
    world.wp_given(
        &json!(dangerous),
        "foreach ($given as $cap) { add_role(\"with_$cap\", \"With $cap\", array('read' => true, $cap => true)); }
         add_role('member', 'Silver Member', array('read' => true));
         add_role('denied', 'Denied', array('read' => true, 'edit_users' => false, 'manage_options' => false));
         return 1;",
    );
    world
}

fn new_user(world: &World, number: usize, role: &str) -> (Value, Vec<String>) {
    let id = world.contact(Contact::person(&format!("p{number}@example.com")));
    let answer = world.site.webhook("add", &[("contact_id", &id), ("role", role)]);
    world.expect(&answer, 200, "created", "");
    (world.user(answer.user_id().expect("the answer names the user"))["roles"].clone(), answer.notes())
}

#[test]
fn no_contact_makes_anybody_dangerous() {
    let world = world();
    a_new_user_gets_a_harmless_role(&world);
    no_dangerous_capability_is_ever_given(&world);
    an_existing_users_role_is_set_once(&world);
    the_default_role_is_tested_too(&world);
}

fn a_new_user_gets_a_harmless_role(world: &World) {
    for (number, (role, expected)) in [
        ("author", "author"),
        ("Author", "author"),
        ("contributor", "contributor"),
        ("member", "member"),
        ("Silver Member", "member"),
        ("denied", "denied"),
        ("", "subscriber"),
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(new_user(world, number, role), (json!([expected]), vec![]), "{role}\n{}", world.site.log());
    }
    let refused = [
        "administrator",
        "Administrator",
        "ADMINISTRATOR",
        "editor",
        "Editor",
        "nobody",
        "manage_options",
        "edit_posts",
        "read",
        "member,administrator",
        "adminístrator",
        "0",
    ];
    for (number, role) in refused.iter().enumerate() {
        let (roles, notes) = new_user(world, 100 + number, role);
        assert_eq!((roles, notes), (json!(["subscriber"]), vec!["role_refused".to_owned()]), "{role}");
    }
}

fn no_dangerous_capability_is_ever_given(world: &World) {
    let bob = world.existing_user("bob", "bob@example.com", "subscriber");
    let bobs = world.contact(Contact::person("bob@example.com"));
    world.expect(&world.site.webhook("add", &[("contact_id", &bobs)]), 200, "updated", "");
    let before = world.user_tables();
    for capability in DANGEROUS.split_whitespace() {
        for role in [format!("with_{capability}"), format!("With {capability}"), capability.to_owned()] {
            let answer = world.site.webhook("add", &[("contact_id", &bobs), ("role", &role)]);
            world.expect(&answer, 200, "unchanged", "");
            assert_eq!(answer.notes(), ["role_refused"], "{role}: {}", answer.json);
        }
    }
    assert_eq!(world.user_tables(), before, "somebody got more than asked for");
    for (number, capability) in DANGEROUS.split_whitespace().enumerate() {
        let (roles, notes) = new_user(world, 200 + number, &format!("with_{capability}"));
        assert_eq!((roles, notes), (json!(["subscriber"]), vec!["role_refused".to_owned()]), "{capability}");
    }
    assert_eq!(world.user(bob)["roles"], json!(["subscriber"]));
}

fn the_default_role_is_tested_too(world: &World) {
    let default_to = |role: &str| world.wp_given(&json!(role), "update_option('default_role', $given); return 1;");
    default_to("member");
    assert_eq!(new_user(world, 301, ""), (json!(["member"]), vec![]), "{}", world.site.log());
    assert_eq!(new_user(world, 302, "editor"), (json!(["member"]), vec!["role_refused".to_owned()]));
    for (number, default) in ["editor", "administrator", "with_export", "gone", ""].iter().enumerate() {
        default_to(default);
        assert_eq!(new_user(world, 310 + number, ""), (json!(["subscriber"]), vec![]), "{default}");
        assert_eq!(new_user(world, 320 + number, "member"), (json!(["member"]), vec![]), "{default}");
    }
    default_to("editor");
    world.site.wp("get_role('subscriber')->add_cap('list_users'); return 1;");
    assert_eq!(new_user(world, 330, "").0, json!([]), "subscriber is dangerous here");
    world.site.wp("remove_role('subscriber'); return 1;");
    assert_eq!(new_user(world, 331, "").0, json!([]), "no subscriber at all");
    assert_eq!(new_user(world, 332, "administrator"), (json!([]), vec!["role_refused".to_owned()]));
}

fn an_existing_users_role_is_set_once(world: &World) {
    let bob = world.existing_user("rob", "rob@example.com", "contributor");
    let (id, answer) = world.add(Contact::person("rob@example.com"));
    world.expect(&answer, 200, "updated", "");
    assert_eq!(world.user(bob)["roles"], json!(["contributor"]), "no role was asked for");
    let give = |role: &str| world.site.webhook("update", &[("contact_id", &id), ("role", role)]);

    world.expect(&give("Silver Member"), 200, "updated", "");
    assert_eq!(world.user(bob)["roles"], json!(["member"]));
    let before = world.user_tables();
    for role in ["member", "Silver Member"] {
        let (answer, queries) = world.site.queries_during(|| give(role));
        world.expect(&answer, 200, "unchanged", "");
        let writes = queries.iter().filter(|query| query.contains("wp_usermeta") && !query.starts_with("SELECT"));
        assert_eq!(writes.collect::<Vec<_>>(), Vec::<&String>::new(), "{role} is the role they have");
    }
    for role in ["administrator", "nobody", "edit_posts"] {
        let answer = give(role);
        world.expect(&answer, 200, "unchanged", "");
        assert_eq!(answer.notes(), ["role_refused"], "{role}: {}", answer.json);
    }
    assert_eq!(world.user_tables(), before);
}
