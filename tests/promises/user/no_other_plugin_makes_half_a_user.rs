//! Other plugins' hooks run inside the transaction of a user, and some end it: by DDL, by a transaction of their own, on SQLite
//! by any query that fails; others end the process or throw. Whatever they do, a user is whole or not there, an update is
//! whole or not done, and what is owed to a new user is done once.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::{Answer, Database};
use std::time::Duration;

const FIELD: &str = "WP Password";

/// A plugin that does what the user's last name says, when the user is made or, with `Up` before it, changed; with `Once` at
/// its end, only the first time.
const OTHERS: &str = r"<?php
    function others_do($name) {
        global $wpdb;
        if (str_ends_with($name, 'Once')) {
            if (false === @fopen(WP_CONTENT_DIR . '/' . $name, 'x')) return;
            $name = substr($name, 0, -4);
        }
        $wpdb->suppress_errors(true);
        switch ($name) {
            case 'Table': $wpdb->query('CREATE TABLE IF NOT EXISTS others (id int)'); break;
            case 'Span': case 'Begin': $wpdb->query('START TRANSACTION'); break;
            case 'Commit': $wpdb->query('START TRANSACTION'); $wpdb->query('COMMIT'); break;
            case 'Undo': $wpdb->query('START TRANSACTION'); $wpdb->query('ROLLBACK'); break;
            case 'Query': $wpdb->query('SELECT * FROM no_such_table'); break;
            case 'Exit': exit;
            case 'Throw': throw new Exception('no');
            case 'Error': no_such_function();
        }
    }
    add_action('user_register', fn($id, $data) => others_do($data['last_name'] ?? ''), 10, 2);
    add_action('set_user_role', fn($id) => 'UpSpanOnce' === get_user_meta($id, 'last_name', true) && $GLOBALS['wpdb']->query('ROLLBACK'));
    add_action('profile_update', fn($id, $old, $data) => str_starts_with($data['last_name'] ?? '', 'Up') && others_do(substr($data['last_name'], 2)), 10, 3);
    add_action('agile_bridge_user_created', fn($id) => file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode(['created' => $id]) . PHP_EOL, FILE_APPEND | LOCK_EX));";

fn world(database: Database) -> World {
    World::with(|site| {
        site.database(database)
            .mu_plugin_file("others.php", OTHERS)
            .constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)])
            .field_map(&[("Plan", "plan")])
    })
}

fn person(name: &str) -> Contact {
    Contact::person(&format!("{}@example.com", name.to_lowercase()))
        .first_name("Jo")
        .last_name(name)
        .custom("Plan", "gold")
        .tag("Lead")
}

fn add(world: &World, name: &str) -> (u64, Answer) {
    let id = world.crm.create_contact(person(name));
    let parameters = [("contact_id", &*id.to_string()), ("role", "author"), ("send_notification", "1")];
    (id, world.site.webhook("add", &parameters))
}

/// The one user of that name, or none.
#[track_caller]
fn user_of(world: &World, name: &str) -> Option<Value> {
    let email = format!("{}@example.com", name.to_lowercase());
    let rows =
        world.site.sql(&format!("SELECT ID FROM wp_users WHERE user_email = '{email}' OR user_login = '{email}'"));
    assert!(rows.len() < 2, "{name}: {rows:?}");
    assert_eq!(world.orphans(), Vec::<Value>::new(), "{name}");
    rows.first().map(|row| world.user(number(&row["ID"]).unsigned_abs()))
}

