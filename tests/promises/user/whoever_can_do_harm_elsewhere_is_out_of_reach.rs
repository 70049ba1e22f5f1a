//! Two installations may share their users' tables, and a user of one may run the other. Whoever has a role there is protected here.
//! Whoever can do harm there gets link and tags, and no meta: the other place reads the same meta, and a second factor may be in it.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::Database;

/// What the other installation keeps in the tables of users, and its roles, if its tables are here.
fn other_installation(world: &World, user: u64, roles: &Value) {
    world.wp_given(&json!([user, roles]), "return update_user_meta($given[0], 'shop_capabilities', $given[1]);");
}

fn its_tables_are_here(world: &World) {
    world.site.wp(
        "global $wpdb;
         $wpdb->query('CREATE TABLE shop_options (option_id bigint NOT NULL, option_name varchar(191), option_value longtext)');
         $roles = ['administrator' => ['capabilities' => ['manage_options' => true]], 'subscriber' => ['capabilities' => ['read' => true]],
            'clerk' => ['capabilities' => ['read' => true, 'sell' => true]], 'author' => ['capabilities' => ['list_users' => true]]];
         return $wpdb->insert('shop_options', ['option_id' => 1, 'option_name' => 'shop_user_roles', 'option_value' => serialize($roles)]);",
    );
}

/// Whether meta is written of a user with these roles in the other place; the account never is.
fn gets_meta(world: &World, name: &str, roles: &Value) -> bool {
    let email = format!("{name}@example.com");
    let user = world.existing_user(name, &email, "subscriber");
    other_installation(world, user, roles);
    let account = || world.site.sql(&format!("SELECT * FROM wp_users WHERE ID = {user}"));
    let before = account();
    let contact =
        Contact::person(&email).first_name("New").custom("Secret", "ABC").custom("Url", "https://evil.example/");
    let (id, answer) = world.add(contact.tag("Lead"));
    world.expect(&answer, 200, "updated", "");
    assert_eq!(answer.notes(), ["protected_user"], "{name}: {}", answer.json);
    let number = id.parse().expect("a number");
    world.crm.set_property(number, "SYSTEM", "email", "work", &format!("{name}@evil.example"));
    let answer = world.site.webhook("update", &[("contact_id", &id), ("role", "author")]);
    world.expect(&answer, 200, "unchanged", "");
    assert_eq!(account(), before, "{name}");
    let stored = world.user(user);
    assert_eq!((&stored["agilecrm_contact_id"], &stored["agilecrm_tags"]), (&json!(id), &json!(["Lead"])), "{name}");
    assert_eq!(stored["first_name"] == "New", stored["factor"] == "ABC", "{name}: {stored}");
    stored["first_name"] == "New"
}

fn out_of_reach(database: Database) {
    let world = World::with(|site| site.database(database).field_map(&[("Secret", "factor"), ("Url", "user_url")]));
    // Nobody here knows what those roles grant: only the common ones count as harmless.
    for (name, roles, expected) in [
        ("una", json!({"administrator": true}), false),
        ("ugo", json!({"clerk": true}), false),
        ("uli", json!({"subscriber": true, "sell": true}), false),
        ("ute", json!({"subscriber": true}), true),
        ("udo", json!({"customer": true, "read": true}), true),
    ] {
        assert_eq!(gets_meta(&world, name, &roles), expected, "{name}: {}", world.site.log());
    }
    its_tables_are_here(&world);
    for (name, roles, expected) in [
        ("kai", json!({"administrator": true}), false),
        ("kim", json!({"clerk": true}), true),
        ("kay", json!({"clerk": true, "edit_users": true}), false),
        ("kit", json!({"author": true}), false),
        ("kat", json!({"subscriber": true, "administrator": false}), true),
    ] {
        assert_eq!(gets_meta(&world, name, &roles), expected, "{name}: {}", world.site.log());
    }
    // No role there is none.
    let user = world.existing_user("nina", "nina@example.com", "subscriber");
    other_installation(&world, user, &json!({"administrator": false}));
    let (_, answer) = world.add(Contact::person("nina@example.com").custom("Url", "https://nina.example/"));
    assert_eq!(answer.notes(), Vec::<String>::new(), "{}", answer.json);
    assert_eq!(world.user(user)["user_url"], "https://nina.example/");
}

#[test]
fn on_mariadb() {
    out_of_reach(Database::MariaDb);
}

#[test]
fn on_sqlite() {
    out_of_reach(Database::Sqlite);
}

/// However often a user is weighed while they are written.
#[test]
fn each_place_is_asked_once() {
    let world = World::with(|site| site.field_map(&[("Secret", "factor")]));
    let user = world.existing_user("una", "una@example.com", "subscriber");
    other_installation(&world, user, &json!({"clerk": true}));
    its_tables_are_here(&world);
    let id = world.contact(Contact::person("una@example.com").tag("Lead"));
    let (answer, queries) = world.site.queries_during(|| world.site.webhook("add", &[("contact_id", &id)]));
    world.expect(&answer, 200, "updated", "");
    let asked = queries.iter().filter(|sql| sql.contains("shop_user_roles")).count();
    assert_eq!(asked, 1, "{queries:#?}");
}
