//! A mapped password of 8 to 4096 bytes opens the door; any other is refused and replaced by a generated one. After
//! creation neither password nor login ever change.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::json;

fn world() -> World {
    World::with(|site| {
        site.constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", "Generated")])
            .field_map(&[("WP Password", "user_pass"), ("Login", "user_login")])
    })
}

#[test]
fn a_password_is_given_at_creation_alone() {
    let world = world();
    a_mapped_password_works_at_the_login_page(&world);
    a_refused_password_is_replaced_by_a_generated_one(&world);
    neither_password_nor_login_change_later(&world);
}

fn a_mapped_password_works_at_the_login_page(world: &World) {
    let longest = "x".repeat(4096);
    for (number, password) in [
        "abcd1234",
        "spaces in the middle",
        "it's \"quoted\" \\ and & <b>bold</b>",
        "wörd-пароль-🙂",
        "100%s %25 $1 {{x}}",
        &longest,
    ]
    .iter()
    .enumerate()
    {
        let contact = Contact::person(&format!("m{number}@example.com")).custom("WP Password", password);
        let (id, answer) = world.add(contact.custom("Login", &format!("person{number}")));
        world.expect(&answer, 200, "created", "");
        assert!(answer.notes().is_empty(), "{password:.20}: {}", answer.json);
        // Panics if it is refused.
        let cookie = world.site.login(&format!("person{number}"), password);
        assert!(cookie.contains("wordpress_logged_in"), "{cookie}");
        assert!(!answer.json.to_string().contains("abcd1234"));
        let number: u64 = id.parse().expect("an id is a number");
        assert_eq!(world.crm.property(number, "Generated"), None, "a mapped password is never returned");
    }
}

fn a_refused_password_is_replaced_by_a_generated_one(world: &World) {
    let mut generated = Vec::new();
    for (number, password) in ["", "short12", "пар", &"x".repeat(4097)].iter().enumerate() {
        let contact = Contact::person(&format!("p{number}@example.com")).custom("WP Password", password);
        let (id, answer) = world.add(contact);
        world.expect(&answer, 200, "created", "");
        let refused = answer.notes().contains(&"password_refused".to_owned());
        assert_eq!(refused, !password.is_empty(), "{password:.20}: {}", answer.json);
        let id: u64 = id.parse().expect("an id is a number");
        let new =
            world.crm.property(id, "Generated").unwrap_or_else(|| panic!("{}\n{}", answer.json, world.site.log()));
        assert!(new.len() == 24 && new.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{new}");
        assert!(!answer.json.to_string().contains(&new) && !world.site.log().contains(&new));
        world.site.login(&format!("p{number}@example.com"), &new);
        let user = answer.user_id().expect("the answer names the user");
        let opens = world.wp_given(
            &json!([user, password]),
            "return wp_check_password($given[1], get_userdata($given[0])->user_pass, $given[0]);",
        );
        assert_eq!(opens, false, "the refused one opens the door: {password:.20}");
        assert!(!generated.contains(&new), "generated twice");
        generated.push(new);
    }
}

fn neither_password_nor_login_change_later(world: &World) {
    let (id, answer) =
        world.add(Contact::person("ana@example.com").custom("WP Password", "first-password").custom("Login", "ana"));
    world.expect(&answer, 200, "created", "");
    let user = answer.user_id().expect("the answer names the user");
    let row = || world.site.sql(&format!("SELECT * FROM wp_users WHERE ID = {user}"));
    let before = row();
    let number: u64 = id.parse().expect("an id is a number");
    // At their first login WordPress may hash a password anew; nobody has logged in.
    for password in ["second-password", "2short", "third-password"] {
        world.crm.set_property(number, "CUSTOM", "WP Password", "", password);
        world.crm.set_property(number, "CUSTOM", "Login", "", &format!("ana-{password}"));
        for action in ["add", "update", "update_tags"] {
            let answer = world.site.webhook(action, &[("contact_id", &id), ("send_notification", "1")]);
            world.expect(&answer, 200, "unchanged", "");
            assert_eq!(row(), before, "{action}: {}", answer.json);
        }
    }
    // Nor do those of a user who was there before.
    let bob = world.existing_user("bob", "bob@example.com", "subscriber");
    let before = world.user(bob);
    let (_, answer) = world
        .add(Contact::person("bob@example.com").custom("WP Password", "second-password").custom("Login", "robert"));
    world.expect(&answer, 200, "updated", "");
    let after = world.user(bob);
    assert_eq!((&after["user_pass"], &after["user_login"]), (&before["user_pass"], &before["user_login"]));
    world.site.login("bob", "a-long-password");
    assert_eq!(world.site.mails(), []);
}

/// Says of each hash whether a transaction was open: outside of one a savepoint is gone at once.
const WITNESS: &str = "<?php add_filter('wp_hash_password_options', function ($options) {
    global $wpdb;
    $wpdb->dbh->query('SAVEPOINT witness');
    $is_open = $wpdb->dbh->query('RELEASE SAVEPOINT witness');
    file_put_contents(WP_CONTENT_DIR . '/hashed', (int) $is_open . PHP_EOL, FILE_APPEND);
    return $options;
});";

/// It takes as long as all the rest, and others wait for the locks.
#[test]
fn no_password_is_hashed_under_a_lock() {
    let world =
        World::with(|site| site.field_map(&[("WP Password", "user_pass")]).mu_plugin_file("witness.php", WITNESS));
    for (number, password) in ["a mapped one", ""].iter().enumerate() {
        let contact = Contact::person(&format!("w{number}@example.com"));
        let path = world.site.root().join("wp-content/hashed");
        let _ = std::fs::remove_file(&path);
        let (_, answer) = world.add(contact.custom("WP Password", password));
        world.expect(&answer, 200, "created", "");
        assert_eq!(std::fs::read_to_string(&path).expect("something was hashed"), "0\n");
    }
}
