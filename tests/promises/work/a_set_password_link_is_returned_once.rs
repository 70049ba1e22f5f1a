//! Set-password link: where the admin chose it, the field of the contact gets WordPress' own one-time link in place of the
//! generated password. Of a new user alone, made when it is written, one key for it and the welcome mail; sealed while it is
//! owed, and in no answer, table or log in clear.

use crate::stage::inbox::number;
use crate::stage::password::{FIELD, PUT, expect_nowhere};
use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use site::{Answer, Builder, Database};
use std::time::Duration;

fn world(change: impl FnOnce(Builder) -> Builder) -> World {
    let world = World::with(|site| {
        change(site.constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)]).field_map(&[("Secret", "user_pass")]))
    });
    world.set(&json!({"returns_link": true}));
    world
}

/// `add` with the welcome mail.
fn add(world: &World, contact: Contact) -> (u64, Answer) {
    let id = world.contact(contact);
    let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
    world.expect(&answer, 200, "created", "");
    (id.parse().expect("a number"), answer)
}

/// The CRM takes no password, and is well otherwise.
fn refuses_the_write() -> Faults {
    Faults { status: Some(400), only_route: Some(format!("PUT {PUT}")), ..Faults::default() }
}

fn key_in(text: &str) -> String {
    let key = text.split("key=").nth(1).and_then(|rest| rest.split(['&', '\r', '\n']).next());
    key.unwrap_or_else(|| panic!("no key in {text}")).to_owned()
}

/// The key of the link in the field, which opens the user's account and no other.
#[track_caller]
fn returned_key(world: &World, id: u64, user: u64) -> String {
    let link = world.crm.property(id, FIELD).expect("the link is in the CRM");
    let target = link.strip_prefix(&world.site.url()).unwrap_or_else(|| panic!("a link elsewhere: {link}"));
    assert!(target.starts_with("/wp-login.php?login=") && target.ends_with("&action=rp"), "{link}");
    let key = key_in(&link);
    assert_eq!(whose(world, &key, user), json!(user), "{link}");
    let visit = world.site.get(target);
    assert_eq!(visit.status, 302, "{}", visit.body());
    assert!(!visit.header("Location").unwrap_or_default().contains("error"), "{:?}", visit.headers);
    key
}

fn whose(world: &World, key: &str, user: u64) -> Value {
    world.site.wp(&format!(
        "$user = check_password_reset_key('{key}', get_userdata({user})->user_login);
         return is_wp_error($user) ? $user->get_error_code() : $user->ID;"
    ))
}

/// The event of the link that is owed.
#[track_caller]
fn debt(world: &World) -> Value {
    let event = world.events().into_iter().rfind(|event| event["action"] == "return_password");
    event.unwrap_or_else(|| panic!("nothing is owed: {:#?}", world.events()))
}

#[test]
fn of_a_new_user_and_no_other() {
    let world = world(|site| {
        let staff = "<?php add_action('user_register', function ($id) {
            $user = get_userdata($id); 'Staff' === $user->last_name && $user->add_role('editor'); });";
        site.mu_plugin_file("staff.php", staff)
    });
    let (id, answer) = add(&world, ana());
    let user = answer.user_id().expect("a user");
    assert_eq!(answer.notes(), Vec::<String>::new());
    // Before it is visited: that would be in the web server's log.
    expect_nowhere(&world, &key_in(&world.crm.property(id, FIELD).expect("the link is there when the answer is")));
    let key = returned_key(&world, id, user);
    assert_eq!(world.crm.counts().of("PUT", PUT), 1, "{:?}", world.crm.counts());
    let mails = world.site.mails();
    assert_eq!((mails.len(), &*mails[0].to), (1, "ana@example.com"), "{mails:?}");
    assert_eq!(key_in(&mails[0].body), key, "one key for both");
    assert!(!answer.response.body().contains(&key));

    // Her next events, a user who was there, one whose password is the CRM's own, one who is more than a contact may make.
    world.crm.reset_counts();
    for action in ["add", "update", "update_tags"] {
        let parameters = [("contact_id", &*id.to_string()), ("send_notification", "1")];
        world.expect(&world.site.webhook(action, &parameters), 200, "unchanged", "");
    }
    world.existing_user("known", "known@example.com", "subscriber");
    let (_, answer) = world.add(Contact::person("known@example.com"));
    world.expect(&answer, 200, "updated", "");
    add(&world, Contact::person("own@example.com").custom("Secret", "a password of her own"));
    add(&world, Contact::person("staff@example.com").last_name("Staff"));
    assert_eq!(world.crm.counts().of("PUT", PUT), 0, "{:?}", world.crm.requests());
    assert_eq!(whose(&world, &key, user), json!(user), "the first link is still good");

    // Without the mail there is a link too.
    let (id, answer) = world.add(Contact::person("bob@example.com"));
    world.expect(&answer, 200, "created", "");
    returned_key(&world, id.parse().expect("a number"), answer.user_id().expect("a user"));
}

