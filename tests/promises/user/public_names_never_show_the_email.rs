//! The names that a site shows (nicename, nickname, display name) come from the contact's name or from the login without
//! its domain, and change after creation only if they are mapped. Odd names are taken as they are.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};

fn text<'a>(user: &'a Value, key: &str) -> &'a str {
    user[key].as_str().unwrap_or_else(|| panic!("{key} is no text: {user}"))
}

#[track_caller]
fn assert_public_names_are_clean(user: &Value) {
    for key in ["user_nicename", "nickname", "display_name"] {
        let name = text(user, key);
        assert!(!name.trim().is_empty(), "{key} is empty: {user}");
        assert!(!name.contains('@'), "{key} shows an address: {name}");
        for trace in ["example", "%40", "&#64;", "<script", "<b>"] {
            assert!(!name.to_lowercase().contains(trace), "{key} shows {trace}: {name}");
        }
    }
    assert!(text(user, "user_nicename").chars().count() <= 50, "{user}");
    assert!(text(user, "display_name").chars().count() <= 250, "{user}");
}

#[test]
fn a_site_shows_no_address() {
    let world = World::new();
    names_of_every_kind_make_a_clean_user(&world);
    later_only_mapped_names_change(&world);
}

fn names_of_every_kind_make_a_clean_user(world: &World) {
    let long = "N".repeat(250);
    let ampersands = "&".repeat(200);
    // First name, last name, and the display name where it is certain.
    let cases: &[(&str, &str, Option<&str>)] = &[
        ("Ana", "Ruiz", Some("Ana Ruiz")),
        ("Ana", "", Some("Ana")),
        ("", "Ruiz", Some("Ruiz")),
        ("", "", None),
        ("p5@example.com", "", None),
        ("Ana p6@example.com", "Ruiz", None),
        ("", "P7@Example.COM", None),
        ("<script>alert(1)</script>", "Ruiz", None),
        ("<b>Ana</b>", "Ruiz", Some("Ana Ruiz")),
        ("<img src=x onerror=alert(1)>", "", None),
        (&long, &long, None),
        (&ampersands, &ampersands, None),
        ("山田", "太郎", Some("山田 太郎")),
        ("🙂", "", Some("🙂")),
        ("%E2%82%AC", "100% %s", None),
        ("O'Brien", "C:\\new", Some("O'Brien C:\\new")),
        (".", "-", None),
    ];
    let mut nicenames = Vec::new();
    for (number, (first, last, shown)) in cases.iter().enumerate() {
        for address in [format!("p{number}@example.com"), format!("p{number}+x@example.com")] {
            let contact = Contact::person(&address).first_name(first).last_name(last);
            let (_, answer) = world.add(contact.property("SYSTEM", "invented_tomorrow", "x", "y"));
            world.expect(&answer, 200, "created", "");
            let user = world.user(answer.user_id().expect("the answer names the user"));
            assert_public_names_are_clean(&user);
            if let Some(shown) = shown {
                assert_eq!(user["display_name"], *shown);
            }
            assert!(!text(&user, "first_name").contains('<'), "{user}");
            assert_eq!(user["roles"], json!(["subscriber"]), "a whole user: {user}");
            nicenames.push(text(&user, "user_nicename").to_owned());
        }
    }
    let all = nicenames.len();
    nicenames.sort_unstable();
    nicenames.dedup();
    assert_eq!(nicenames.len(), all, "nicenames are addresses of pages: each is one person's");
    // Names themselves are kept whole.
    let whole = world.site.sql(
        "SELECT user_id FROM wp_usermeta WHERE meta_key IN ('first_name', 'last_name') AND meta_value = REPEAT('N', 250)",
    );
    assert_eq!(whole.len(), 4, "{whole:?}");
    let (_, answer) = world.add(Contact::person("q@example.com").first_name("Quentin").last_name("Quill"));
    let user = world.user(answer.user_id().expect("the answer names the user"));
    assert!(text(&user, "user_nicename").starts_with('q'), "{user}");
}

fn later_only_mapped_names_change(world: &World) {
    let (id, answer) = world.add(Contact::person("ana@example.com").first_name("Ana").last_name("Ruiz"));
    world.expect(&answer, 200, "created", "");
    let user_id = answer.user_id().expect("the answer names the user");
    let number: u64 = id.parse().expect("an id is a number");
    let created = world.user(user_id);

    world.crm.set_property(number, "SYSTEM", "last_name", "", "Moreno");
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "updated", "");
    let user = world.user(user_id);
    assert_eq!(user["last_name"], "Moreno");
    for key in ["user_nicename", "nickname", "display_name", "user_login"] {
        assert_eq!(user[key], created[key], "{key} is not mapped");
    }

    world.store_field_map(&json!([
        {"crm": "Shown", "wp": "display_name", "type": "text", "when_empty": "keep"},
        {"crm": "Nick", "wp": "nickname", "type": "text", "when_empty": "keep"},
    ]));
    world.crm.set_property(number, "CUSTOM", "Shown", "", "Ana M.");
    world.crm.set_property(number, "CUSTOM", "Nick", "", "Anita");
    let answer = world.site.webhook("update", &[("contact_id", &id)]);
    world.expect(&answer, 200, "updated", "");
    let user = world.user(user_id);
    assert_eq!((&user["display_name"], &user["nickname"]), (&json!("Ana M."), &json!("Anita")));
    assert_eq!(user["user_nicename"], created["user_nicename"]);
}
