//! The welcome mail that was asked for goes out once and its link works, also where the database refuses a statement on the way to
//! it, does not confirm one, or is gone. The answer is true: the user is stored.

use crate::stage::broken_database::{MENDED, failing, while_broken};
use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::Database;
use std::fs;
use std::time::Duration;

/// Fails at the first statement like the second pattern in a file that comes after one like the first, in the way that is the file's
/// third line: refused as by another node of a cluster that was first; stored, and the connection lost before it could say so; or
/// gone, with the whole server.
const FAILING: &str = r#"<?php
    // Five, of a second each, if nobody says otherwise.
    $GLOBALS['wpdb']->reconnect_retries = 1;
    add_filter('query', function ($sql) {
        global $wpdb;
        $file = WP_CONTENT_DIR . '/failure';
        static $armed = false;
        [$after, $pattern, $how] = @file($file, FILE_IGNORE_NEW_LINES) ?: ['/^never$/', '/^never$/', ''];
        $was_armed = $armed;
        $armed     = $armed || preg_match($after, $sql);
        if (!$was_armed || !preg_match($pattern, $sql) || !@rename($file, "$file-met")) return $sql;
        if ('gone' === $how) {
            $wpdb->dbh->query('KILL CONNECTION_ID()');
            $wpdb->dbhost = '127.0.0.1:1';
            return $sql;
        }
        if ('unconfirmed' === $how) $wpdb->dbh->query($sql);
        return sprintf("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = %d", 'refused' === $how ? 1213 : 2013);
    }, PHP_INT_MAX - 1);
    add_action('agile_bridge_user_created', fn($id) => file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode($id) . "\n", FILE_APPEND));"#;

/// The link's key is stored.
const KEY: &str = r"/^UPDATE `?\w+users`? SET .*`user_activation_key` = '\d/s";

/// The transaction of the key is confirmed.
const COMMIT: &str = "/^COMMIT$/";

/// What comes before any of them.
const WRITTEN: &str = r"/^UPDATE \w+agile_bridge_events SET state = 'applied'/";

/// The mail is no longer owed.
const PAID: &str = r"/^UPDATE \w+agile_bridge_events SET owed = /";

fn fail(world: &World, after: &str, pattern: &str, how: &str) {
    fs::write(world.site.root().join("wp-content/failure"), format!("{after}\n{pattern}\n{how}\n")).expect("a file");
}

#[track_caller]
fn expect_failed(world: &World) {
    let met = world.site.root().join("wp-content/failure-met");
    assert!(met.exists(), "it did not come to that: {:#?}", world.events());
    fs::remove_file(met).expect("a file");
}

/// One mail, whose link sets the password of this user; told once, and nothing left to do.
#[track_caller]
fn expect_welcomed(world: &World, contact: &str, email: &str, what: &str) {
    let event = world.event_of(contact);
    world.expect_event(&event, "done", "created", "");
    assert_eq!(event["owed"], Value::Null, "{what}");
    let mails = world.site.mails();
    let to: Vec<_> = mails.iter().map(|mail| &*mail.to).collect();
    assert_eq!(to, [email], "{what}: {event:#}\n{}", world.site.log());
    let key = mails[0].body.split("key=").nth(1).and_then(|rest| rest.split(['&', '>', '\n']).next());
    let user = world.user_with(email);
    let whose = world.wp_given(
        &json!([key.expect("a link"), user["user_login"]]),
        "$user = check_password_reset_key(...$given); return is_wp_error($user) ? $user->get_error_code() : $user->user_email;",
    );
    assert_eq!(whose, email, "{what}: {}", mails[0].body);
    assert_eq!(world.take_notes().len(), 1, "{what}");
    world.site.forget_mails();
}

fn person(world: &World, name: &str) -> (String, String) {
    let email = format!("{name}@example.com");
    (world.contact(Contact::person(&email).first_name("Jo")), email)
}

#[test]
fn of_a_webhook() {
    let world = World::with(|site| site.mu_plugin_file("failing.php", FAILING));
    let failures = [
        ("key-refused", KEY, "refused"),
        ("key-gone", KEY, "gone"),
        ("commit-refused", COMMIT, "refused"),
        ("commit-unconfirmed", COMMIT, "unconfirmed"),
        ("commit-gone", COMMIT, "gone"),
        ("paid-refused", PAID, "refused"),
        ("paid-unconfirmed", PAID, "unconfirmed"),
        ("paid-gone", PAID, "gone"),
    ];
    for (what, statement, how) in failures {
        let (id, email) = person(&world, what);
        fail(&world, if statement == COMMIT { KEY } else { WRITTEN }, statement, how);
        let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
        world.expect(&answer, 200, "created", "");
        expect_failed(&world);
        // Where the database was gone: when the lease is over.
        world.advance(Duration::from_secs(61));
        world.drain_and_rest();
        expect_welcomed(&world, &id, &email, what);
        let crashes = number(&world.event_of(&id)["crashes"]);
        assert_eq!(crashes, i64::from(how == "gone"), "{what}: who could not say so is taken for dead");
    }
}

