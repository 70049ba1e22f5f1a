//! Other plugins open transactions in WordPress' user hooks, as `MailPoet` does at every creation and change, or end ours by DDL.
//! The sender notices nothing of it: one question to the CRM, the user whole, the password returned before the answer, each mail
//! sent once; and a newer state that somebody else has written meanwhile is not lost.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::{Builder, Database, Request};
use std::time::{Duration, Instant};

const FIELD: &str = "WP Password";

/// A plugin that keeps a table of its own and writes to it in user hooks, in the way that the user's last name says. Tells the
/// admin of each new address.
const OTHERS: &str = r"<?php
    function others_do($name, $user) {
        global $wpdb;
        $insert = 'INSERT INTO others (user) VALUES (' . (int) $user . ')';
        $direct = fn(...$statements) => array_map(fn($sql) => $wpdb->dbh->query($sql), $statements);
        switch ($name) {
            case 'Wpdb': $wpdb->query('START TRANSACTION'); $wpdb->query($insert); $wpdb->query('COMMIT'); break;
            case 'Words': $wpdb->query('/* other code */ begin work;'); $wpdb->query($insert); $wpdb->query('Commit work'); break;
            case 'Undo': $wpdb->query('START TRANSACTION'); $wpdb->query($insert); $wpdb->query('ROLLBACK'); break;
            case 'Twice': $wpdb->query('COMMIT'); $wpdb->query('BEGIN'); $wpdb->query($insert); $wpdb->query('BEGIN'); $wpdb->query('ROLLBACK'); $wpdb->query('ROLLBACK'); break;
            case 'Begin': $wpdb->query('START TRANSACTION'); $wpdb->query($insert); break;
            case 'Direct': $direct('START TRANSACTION', $insert, 'COMMIT'); break;
            case 'DirectBegin': $direct('START TRANSACTION', $insert); break;
            case 'DirectLose': @fopen(WP_CONTENT_DIR . '/lost-' . current_filter(), 'x') && $direct('ROLLBACK'); $wpdb->query($insert); break;
            case 'Table': case 'Fail': $wpdb->query('CREATE TABLE IF NOT EXISTS more_of_others (id int)'); $wpdb->query($insert); break;
            case 'Auto': $wpdb->query('SET autocommit = 0'); $wpdb->query($insert); $wpdb->query('COMMIT'); $wpdb->query('SET autocommit = 1'); break;
            case 'Second':
                $other = new wpdb(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST);
                $other->query('START TRANSACTION'); $other->query($insert); $other->query('COMMIT'); $other->close();
        }
    }
    function others_note($note) {
        file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode($note) . PHP_EOL, FILE_APPEND | LOCK_EX);
    }
    function others_wait($name) {
        if (!@fopen(WP_CONTENT_DIR . '/' . $name, 'x')) return;
        $go = WP_CONTENT_DIR . '/go';
        for ($end = microtime(true) + 10; !file_exists($go) && microtime(true) < $end; clearstatcache()) usleep(2000);
    }
    add_action('user_register', fn($id, $data) => others_do($data['last_name'] ?? '', $id), 10, 2);
    add_action('set_user_role', fn($id) => others_do(get_user_meta($id, 'last_name', true), $id));
    add_action('profile_update', function ($id, $old, $data) {
        others_do($data['last_name'] ?? '', $id);
        if ($old->user_email !== $data['user_email']) wp_mail('admin@elsewhere.example', 'Changed', 'User ' . $id . ' is another one now.');
    }, 10, 3);
    add_action('user_register', fn($id, $data) => str_contains($data['first_name'] ?? '', 'Slow') && others_wait('created'), 11, 2);
    add_action('profile_update', fn($id, $old, $data) => str_contains($data['first_name'] ?? '', 'Slow') && others_wait('updated'), 11, 3);
    // Once each, after what has ended our transaction.
    function others_fail($id, $file) {
        if ('Fail' === get_user_meta($id, 'last_name', true) && @fopen(WP_CONTENT_DIR . '/' . $file, 'x')) throw new Exception('once');
    }
    add_action('user_register', fn($id) => others_fail($id, 'failed-at-creation'), 12);
    add_action('updated_user_meta', fn($row, $id, $key) => 'plan' === $key && others_fail($id, 'failed-at-update'), 10, 3);
    add_filter('query', function ($sql) {
        if (file_exists(WP_CONTENT_DIR . '/kill') && str_contains($sql, 'INTO wp_agile_bridge_identities') && 2 === ++$GLOBALS['locks']) {
            unlink(WP_CONTENT_DIR . '/kill');
            posix_kill(getmypid(), 9);
        }
        return $sql;
    });
    $GLOBALS['locks'] = 0;
    if (file_exists(WP_CONTENT_DIR . '/kill-early')) {
        add_action('added_user_meta', function ($row, $id, $key) {
            if ('nickname' !== $key) return;
            unlink(WP_CONTENT_DIR . '/kill-early');
            $GLOBALS['wpdb']->query('CREATE TABLE IF NOT EXISTS more_of_others (id int)');
            posix_kill(getmypid(), 9);
        }, 10, 3);
    }
    add_action('agile_bridge_user_created', fn($id) => others_note(['created' => $id]));
    add_action('agile_bridge_user_updated', fn($id) => others_note(['updated' => $id]));";