#[test]
fn several_webhooks_that_waited_make_one_and_a_replay_none() {
    let world = world(|site| site);
    let id = world.contact(ana());
    world.pause(true);
    for action in ["update", "add", "add"] {
        world.expect(&world.site.webhook(action, &[("contact_id", &id)]), 202, "queued", "");
    }
    world.pause(false);
    world.drain_and_rest();
    let user = number(&world.user_with("ana@example.com")["ID"]).try_into().expect("an id");
    returned_key(&world, id.parse().expect("a number"), user);
    assert_eq!(world.crm.counts().of("PUT", PUT), 1);

    // Who is made by a replay is nobody whom a campaign waits for, also where another webhook has come that makes nobody.
    for (number, other) in ["", "update", "add"].into_iter().enumerate() {
        for replay_first in [true, false] {
            let email = format!("late{number}{replay_first}@example.com");
            let id = world.contact(Contact::person(&email));
            let dead = format!("state = 'dead', open_key = NULL, contact_id = '{id}', subject_key = SHA2('{id}', 256)");
            world.site.sql(&format!("UPDATE wp_agile_bridge_events SET {dead} ORDER BY id LIMIT 1"));
            world.pause(true);
            let replay = || world.site.wp("return AgileBridge\\Plugin\\Inbox\\Replay::replay_dead_events();");
            if replay_first {
                assert_eq!(replay(), 1);
            }
            if !other.is_empty() {
                world.expect(&world.site.webhook(other, &[("contact_id", &id)]), 202, "queued", "");
            }
            if !replay_first {
                assert_eq!(replay(), 1);
            }
            world.pause(false);
            world.crm.reset_counts();
            world.drain_and_rest();
            assert_eq!(world.user_with(&email)["roles"], json!(["subscriber"]), "{:#?}", world.events());
            let wanted = u64::from(other == "add");
            assert_eq!(world.crm.counts().of("PUT", PUT), wanted, "{other} {replay_first}: {:?}", world.crm.requests());
        }
    }
}

fn owed_and_paid(database: Database) {
    let world = world(|site| site.database(database));
    world.crm.set_faults(refuses_the_write());
    let (id, answer) = add(&world, ana());
    let user = answer.user_id().expect("a user");
    assert_eq!(answer.notes(), ["password_not_returned"]);
    world.await_rest();
    let key = key_in(&world.site.mails()[0].body);
    let owed: Value = serde_json::from_str(debt(&world)["owed"].as_str().expect("something is owed")).expect("JSON");
    assert!(owed["password"].as_str().is_some_and(|sealed| sealed.starts_with("v1:")), "{owed}");
    expect_nowhere(&world, &key);

    world.crm.set_faults(Faults::default());
    world.catch_up();
    assert_eq!(returned_key(&world, id, user), key, "the mail's link stays good");
    world.expect_event(&debt(&world), "done", "updated", "");
    assert_eq!(debt(&world)["owed"], Value::Null);
    assert_eq!(world.site.mails().len(), 1);
}

#[test]
fn owed_and_paid_on_mariadb() {
    owed_and_paid(Database::MariaDb);
}

#[test]
fn owed_and_paid_on_sqlite() {
    owed_and_paid(Database::Sqlite);
}