#[test]
fn of_a_drain() {
    let world = World::with(|site| site.mu_plugin_file("failing.php", FAILING));
    for (what, statement) in [("key", KEY), ("paid", PAID)] {
        let (id, email) = person(&world, what);
        world.pause(true);
        let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
        world.expect(&answer, 202, "queued", "");
        world.pause(false);
        fail(&world, WRITTEN, statement, "gone");
        // Whether it comes to an end without a database is not asked.
        let _ = world.site.try_wp("return AgileBridge\\Plugin\\Work\\Drain::run(120000);");
        expect_failed(&world);
        assert_eq!(world.event_of(&id)["state"], "applied", "{what}");
        world.advance(Duration::from_secs(61));
        world.drain_and_rest();
        expect_welcomed(&world, &id, &email, what);
    }
}

fn refusing_the_key() -> String {
    failing("UPDATE", "wp_users", "").replace("TRUE", "NEW.user_activation_key <> OLD.user_activation_key")
}

/// One that never takes the key: the user stays, nobody gets a link that leads nowhere, and an admin sees what is wrong.
#[test]
fn of_a_database_that_never_takes_the_key() {
    let world = World::new();
    let (id, email) = person(&world, "never");
    while_broken(&world, (&refusing_the_key(), MENDED), || {
        let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
        world.expect(&answer, 200, "created", "");
        assert_eq!(world.event_of(&id)["state"], "applied");
        while world.event_of(&id)["state"] == "applied" {
            let event = world.event_of(&id);
            let message = event["message"].as_str().unwrap_or_default();
            assert!(message.contains("not all that follows was done") && message.contains("tried again"), "{event:#}");
            world.advance(Duration::from_secs(30 * 3600));
            world.drain();
        }
    });
    let event = world.event_of(&id);
    world.expect_event(&event, "dead", "failed", "site_unavailable");
    assert_eq!((number(&event["crashes"]), &event["owed"]), (0, &Value::Null), "{event:#}");
    assert_eq!((world.site.mails().len(), &world.user_with(&email)["first_name"]), (0, &json!("Jo")));
}

/// A webhook of the contact is merged into the event whose mail waits for hours by then, and does not wait for so long itself.
#[test]
fn holds_up_no_webhook_for_hours() {
    let world = World::new();
    let (id, email) = person(&world, "news");
    while_broken(&world, (&refusing_the_key(), MENDED), || {
        let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
        world.expect(&answer, 200, "created", "");
        let waits = || number(&world.event_of(&id)["lease_until"]) - world.now();
        while waits() < 3_600_000 {
            world.advance(Duration::from_secs(3_600));
            assert_eq!((world.drain(), &world.event_of(&id)["state"]), (1, &json!("applied")));
        }
        world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "first_name", "", "Bea");
        world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 202, "queued", "");
        assert!((1..=300_000).contains(&waits()), "{} ms", waits());
    });
    world.advance(Duration::from_secs(300));
    world.drain_and_rest();
    world.expect_event(&world.event_of(&id), "done", "updated", "");
    assert_eq!((&world.user_with(&email)["first_name"], world.site.mails().len()), (&json!("Bea"), 1));
}

/// Somebody else has the event by the time that the key is stored, and makes the mail. Theirs must not lose its link.
#[test]
fn of_a_worker_whose_event_was_taken() {
    let world = World::with(|site| {
        site.mu_plugin_file(
            "taken.php",
            r#"<?php add_action('retrieve_password_key', fn() => (new wpdb(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST))->query(
                "UPDATE wp_agile_bridge_events SET owner = 'somebody else'"));"#,
        )
    });
    let (id, email) = person(&world, "taken");
    let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
    world.expect(&answer, 200, "created", "");
    let keys = world.site.sql(&format!("SELECT user_activation_key FROM wp_users WHERE user_email = '{email}'"));
    assert_eq!(keys, [json!({"user_activation_key": ""})]);
    let event = world.event_of(&id);
    assert_eq!((world.site.mails().len(), &event["state"]), (0, &json!("applied")));
    assert!(event["owed"].as_str().is_some_and(|owed| owed.contains(r#""welcome":true"#)), "{event:#}");
}

/// On `SQLite` any query that fails takes a transaction with it, also that of a plugin that logs mails and has lost its table.
#[test]
fn of_code_of_the_site_whose_queries_fail() {
    for database in [Database::Sqlite, Database::MariaDb] {
        let world = World::with(|site| {
            site.database(database).mu_plugin_file(
                "sloppy.php",
                r"<?php
                foreach (['wp_mail', 'wp_new_user_notification_email', 'retrieve_password_key', 'profile_update'] as $hook) {
                    add_filter($hook, function ($value) { $GLOBALS['wpdb']->query('INSERT INTO no_such_table VALUES (1)'); return $value; });
                }
                add_action('agile_bridge_user_created', fn($id) => file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode($id) . PHP_EOL, FILE_APPEND));",
            )
        });
        let (id, email) = person(&world, "sloppy");
        let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
        world.expect(&answer, 200, "created", "");
        world.await_all_done();
        expect_welcomed(&world, &id, &email, "sloppy");
    }
}