fn world(database: Database) -> World {
    world_with(|site| site.database(database))
}

fn world_with(change: impl FnOnce(Builder) -> Builder) -> World {
    let world = World::with(|site| {
        change(site)
            .mu_plugin_file("others.php", OTHERS)
            .constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)])
            .field_map(&[("Plan", "plan")])
    });
    world.site.wp("global $wpdb; return $wpdb->query('CREATE TABLE others (user int)');");
    world.drain();
    world
}

fn person(name: &str, first_name: &str) -> Contact {
    Contact::person(&address(name)).first_name(first_name).last_name(name).custom("Plan", "gold").tag("Lead")
}

/// One that WordPress cannot have as a login, which is a note of its own.
fn address(name: &str) -> String {
    format!("{}+1@example.com", name.to_lowercase())
}

fn others_rows(world: &World, user: u64) -> i64 {
    number(&world.site.sql(&format!("SELECT COUNT(*) AS count FROM others WHERE user = {user}"))[0]["count"])
}

#[track_caller]
fn expect_user(world: &World, name: &str, email: &str, contact: &str, plan: &str, tags: &Value) -> u64 {
    let user = world.user_with(email);
    let fields = [&user["first_name"], &user["last_name"], &user["plan"], &user["agilecrm_contact_id"]];
    assert_eq!(fields, ["Jo", name, plan, contact], "{user:#}");
    assert_eq!((&user["roles"], &user["agilecrm_tags"]), (&json!(["author"]), tags), "{name}: {user:#}");
    assert!(user.get("_agile_bridge_creating").is_none(), "{name} is marked as half made: {user:#}");
    assert_eq!(world.orphans(), Vec::<Value>::new(), "{name}");
    u64::try_from(number(&user["ID"])).expect("an id")
}

/// Made, changed, and made once more.
fn nothing_is_lost(world: &World, name: &str) {
    let email = address(name);
    let contact = world.contact(person(name, "Jo"));
    world.crm.reset_counts();
    world.site.forget_mails();
    world.take_notes();
    let before = world.user_count();
    let parameters = [("contact_id", &*contact), ("role", "author"), ("send_notification", "1")];
    let answer = world.site.webhook("add", &parameters);
    world.expect(&answer, 200, "created", "");
    assert_eq!(answer.notes(), ["login_derived"], "{name}");
    assert_eq!(world.crm.counts().total, 2, "{name}, the contact and the password: {:?}", world.crm.counts());
    let password =
        world.crm.property(contact.parse().expect("a number"), FIELD).expect("a password, before the answer");
    let user = expect_user(world, name, &email, &contact, "gold", &json!(["Lead"]));
    assert_eq!((answer.user_id(), world.user_count()), (Some(user), before + 1), "{name}");
    let opened =
        world.site.wp(&format!("$user = wp_authenticate('{email}', '{password}'); return $user->ID ?? $user;"));
    assert_eq!(opened, user, "{name}: the returned password opens the account");
    assert_eq!(
        world.site.mails().into_iter().map(|mail| mail.to).collect::<Vec<_>>(),
        std::slice::from_ref(&email),
        "{name}"
    );
    assert_eq!(world.take_notes(), [json!({"created": user})], "{name}");
    world.expect_event(&world.event_of(&contact), "done", "created", "");
    let rows = others_rows(world, user);
    assert_eq!(rows > 0, name != "Undo", "{name}: what the other plugin stored for itself");

    let id = contact.parse().expect("a number");
    world.crm.set_property(id, "SYSTEM", "email", "work", &format!("new.{email}"));
    world.crm.set_property(id, "CUSTOM", "Plan", "", "silver");
    world.crm.add_tag(id, "Buyer");
    world.crm.reset_counts();
    world.site.forget_mails();
    world.expect(&world.site.webhook("update", &[("contact_id", &contact)]), 200, "updated", "");
    assert_eq!(world.crm.counts().total, 1, "{name}: {:?}", world.crm.counts());
    expect_user(world, name, &format!("new.{email}"), &contact, "silver", &json!(["Lead", "Buyer"]));
    let mut mailed: Vec<_> = world.site.mails().into_iter().map(|mail| mail.to).collect();
    mailed.sort();
    let mut wanted = vec!["admin@elsewhere.example".to_owned(), email];
    wanted.sort();
    assert_eq!(mailed, wanted, "{name}: the old address and the admin are told once");
    assert_eq!(world.take_notes(), [json!({"updated": user})], "{name}");
    world.expect_event(&world.event_of(&contact), "done", "updated", "");

    world.expect(&world.site.webhook("add", &parameters), 200, "unchanged", "");
    assert_eq!((world.site.mails().len(), world.take_notes()), (2, vec![]), "{name}");
}

