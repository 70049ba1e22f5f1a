//! A generated password needs no slow hash: 24 random letters and digits cannot be guessed. So its hash is cheap (bcrypt at
//! cost 4) until the user's first login, when WordPress makes its own. A filter brings the slow one back; a password that
//! came from the CRM never has a quick one.

use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::{Value, json};
use site::{Builder, Database};

const FIELD: &str = "WP Password";

fn world(change: impl FnOnce(Builder) -> Builder) -> World {
    World::with(|site| {
        let site =
            site.constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)]).field_map(&[("Secret", "user_pass")]);
        change(site)
    })
}

fn hash_of(world: &World, email: &str) -> String {
    world.user_with(email)["user_pass"].as_str().expect("a hash").to_owned()
}

/// The cost in a hash as WordPress 6.8 stores it: `$wp$2y$10$…`.
#[track_caller]
fn cost(hash: &str) -> u32 {
    let cost = hash.strip_prefix("$wp$2y$").and_then(|rest| rest.split('$').next()).and_then(|cost| cost.parse().ok());
    cost.unwrap_or_else(|| panic!("not a hash of WordPress: {hash}"))
}

fn quick_until_the_first_login(database: Database) {
    let world = world(|site| site.database(database));
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let quick = hash_of(&world, "ana@example.com");
    assert_eq!(cost(&quick), 4);
    let password = world.crm.property(id.parse().expect("a number"), FIELD).expect("it was returned");
    assert!(password.len() == 24 && password.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{password}");
    // A wrong one changes nothing.
    let refused = world.site.wp("return is_wp_error(wp_authenticate('ana@example.com', 'nonsense'));");
    assert_eq!(refused, true);
    assert_eq!(hash_of(&world, "ana@example.com"), quick);
    assert!(world.site.login("ana@example.com", &password).contains("wordpress_logged_in"));
    let own = hash_of(&world, "ana@example.com");
    assert!(cost(&own) >= 10, "WordPress raises it: {own}");
    assert!(world.site.login("ana@example.com", &password).contains("wordpress_logged_in"));
    assert_eq!(hash_of(&world, "ana@example.com"), own, "once");
    // Nor does a webhook lower it again.
    for action in ["add", "update"] {
        world.expect(&world.site.webhook(action, &[("contact_id", &id)]), 200, "unchanged", "");
    }
    assert_eq!(hash_of(&world, "ana@example.com"), own);
}

#[test]
fn quick_until_the_first_login_on_mariadb() {
    quick_until_the_first_login(Database::MariaDb);
}

#[test]
fn quick_until_the_first_login_on_sqlite() {
    quick_until_the_first_login(Database::Sqlite);
}

#[test]
fn a_password_of_the_crm_has_the_slow_one() {
    let world = world(|site| site);
    let (_, answer) = world.add(Contact::person("own@example.com").custom("Secret", "a password of her own"));
    world.expect(&answer, 200, "created", "");
    assert!(cost(&hash_of(&world, "own@example.com")) >= 10);
    // One that is refused is replaced by a generated one.
    let (_, answer) = world.add(Contact::person("short@example.com").custom("Secret", "short"));
    assert_eq!(answer.notes(), ["password_refused"]);
    assert_eq!(cost(&hash_of(&world, "short@example.com")), 4);
    // Nobody else's hashes are concerned, whenever they are made.
    let id = world.existing_user("known", "known@example.com", "subscriber");
    assert!(cost(world.user(id)["user_pass"].as_str().unwrap_or_default()) >= 10);
    assert_eq!(world.user_with("nobody@example.com"), Value::Null);
}

/// Other code's users that are made while ours is written get the hash they would have had.
#[test]
fn a_user_made_by_another_plugin_meanwhile_has_the_slow_one() {
    let other = "<?php add_action('user_register', function ($id, $data) {
        if ('ana@example.com' === $data['user_email']) wp_create_user('twin', 'a-long-password', 'twin@example.com'); }, 10, 2);";
    let world = world(|site| site.mu_plugin_file("other.php", other));
    let (_, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let hashes = [hash_of(&world, "ana@example.com"), hash_of(&world, "twin@example.com")];
    assert_eq!(cost(&hashes[0]), 4);
    assert!(cost(&hashes[1]) >= 10, "{hashes:?}");
}

#[test]
fn a_filter_brings_the_slow_one_back() {
    let filter = "<?php add_filter('agile_bridge_fast_password_hash', '__return_false');";
    let world = world(|site| site.mu_plugin_file("slow.php", filter));
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let slow = hash_of(&world, "ana@example.com");
    assert!(cost(&slow) >= 10, "{slow}");
    let password = world.crm.property(id.parse().expect("a number"), FIELD).expect("it was returned");
    assert!(world.site.login("ana@example.com", &password).contains("wordpress_logged_in"));
    assert_eq!(json!(hash_of(&world, "ana@example.com")), json!(slow));
}
