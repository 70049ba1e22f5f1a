//! One address stands for a contact: the first non-empty one in the order work, none, primary, personal, home, the rest.
//! It is stored exactly so or not at all; it never falls through to another one, and is never repaired into one.

use crate::stage::world::World;
use sandbox::Contact;
use serde_json::json;

/// Subtypes and values; the stored address, or the answer's code.
type Case<'a> = (&'a [(&'a str, &'a str)], Result<&'a str, &'a str>);

fn contact(emails: &[(&str, &str)]) -> Contact {
    emails.iter().fold(Contact::person("").first_name("Jo"), |contact, (subtype, email)| contact.email(subtype, email))
}

fn check(world: &World, cases: &[Case]) {
    for (emails, expected) in cases {
        let before = world.user_tables();
        let (_, answer) = world.add(contact(emails));
        match expected {
            Ok(address) => {
                world.expect(&answer, 200, "created", "");
                let user = answer.user_id().expect("the answer names the user");
                assert_eq!(world.user(user)["user_email"], *address, "{emails:?}");
            }
            Err(code) => {
                let got = (answer.status, answer.wp_code());
                assert_eq!(got, (422, *code), "{emails:?}: {}\n{}", answer.json, world.site.log());
                assert_eq!(world.user_tables(), before, "{emails:?}");
            }
        }
    }
}

#[test]
fn one_address_stands_for_a_contact() {
    let world = World::with(|site| {
        site.mu_plugin_file(
            "addresses.php",
            "<?php
            add_filter('is_email', fn($is, $email) => str_ends_with($email, '@blocked.example') ? false : $is, 10, 2);
            add_filter('pre_user_email', fn($email) => str_replace('@rewritten.example', '@elsewhere.example', $email), 99);",
        )
    });
    what_wordpress_would_repair_is_refused(&world);
    the_order_decides_and_the_first_counts(&world);
}

fn what_wordpress_would_repair_is_refused(world: &World) {
    let longest = format!("{}@{}.example", "l".repeat(64), "d".repeat(27));
    assert_eq!(longest.len(), 100);
    let too_long = longest.replace("@d", "@dd");
    check(world, &[(&[("work", &longest)], Ok(&longest)), (&[("work", &too_long)], Err("email_invalid"))]);
    for address in [
        "ana",
        "ana@localhost",
        "a@b@example.com",
        "ana@example",
        "ana.@example.com",
        "a..b@example.com",
        "ana@-example.com",
        "ana@exa_mple.com",
        "ana@exämple.com",
        "ánna@example.com",
        "ａna@example.com",
        "ana@example.com, bob@example.com",
        "Ana <ana@example.com>",
        "ana@example.com\nbcc: bob@example.com",
        "\"a b\"@example.com",
        "ana@[127.0.0.1]",
        "ana@blocked.example",
    ] {
        check(world, &[(&[("work", address)], Err("email_invalid"))]);
    }
    // Another plugin changes the address on its way: nobody is made with one that the contact does not have.
    let before = world.user_tables();
    let (_, answer) = world.add(contact(&[("work", "ana@rewritten.example")]));
    assert_eq!((answer.status, answer.wp_status()), (422, "failed"), "{}\n{}", answer.json, world.site.log());
    assert_eq!(world.user_tables(), before, "{}", answer.json);
    // WordPress' own filters write `&amp;` here: stored as it is, or refused.
    let (_, answer) = world.add(contact(&[("work", "a&b@example.com")]));
    if answer.status == 200 {
        let user = answer.user_id().expect("the answer names the user");
        assert_eq!(world.user(user)["user_email"], "a&b@example.com", "{}", answer.json);
    } else {
        world.expect(&answer, 422, "failed", "email_invalid");
        assert_eq!(world.user_tables(), before, "{}", answer.json);
    }
}

fn the_order_decides_and_the_first_counts(world: &World) {
    check(
        world,
        &[
            (&[("home", "h1@a.example"), ("work", "w1@a.example")], Ok("w1@a.example")),
            (
                &[
                    ("x", "x2@a.example"),
                    ("home", "h2@a.example"),
                    ("personal", "p2@a.example"),
                    ("primary", "m2@a.example"),
                    ("", "n2@a.example"),
                ],
                Ok("n2@a.example"),
            ),
            (
                &[("home", "h3@a.example"), ("personal", "p3@a.example"), ("primary", "m3@a.example")],
                Ok("m3@a.example"),
            ),
            (&[("home", "h4@a.example"), ("personal", "p4@a.example")], Ok("p4@a.example")),
            (&[("x", "x5@a.example"), ("home", "h5@a.example")], Ok("h5@a.example")),
            (&[("y", "y6@a.example"), ("x", "x6@a.example")], Ok("y6@a.example")),
            (&[("work", "  "), ("home", "h7@a.example")], Ok("h7@a.example")),
            (&[("work", " Ana.Ruiz+X@Example.COM\t")], Ok("ana.ruiz+x@example.com")),
            (&[("work", "no address"), ("home", "h9@a.example")], Err("email_invalid")),
            (&[], Err("email_missing")),
            (&[("work", " ")], Err("email_missing")),
        ],
    );
    // An explicit mapping has no fallback.
    world
        .store_field_map(&json!([{"crm": "email+personal", "wp": "user_email", "type": "text", "when_empty": "keep"}]));
    check(
        world,
        &[
            (&[("work", "w20@a.example")], Err("email_missing")),
            (&[("work", "w21@a.example"), ("personal", "p21@a.example")], Ok("p21@a.example")),
            (&[("work", "w22@a.example"), ("personal", "broken")], Err("email_invalid")),
        ],
    );
}