#[test]
fn on_mariadb() {
    let world = world(Database::MariaDb);
    for name in
        ["Wpdb", "Undo", "Twice", "Begin", "Direct", "DirectBegin", "DirectLose", "Table", "Fail", "Auto", "Second"]
    {
        nothing_is_lost(&world, name);
    }
}

/// (Who leaves a transaction open leaves it open in the welcome mail too, where it is none of ours: nothing is stored after it.)
#[test]
fn on_sqlite() {
    let world = world(Database::Sqlite);
    for name in ["Words", "Undo", "Table"] {
        nothing_is_lost(&world, name);
    }
}

#[test]
fn on_a_network() {
    let world = world_with(|site| site.multisite(true));
    for name in ["Wpdb", "Direct"] {
        nothing_is_lost(&world, name);
    }
}

/// Killed after the other plugin's transaction, and before ours is made good; or as early as at the first user meta.
#[test]
fn a_killed_worker_leaves_what_the_next_one_completes() {
    let world = world(Database::MariaDb);
    for (file, name) in [("kill", "Direct"), ("kill-early", "Early")] {
        std::fs::write(world.site.root().join("wp-content").join(file), "").expect("a file");
        let contact = world.contact(person(name, "Jo"));
        let parameters = [("contact_id", &*contact), ("role", "author"), ("send_notification", "1")];
        let request = Request::new("GET", &world.site.webhook_target("add", &parameters));
        assert_eq!(world.site.send(&request).status, 502, "{name}: the worker was to be lost\n{}", world.site.log());
        assert!(!world.site.root().join("wp-content").join(file).exists(), "{name}: it did not come to that");
        assert_eq!(world.user_with(&address(name))["_agile_bridge_creating"], "1", "{name}");
        world.advance(Duration::from_secs(61));
        world.drain_and_rest();
        let user = expect_user(&world, name, &address(name), &contact, "gold", &json!(["Lead"]));
        world.expect_event(&world.event_of(&contact), "done", "created", "");
        assert_eq!((world.site.mails().len(), world.take_notes()), (1, vec![json!({"created": user})]), "{name}");
        world.site.forget_mails();
    }
}

/// Another plugin has ended our transaction, and holds the request up; meanwhile the contact is changed and processed under
/// another name. It is the newer state that stays.
#[test]
fn a_newer_state_is_not_lost() {
    let world = world(Database::MariaDb);
    let second = "other@example.com";
    let file = |name: &str| world.site.root().join("wp-content").join(name);
    let contact = world.contact(person("Direct", "Slow").email("home", second));
    let id = contact.parse().expect("a number");
    for (action, stopped, plan, status) in
        [("add", "created", "silver", "created"), ("update", "updated", "bronze", "updated")]
    {
        let answer = std::thread::scope(|scope| {
            let webhook = scope.spawn(|| world.site.webhook(action, &[("contact_id", &contact), ("role", "author")]));
            let deadline = Instant::now() + Duration::from_secs(10);
            while !file(stopped).exists() {
                assert!(Instant::now() < deadline, "{action}: nothing is written: {}", world.site.log());
                std::thread::sleep(Duration::from_millis(2));
            }
            world.crm.set_property(id, "CUSTOM", "Plan", "", plan);
            // An address that is no user's yet is another name of the contact.
            let answer = world.site.webhook("update", &[("email", second)]);
            world.expect(&answer, 200, status, "");
            std::fs::write(file("go"), "").expect("a file");
            webhook.join().expect("an answer")
        });
        assert!([200, 202].contains(&answer.status), "{action}: {}", answer.json);
        world.await_all_done();
        assert_eq!(world.user_with(&address("Direct"))["plan"], plan, "{action}: {:#?}", world.events());
        assert_eq!((world.user_count(), world.orphans()), (2, vec![]));
        let _ = std::fs::remove_file(file("go"));
        world.crm.set_property(id, "SYSTEM", "last_name", "", "Direct");
        world.crm.set_property(id, "SYSTEM", "first_name", "", "Slow again");
        world.crm.set_property(id, "CUSTOM", "Plan", "", "copper");
    }
    let told = world.notes().iter().filter(|note| note.get("created").is_some()).count();
    assert_eq!(told, 1, "{:?}", world.notes());
}