/// The CRM was away for longer than a link lives: the one that is written then is new.
#[test]
fn no_dead_link_is_written() {
    let world = world(|site| site);
    world.crm.set_faults(refuses_the_write());
    let (id, answer) = add(&world, ana());
    let user = answer.user_id().expect("a user");
    world.await_rest();
    let first = key_in(&world.site.mails()[0].body);
    let grow_old = || {
        world.site.sql("UPDATE wp_users SET user_activation_key = CONCAT('1000000000', SUBSTRING(user_activation_key, LOCATE(':', user_activation_key))) WHERE user_activation_key <> ''");
        world.advance(Duration::from_secs_f64(world.due_in(&debt(&world)).max(0.0) + 0.5));
        world.drain_and_rest();
    };
    grow_old();
    assert_eq!((&debt(&world)["state"], whose(&world, &first, user)), (&json!("waiting"), json!("invalid_key")));
    grow_old();
    world.crm.set_faults(Faults::default());
    world.catch_up();
    assert_ne!(returned_key(&world, id, user), first);
    world.expect_event(&debt(&world), "done", "updated", "");
}

/// Whoever has used the link of the mail has a password; whoever has become more than a contact may make gets none.
#[test]
fn nobody_gets_one_who_needs_none() {
    for code in [
        "reset_password(get_userdata($given), 'a password of hers'); return 1;",
        "get_userdata($given)->add_role('editor'); return 1;",
        "require_once ABSPATH . 'wp-admin/includes/user.php'; return wp_delete_user($given);",
    ] {
        let world = world(|site| site);
        world.crm.set_faults(refuses_the_write());
        let (id, answer) = add(&world, ana());
        world.await_rest();
        world.wp_given(&answer.json["wp_user_id"], code);
        let before = world.user_tables();
        world.crm.set_faults(Faults::default());
        world.crm.reset_counts();
        world.catch_up();
        assert_eq!((world.crm.property(id, FIELD), world.crm.counts().of("PUT", PUT)), (None, 0), "{code}");
        assert_eq!((&debt(&world)["state"], &debt(&world)["owed"]), (&json!("done"), &Value::Null), "{code}");
        assert_eq!(world.user_tables(), before, "{code}");
    }
}

/// Killed between the key and the mail: the successor makes another, and it is the one in both.
#[test]
fn a_killed_workers_successor_makes_it() {
    let world = world(|site| {
        let deadly = "<?php add_action('retrieve_password_key', function () {
            $flag = WP_CONTENT_DIR . '/deadly'; if (file_exists($flag)) { unlink($flag); posix_kill(getmypid(), SIGKILL); } });";
        site.mu_plugin_file("deadly.php", deadly)
    });
    let id = world.contact(ana());
    world.pause(true);
    let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
    world.expect(&answer, 202, "queued", "");
    world.pause(false);
    std::fs::write(world.site.root().join("wp-content/deadly"), "").expect("a file");
    assert!(
        world.site.try_wp("return AgileBridge\\Plugin\\Work\\Drain::run(120000);").is_err(),
        "{:#?}",
        world.events()
    );
    assert_eq!((&world.event()["state"], world.site.mails().len()), (&json!("applied"), 0));
    world.advance(Duration::from_secs(61));
    world.drain_and_rest();
    let user = number(&world.user_with("ana@example.com")["ID"]).try_into().expect("an id");
    let key = returned_key(&world, id.parse().expect("a number"), user);
    let mails = world.site.mails();
    assert_eq!((mails.len(), key_in(&mails[0].body)), (1, key), "{mails:?}");
}

/// A site that lets nobody set a password by a link has none to return. The user is made all the same.
#[test]
fn a_site_without_such_links_has_none_to_return() {
    let world =
        world(|site| site.mu_plugin_file("no.php", "<?php add_filter('allow_password_reset', '__return_false');"));
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    assert_eq!(
        (answer.notes(), world.crm.property(id.parse().expect("a number"), FIELD)),
        (vec!["password_not_returned".to_owned()], None)
    );
    world.await_all_done();
    assert_eq!(world.events().len(), 1, "nothing that could be tried again");
}
