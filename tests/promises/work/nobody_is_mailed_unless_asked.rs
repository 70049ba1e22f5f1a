//! A webhook mails the user only if `send_notification` asks for WordPress' own welcome; that is one mail, on creation only, and
//! its link works. Nor does WordPress tell the admin: what other plugins send is
//! theirs (`mails_of_others_reach_all_but_the_contact.rs`). Never a cookie.

use crate::stage::world::World;
use sandbox::{Contact, Faults};
use site::Answer;
use std::time::Duration;

fn add(world: &World, number: usize, send_notification: &str) -> Answer {
    let id = world.contact(Contact::person(&format!("p{number}@example.com")).first_name("Jo").tag("Lead"));
    let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", send_notification)]);
    world.expect(&answer, 200, "created", "");
    assert_eq!(answer.response.header("Set-Cookie"), None, "{:?}", answer.response.headers);
    answer
}

#[test]
fn one_mail_if_it_is_asked_for() {
    let world = World::new();
    the_welcome_mail_is_sent_once_and_its_link_works(&world);
    a_user_who_is_made_later_gets_it_then_and_once(&world);
    nobody_else_hears_of_anything(&world);
}

fn the_welcome_mail_is_sent_once_and_its_link_works(world: &World) {
    for (number, yes) in ["true", "1", "yes", "on", "TRUE", "Yes", "oN"].iter().enumerate() {
        world.site.forget_mails();
        let answer = add(world, number, yes);
        let mails = world.site.mails();
        assert_eq!(mails.len(), 1, "{yes}: {mails:?}\n{}", world.site.log());
        assert_eq!(mails[0].to, format!("p{number}@example.com"));

        let link = mails[0].body.split_whitespace().find(|word| word.contains("action=rp"));
        let link = link.unwrap_or_else(|| panic!("no link: {}", mails[0].body)).trim_matches(['<', '>']);
        let key = link.split("key=").nth(1).and_then(|rest| rest.split('&').next()).expect("a key in the link");
        let user = answer.user_id().expect("the answer names the user");
        let owner = world.site.wp(&format!(
            "$user = check_password_reset_key('{key}', get_userdata({user})->user_login);
             return is_wp_error($user) ? $user->get_error_code() : $user->ID;"
        ));
        assert_eq!(owner, user, "{link}");
        // WordPress puts the key into a cookie and sends the browser on; a dead key goes to `error=invalidkey`.
        let target = link.strip_prefix(&world.site.url()).unwrap_or_else(|| panic!("a link elsewhere: {link}"));
        let visit = world.site.get(target);
        assert_eq!(visit.status, 302, "{}", visit.body());
        assert!(!visit.header("Location").unwrap_or_default().contains("error"), "{:?}", visit.headers);
    }
}

/// However often it was sent, and whatever came of the first tries.
fn a_user_who_is_made_later_gets_it_then_and_once(world: &World) {
    world.site.forget_mails();
    let id = world.contact(Contact::person("later@example.com").first_name("Jo").tag("Lead"));
    world.crm.set_faults(Faults { status: Some(503), ..Faults::default() });
    for parameters in [&[("contact_id", &*id), ("send_notification", "1")][..], &[("contact_id", &*id)]] {
        world.expect(&world.site.webhook("add", parameters), 202, "queued", "");
    }
    world.advance(Duration::from_secs(60));
    world.drain_and_rest();
    assert_eq!(world.site.mails(), [], "nobody is there yet");
    world.crm.set_faults(Faults::default());
    world.catch_up();
    let mails = world.site.mails();
    assert_eq!(mails.iter().map(|mail| &*mail.to).collect::<Vec<_>>(), ["later@example.com"], "{:?}", world.events());
    world.expect(&world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]), 200, "unchanged", "");
    world.catch_up();
    assert_eq!(world.site.mails().len(), 1);
}

fn nobody_else_hears_of_anything(world: &World) {
    world.site.forget_mails();
    for (number, no) in ["", "0", "false", "no", "off", "2", "y"].iter().enumerate() {
        add(world, 100 + number, no);
        assert_eq!(world.site.mails(), [], "send_notification={no}");
    }
    // Updates of a name, a role or nothing, for a user of ours and for one who was there before.
    let bob = world.existing_user("bob", "bob@example.com", "subscriber");
    let id = world.contact(Contact::person("bob@example.com").first_name("Bob"));
    for action in ["update_tags", "update", "add"] {
        for role in ["contributor", "author", "administrator"] {
            let parameters = [("contact_id", &*id), ("send_notification", "true"), ("role", role)];
            let answer = world.site.webhook(action, &parameters);
            assert_eq!((answer.status, answer.user_id()), (200, Some(bob)), "{}\n{}", answer.json, world.site.log());
            assert_eq!(answer.response.header("Set-Cookie"), None);
            assert_eq!(world.site.mails(), [], "{action} with {role}");
        }
    }
    let number: u64 = id.parse().expect("an id is a number");
    world.crm.set_property(number, "SYSTEM", "first_name", "", "Robert");
    let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "true")]);
    world.expect(&answer, 200, "updated", "");
    assert_eq!(world.site.mails(), []);
    // Nor is anybody's session begun.
    let sessions = world.site.sql("SELECT user_id FROM wp_usermeta WHERE meta_key = 'session_tokens'");
    assert!(sessions.is_empty(), "{sessions:?}");
}