/// Everything that the webhook asked for, once, and nothing else.
#[track_caller]
fn expect_whole(world: &World, name: &str, contact: u64) {
    let email = format!("{}@example.com", name.to_lowercase());
    let user = user_of(world, name).unwrap_or_else(|| panic!("{name}: no user\n{}", world.site.log()));
    let plan = if name == "Both" { "GOLD" } else { "gold" };
    let fields = [&user["first_name"], &user["last_name"], &user["plan"], &user["user_email"]];
    assert_eq!(fields, ["Jo", name, plan, &*email], "{user:#}");
    assert_eq!((&user["roles"], &user["agilecrm_tags"]), (&json!(["author"]), &json!(["Lead"])), "{user:#}");
    assert_eq!(user["agilecrm_contact_id"], contact.to_string());
    assert!(user.get("_agile_bridge_creating").is_none(), "a whole user is marked as half made: {user:#}");
    let id = user["ID"].as_str().and_then(|id| id.parse::<u64>().ok()).expect("an id");
    let told: Vec<_> = world.notes().into_iter().filter(|note| note["created"] == id).collect();
    assert_eq!(told.len(), 1, "{name}: the site hears once of the new user: {:?}", world.notes());
    let mails: Vec<_> = world.site.mails().into_iter().filter(|mail| mail.to.contains(&email)).collect();
    assert_eq!(mails.len(), 1, "{name}: one welcome mail: {mails:?}");
    let password = world.crm.property(contact, FIELD).unwrap_or_else(|| panic!("{name}: no password was returned"));
    let opened = world.site.wp(&format!(
        "$user = wp_authenticate('{email}', '{password}'); return is_wp_error($user) ? null : $user->ID;"
    ));
    assert_eq!(opened, id, "{name}: the returned password opens the account");
}

/// A whole user is made, at once. Their contact.
fn add_and_expect_whole(world: &World, name: &str) -> u64 {
    let (contact, answer) = add(world, name);
    world.expect(&answer, 200, "created", "");
    expect_whole(world, name, contact);
    world.expect_event(&world.event_of(&contact.to_string()), "done", "created", "");
    contact
}

/// What MySQL takes for the end of the transaction, and what it does not: in the end the event is `created`, with all that is
/// owed to a new user.
#[test]
fn a_transaction_that_others_end_still_makes_a_whole_user() {
    let world = world(Database::MariaDb);
    for name in ["Table", "Begin", "Commit", "Undo", "Query", "TableOnce", "BeginOnce"] {
        let contact = add_and_expect_whole(&world, name);
        let again = world.site.webhook("add", &[("contact_id", &contact.to_string())]);
        world.expect(&again, 200, "unchanged", "");
    }
}

#[test]
fn on_sqlite_a_failing_query_leaves_nobody_and_then_a_whole_user() {
    let world = world(Database::Sqlite);
    for name in ["Table", "Begin", "Commit", "Undo", "Query"] {
        let before = world.user_count();
        let (contact, _) = add(&world, name);
        world.drain_and_rest();
        let event = world.event_of(&contact.to_string());
        if event["state"] == "done" {
            expect_whole(&world, name, contact);
            world.expect_event(&event, "done", "created", "");
        } else {
            assert_eq!(user_of(&world, name), None, "{name}");
            assert_eq!(world.user_count(), before, "{name}");
            assert_eq!(event["state"], "waiting", "{name}: it is tried again: {event:#}");
        }
    }
    for name in ["QueryOnce", "TableOnce", "CommitOnce"] {
        add_and_expect_whole(&world, name);
    }
}

/// Who ends the process without an error only ends the request: the event is stored.
#[track_caller]
fn expect_ended(world: &World, name: &str, answer: &Answer) {
    let (status, wp_status, code) =
        if name.starts_with("Exit") { (202, "queued", "") } else { (500, "failed", "site_error") };
    world.expect(answer, status, wp_status, code);
}

fn who_ends_the_process_or_throws_leaves_nobody(database: Database) {
    let world = world(database);
    for name in ["Exit", "Throw", "Error"] {
        let before = world.user_tables();
        let (contact, answer) = add(&world, name);
        expect_ended(&world, name, &answer);
        world.await_rest();
        assert_eq!(world.user_tables(), before, "{name} left something behind");
        let event = world.event_of(&contact.to_string());
        assert_ne!(event["state"], "done", "{name}: {event:#}");
        // For the next one's comparison: this event is not to be tried meanwhile.
        world.site.sql("UPDATE wp_agile_bridge_events SET state = 'dead', open_key = NULL");
    }
    for name in ["ExitOnce", "ThrowOnce", "ErrorOnce"] {
        let (contact, answer) = add(&world, name);
        expect_ended(&world, name, &answer);
        world.await_rest();
        assert_eq!(user_of(&world, name), None);
        world.advance(Duration::from_secs(61));
        world.drain_and_rest();
        expect_whole(&world, name, contact);
        world.expect_event(&world.event_of(&contact.to_string()), "done", "created", "");
    }
}

