//! Whoever has a dangerous capability is protected: tags and mapped meta follow the CRM, the account never does. Of those who can do
//! harm on another site of the network only tags do: meta is the network's.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

/// A plugin that lies about what anybody can do.
const LIAR: &str = "<?php add_filter('user_has_cap', fn() => array(), 999);";

fn rule(crm: &str, wp: &str) -> Value {
    json!({"crm": crm, "wp": wp, "type": "text", "when_empty": "keep"})
}

fn field_map() -> Value {
    let mut rules = vec![rule("Plan", "plan"), rule("Url", "user_url"), rule("Shown", "display_name")];
    rules.extend([rule("Password", "user_pass"), rule("Login", "user_login")]);
    rules.into()
}

fn contact(email: &str) -> Contact {
    let contact = Contact::person(email).first_name("New").last_name("Name").custom("Plan", "gold").tag("Lead");
    let contact = contact.custom("Url", "https://evil.example/").custom("Shown", "Evil");
    contact.custom("Password", "evil-password").custom("Login", "evil")
}

/// The row of `wp_users`, and what the user may do on each site.
fn account(world: &World, user: u64) -> Value {
    let rights =
        format!("SELECT * FROM wp_usermeta WHERE user_id = {user} AND meta_key REGEXP 'capabilities$|user_level$'");
    json!([world.site.sql(&format!("SELECT * FROM wp_users WHERE ID = {user}")), world.site.sql(&rights)])
}

/// Whether mapped meta follows the contact, names among it. It does not where another place reads the same meta.
#[derive(PartialEq)]
enum Meta {
    Follows,
    Stays,
}

#[track_caller]
fn assert_protected(world: &World, what: &str, email: &str, user: u64, meta: &Meta) {
    let before = account(world, user);
    let id = world.contact(contact(email));
    let number: u64 = id.parse().expect("an id is a number");

    for (step, action) in ["update_tags", "update", "add"].iter().enumerate() {
        let tag = format!("Tag {step}");
        world.crm.add_tag(number, &tag);
        let answer = world.site.webhook(action, &[("contact_id", &id), ("role", "author"), ("send_notification", "1")]);
        world.expect(&answer, 200, "updated", "");
        assert_eq!(answer.user_id(), Some(user), "{what}: {}", answer.json);
        let noted = answer.notes() == ["protected_user"];
        assert!(noted || *action == "update_tags", "{what}, {action}: {}\n{}", answer.json, world.site.log());
        assert_eq!(account(world, user), before, "{what}, {action}");
        assert!(world.user(user)["agilecrm_tags"].to_string().contains(&tag), "{what}, {action}");
    }
    let stored = world.user(user);
    assert_eq!(stored["agilecrm_contact_id"], json!(id), "{what}");
    let written = (stored["first_name"] == "New", stored["last_name"] == "Name", stored["plan"] == "gold");
    let follows = *meta == Meta::Follows;
    assert_eq!(written, (follows, follows, follows), "{what}");

    // Linked now, and the contact takes another address: theirs stays.
    world.crm.set_property(number, "SYSTEM", "email", "work", &format!("evil{user}@evil.example"));
    let answer = world.site.webhook("update", &[("contact_id", &id), ("role", "subscriber")]);
    world.expect(&answer, 200, "unchanged", "");
    assert_eq!(answer.notes(), ["protected_user"], "{what}: {}", answer.json);
    assert_eq!(account(world, user), before, "{what}, with another address");
    assert_eq!(world.site.mails(), [], "{what}");
}

#[test]
fn of_whatever_kind_they_are() {
    let world = World::with(|site| site.option("agile_bridge_field_map", field_map()).mu_plugin_file("liar.php", LIAR));
    world.site.wp("add_role('exporter', 'Exporter', array('read' => true, 'export' => true)); return 1;");
    assert_protected(&world, "the first administrator", "admin@example.org", 1, &Meta::Follows);
    for (login, role, extra) in [
        ("boss", "administrator", ""),
        ("edith", "editor", ""),
        ("max", "exporter", ""),
        ("lisa", "subscriber", "add_cap('list_users')"),
        ("nora", "", "add_cap('manage_network_of_tomorrow')"),
        ("otto", "subscriber", "add_role('administrator')"),
        ("woo", "subscriber", "add_cap('manage_woocommerce')"),
    ] {
        let email = format!("{login}@example.com");
        let user = world.existing_user(login, &email, role);
        if !extra.is_empty() {
            world.site.wp(&format!("(new WP_User({user}))->{extra}; return 1;"));
        }
        assert_protected(&world, login, &email, user, &Meta::Follows);
    }
    // A capability that is denied is none: an ordinary user, all of whose account follows.
    let user = world.existing_user("dan", "dan@example.com", "subscriber");
    world.site.wp(&format!("(new WP_User({user}))->add_cap('list_users', false); return 1;"));
    let (_, answer) = world.add(contact("dan@example.com"));
    world.expect(&answer, 200, "updated", "");
    assert!(!answer.notes().contains(&"protected_user".to_owned()), "{}", answer.json);
    let stored = world.user(user);
    assert_eq!((&stored["display_name"], &stored["user_url"]), (&json!("Evil"), &json!("https://evil.example/")));
    assert_eq!(stored["user_login"], "dan");
}

#[test]
fn on_a_network_too() {
    let world = World::with(|site| site.multisite(true).option("agile_bridge_field_map", field_map()));
    let other = world.site.wp("return wp_insert_site(['domain' => get_network()->domain, 'path' => '/other/', 'network_id' => 1, 'user_id' => 1]);");
    assert_protected(&world, "the first super admin", "admin@example.org", 1, &Meta::Stays);
    // WordPress hides `unfiltered_html` from a network's editors.
    let edith = world.existing_user("edith", "edith@example.com", "editor");
    assert_protected(&world, "an editor", "edith@example.com", edith, &Meta::Follows);
    let sue = world.existing_user("sue", "sue@example.com", "subscriber");
    world.site.wp(&format!("return grant_super_admin({sue});"));
    assert_protected(&world, "a super admin who is a subscriber here", "sue@example.com", sue, &Meta::Stays);
    world.site.wp(&format!("switch_to_blog({other}); add_role('clerk', 'Clerk', ['read' => true, 'list_users' => true]); return restore_current_blog();"));
    let (administrator, clerk) = (("olga", "administrator", Meta::Stays), ("cleo", "clerk", Meta::Stays));
    for (login, role, meta) in [administrator, clerk, ("omar", "subscriber", Meta::Follows)] {
        let email = format!("{login}@example.com");
        let user = world.existing_user(login, &email, "subscriber");
        world.site.wp(&format!("return add_user_to_blog({other}, {user}, '{role}');"));
        assert_protected(&world, &format!("{role} of another site"), &email, user, &meta);
    }
    // Here only, and harmless: an ordinary user, whose account this site changes if it has made it.
    let user = world.existing_user("dan", "dan@example.com", "subscriber");
    let (_, answer) = world.add(contact("dan@example.com"));
    world.expect(&answer, 200, "updated", "");
    assert!(!answer.notes().contains(&"protected_user".to_owned()), "{}", answer.json);
    assert_eq!((&world.user(user)["display_name"], &world.user(user)["plan"]), (&json!("dan"), &json!("gold")));
    let (id, answer) = world.add(Contact::person("eva@example.com").first_name("Eva"));
    world.expect(&answer, 200, "created", "");
    world.crm.set_property(id.parse().expect("a number"), "CUSTOM", "Shown", "", "Evil");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
    assert_eq!(world.user_with("eva@example.com")["display_name"], "Evil");
}
