//! A login: the mapped one if it is free, else the e-mail, else, where WordPress would alter that or it is not free,
//! one derived from it. Two people never share one, nobody's is another's address, and nobody's is what the site itself would be
//! called.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::json;

const ILLEGAL: &str = "<?php
    add_filter('illegal_user_logins', fn() => ['root@example.com', 'WebMaster@Example.com', 'forbidden', 'stemx']);";

#[test]
fn a_login_is_mapped_or_the_email_or_derived() {
    let world = World::with(|site| site.field_map(&[("Login", "user_login")]).mu_plugin_file("illegal.php", ILLEGAL));
    world.existing_user("taken@example.com", "elsewhere@example.net", "subscriber");
    world.existing_user("SHOUT@example.com", "elsewhere2@example.net", "subscriber");
    let too_long = "m".repeat(61);
    let (long, longest) = (format!("{}@example.com", "l".repeat(49)), format!("{}@example.com", "k".repeat(48)));
    // The e-mail, the mapped login, and the login that must be stored: None for a derived one.
    let cases: &[(&str, &str, Option<&str>)] = &[
        ("ana@example.com", "ana.r", Some("ana.r")),
        ("bob@example.com", "", Some("bob@example.com")),
        ("carl@example.com", "admin", Some("carl@example.com")),
        ("dora@example.com", "forbidden", Some("dora@example.com")),
        ("emil@example.com", &too_long, Some("emil@example.com")),
        ("jane+news@example.com", "", None),
        ("janenews@example.com", "", Some("janenews@example.com")),
        ("joenews@example.com", "", Some("joenews@example.com")),
        ("joe+news@example.com", "", None),
        ("joe+n+ews@example.com", "", None),
        ("o'brien@example.com", "", None),
        ("a/b=c@example.com", "", None),
        ("50%25off@example.com", "", None),
        (&longest, "", Some(&longest)),
        (&long, "", None),
        ("taken@example.com", "", None),
        ("shout@example.com", "", None),
        ("root@example.com", "", None),
        ("webmaster@example.com", "", None),
        ("stem+x@example.com", "", None),
        ("frida+x@example.com", "admin", None),
    ];
    let mut logins = vec!["admin".to_owned()];
    for (email, mapped, expected) in cases {
        let (_, answer) = world.add(Contact::person(email).custom("Login", mapped));
        world.expect(&answer, 200, "created", "");
        let user = world.user(answer.user_id().expect("the answer names the user"));
        let login = user["user_login"].as_str().expect("a login").to_owned();
        assert_eq!(user["user_email"], *email);
        assert_eq!(
            answer.notes().contains(&"login_derived".to_owned()),
            expected.is_none(),
            "{email}: {}",
            answer.json
        );
        if let Some(expected) = expected {
            assert_eq!(login, *expected);
        } else {
            let valid = world.wp_given(
                &json!(login),
                "$illegal = array_map('strtolower', apply_filters('illegal_user_logins', []));
                 return validate_username($given) && ! in_array(strtolower($given), $illegal, true);",
            );
            assert_eq!(valid, true, "'{login}' derived from {email}");
            assert!(login.len() <= 60 && !login.contains('@'), "'{login}' derived from {email}");
        }
        let refused = answer.notes().contains(&"value_refused:user_login".to_owned());
        assert_eq!(refused, *mapped == too_long, "{email}: {}", answer.json);
        assert!(!logins.contains(&login), "'{login}' twice: {logins:?}");
        logins.push(login);
    }
    let users = world.site.sql("SELECT COUNT(DISTINCT LOWER(user_login)) AS logins, COUNT(*) AS users FROM wp_users");
    assert_eq!(users[0]["logins"], users[0]["users"], "{users:?}");
}

/// Whatever fields a contact has, in each form in which a site may want its logins.
#[test]
fn nobody_is_called_like_the_site_or_by_anothers_address() {
    let world = World::with(|site| site.field_map(&[("Login", "user_login"), ("Nick", "nick")]));
    world.site.wp("global $wpdb; $wpdb->update($wpdb->users, ['user_login' => 'boss'], ['ID' => 1]); return 1;");
    world.site.wp("update_option('home', 'http://www.example.com'); wp_cache_flush(); return 1;");
    let mut number = 0;
    for format in ["email", "first.last", "field:nick"] {
        world.set(&json!({"login_format": format}));
        for wanted in [
            "admin",
            "Administrator",
            "root",
            "web-master",
            "support",
            "www.example.com",
            "example.com",
            "ceo@example.net",
        ] {
            number += 1;
            let sly = format!("{}'@{number}.example.org", wanted.replace('@', "'"));
            for (email, mapped) in [(sly.as_str(), ""), (&format!("p{number}@example.org"), wanted)] {
                let contact = Contact::person(email).first_name(wanted).custom("Nick", wanted).custom("Login", mapped);
                let (_, answer) = world.add(contact);
                world.expect(&answer, 200, "created", "");
                let user = world.user(answer.user_id().expect("the answer names the user"));
                let login = user["user_login"].as_str().expect("a login").to_lowercase();
                let plain: String = login.chars().filter(char::is_ascii_alphanumeric).collect();
                let taken: String = wanted.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
                assert!(plain != taken || wanted.contains('@'), "{format}, {email}, {mapped}: {login}");
                assert!(!login.contains('@') || login == email, "{format}, {email}, {mapped}: {login}");
            }
        }
    }
    // Whose address it is may be called by it.
    world.set(&json!({"login_format": "email"}));
    let (_, answer) = world.add(Contact::person("admin@example.com"));
    assert_eq!(world.user(answer.user_id().expect("a user"))["user_login"], "admin@example.com");
}

#[test]
fn a_super_admins_login_is_nobody_elses() {
    let world = World::with(|site| site.multisite(true).field_map(&[("Login", "user_login")]));
    // Deleted long ago, still on the list: who takes the login is an administrator of the network.
    world.site.wp("update_site_option('site_admins', ['admin', 'ghost@example.com', 'phantom']); return 1;");
    for (email, mapped, expected) in [
        ("ghost@example.com", "", None),
        ("spectre@example.com", "phantom", Some("spectre@example.com")),
        ("casper@example.com", "casper", Some("casper")),
    ] {
        let (_, answer) = world.add(Contact::person(email).custom("Login", mapped));
        world.expect(&answer, 200, "created", "");
        let id = answer.user_id().expect("the answer names the user");
        let login = world.user(id)["user_login"].clone();
        match expected {
            Some(expected) => assert_eq!(login, expected),
            None => assert_ne!(login, email),
        }
        assert_eq!(answer.notes().contains(&"login_derived".to_owned()), expected.is_none(), "{}", answer.json);
        assert_eq!(
            world.site.wp(&format!("return is_super_admin({id});")),
            false,
            "{email} rules the network as {login}"
        );
    }
}