#[test]
fn who_ends_the_process_or_throws_leaves_nobody_on_mariadb() {
    who_ends_the_process_or_throws_leaves_nobody(Database::MariaDb);
}

#[test]
fn who_ends_the_process_or_throws_leaves_nobody_on_sqlite() {
    who_ends_the_process_or_throws_leaves_nobody(Database::Sqlite);
}

/// A plugin that ends the process after its DDL: what was there of the user is stored, and completed by the next try, which asks
/// the same filters.
#[test]
fn half_a_user_that_others_have_stored_is_completed() {
    let world = World::with(|site| {
        let both = "<?php add_action('user_register', function () {
            global $wpdb; if (!@fopen(WP_CONTENT_DIR . '/both', 'x')) return; $wpdb->query('CREATE TABLE others (id int)'); exit; }, 20);";
        site.mu_plugin_file("both.php", both)
            .mu_plugin_file("others.php", OTHERS)
            .constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)])
            .field_map(&[("Plan", "plan")])
            .mu_plugin_file(
                "filter.php",
                "<?php add_filter('wpf_set_user_meta', fn($data) => ['plan' => 'GOLD'] + $data);",
            )
    });
    let (contact, answer) = add(&world, "Both");
    expect_ended(&world, "Exit", &answer);
    world.await_rest();
    let half = user_of(&world, "Both").expect("DDL has stored what was there");
    assert!(
        half.get("plan").is_none() && half["_agile_bridge_creating"] == "1",
        "the plugin under test is not the one we think: {half:#}"
    );
    world.advance(Duration::from_secs(61));
    world.drain_and_rest();
    expect_whole(&world, "Both", contact);
}

/// All of an update, or nothing of it while it waits for its next try; and it never counts as done before.
fn an_update_is_whole_too(database: Database) {
    let world = world(database);
    for does in
        ["Table", "Begin", "Commit", "Undo", "Query", "Exit", "Throw", "QueryOnce", "SpanOnce", "ExitOnce", "ThrowOnce"]
    {
        let name = &*format!("Up{does}");
        let email = format!("{}@example.com", name.to_lowercase());
        let user = world.existing_user(name, &email, "subscriber");
        let contact = world.crm.create_contact(person(name));
        let before = world.user(user);
        let answer = world.site.webhook("update", &[("contact_id", &contact.to_string()), ("role", "author")]);
        // A process that ends books its event after the answer.
        world.await_rest();
        if does.ends_with("Once") {
            world.advance(Duration::from_secs(61));
        }
        if does != "Exit" {
            world.drain_and_rest();
        }
        let (event, now) = (world.event_of(&contact.to_string()), world.user(user));
        if event["state"] == "done" {
            let fields = [&now["first_name"], &now["last_name"], &now["plan"], &now["user_email"]];
            assert_eq!(
                fields,
                ["Jo", name, "gold", &*email],
                "{name} is done, the user is not: {event:#}\n{now:#}\n{}",
                answer.json
            );
            assert_eq!(
                (&now["roles"], &now["agilecrm_tags"]),
                (&json!(["author"]), &json!(["Lead"])),
                "{name}: {now:#}"
            );
            assert_eq!(now["agilecrm_contact_id"], contact.to_string(), "{name}");
        } else {
            assert!(!does.ends_with("Once"), "{name} is not done: {event:#}\n{}", world.site.log());
            assert_eq!(now, before, "{name}: half an update, {event:#}\n{}", answer.json);
            assert!(answer.status >= 500 || answer.wp_status() == "queued", "{name}: {}", answer.json);
            // And its next try does not call it done either.
            world.advance(Duration::from_secs(100));
            if does != "Exit" {
                world.drain_and_rest();
            }
            let event = world.event_of(&contact.to_string());
            assert_ne!(event["state"], "done", "{name}: {event:#}\n{:#}", world.user(user));
            world.site.sql("UPDATE wp_agile_bridge_events SET state = 'dead', open_key = NULL");
        }
        assert_eq!(world.orphans(), Vec::<Value>::new(), "{name}");
    }
}

#[test]
fn an_update_is_whole_too_on_mariadb() {
    an_update_is_whole_too(Database::MariaDb);
}

#[test]
fn an_update_is_whole_too_on_sqlite() {
    an_update_is_whole_too(Database::Sqlite);
}
