//! An event whose worker died is taken up when its lease has run out, and not before. One that kills its worker five times is
//! dead, and holds up no other. What a dead worker still owed is done by its successor: actions at least once, the welcome
//! mail at most once, the password to the CRM. A worker whose event was taken by somebody else meanwhile writes nothing.

use crate::stage::inbox::number;
use crate::stage::password::{FIELD, PUT, expect_nowhere, who};
use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use site::Database;
use std::time::Duration;

/// Ends the process at the hook that `wp-content/deadly` names, as the system would that is out of memory: for the user with
/// the last name Deadly, and in the drain of the command line alone. Notes our actions.
const DEADLY: &str = r#"<?php
function deadly($hook, $is_her = true) {
    if ('cli' === PHP_SAPI && $is_her && $hook === trim((string) @file_get_contents(WP_CONTENT_DIR . '/deadly'))) {
        posix_kill(getmypid(), SIGKILL);
    }
}
// The password of a stored user is about to be unsealed.
function is_any_applied() {
    global $wpdb;
    return (bool) $wpdb->get_var("SELECT COUNT(*) FROM {$wpdb->prefix}agile_bridge_events WHERE state = 'applied'");
}
add_filter('agile_bridge_user_data', function ($data) { deadly('data', 'Deadly' === ($data['last_name'] ?? '')); return $data; });
add_action('user_register', fn() => deadly('written'));
add_filter('query', function ($query) { deadly('marking', (bool) preg_match('/_events SET owed = /', $query)); return $query; });
add_filter('salt', function ($salt) { deadly('returning', is_any_applied()); return $salt; });
add_action('retrieve_password_key', fn() => deadly('making the mail'));
add_action('phpmailer_init', fn() => deadly('mailing'));
add_action('agile_bridge_user_created', function ($id) { deadly('telling');
    file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode($id) . "\n", FILE_APPEND); });"#;

const DRAIN: &str = "return AgileBridge\\Plugin\\Work\\Drain::run(120000);";

fn world(database: Database) -> World {
    World::with(|site| site.database(database).mu_plugin_file("deadly.php", DEADLY))
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Stores webhooks without processing them.
fn store(world: &World, ids: &[&str]) {
    world.pause(true);
    for id in ids {
        let answer = world.site.webhook("add", &[("contact_id", id), ("send_notification", "1")]);
        world.expect(&answer, 202, "queued", "");
    }
    world.pause(false);
}

/// A drain that dies at this hook.
fn die(world: &World, hook: &str) {
    let flag = world.site.root().join("wp-content/deadly");
    std::fs::write(&flag, hook).expect("a file");
    assert!(world.site.try_wp(DRAIN).is_err(), "{hook}: it did not die: {:#?}", world.events());
    std::fs::remove_file(&flag).expect("the file");
}

fn after_the_lease_and_not_before(database: Database) {
    let world = world(database);
    let id = world.contact(ana());
    // A worker that has claimed it and is gone.
    world.wp_given(
        &json!({"action": "add", "contact_id": id}),
        "AgileBridge\\Plugin\\Inbox\\Schema::ensure();
         AgileBridge\\Plugin\\Inbox\\Inbox::store(new AgileBridge\\Plugin\\Inbox\\Webhook(...$given), AgileBridge\\Plugin\\Site\\Lease::new_owner()); return 1;",
    );
    assert_eq!(world.event()["state"], "running");
    let taken = world.event();
    world.advance(seconds(40));
    assert_eq!(world.drain(), 0);
    assert_eq!((world.event(), world.crm.counts().total), (taken, 0), "it may still be alive");
    // A webhook meanwhile is merged.
    world.expect(&world.site.webhook("update_tags", &[("contact_id", &id)]), 202, "queued", "");
    world.await_rest_of_drain();
    assert_eq!((&world.event()["state"], number(&world.event()["webhooks"])), (&json!("running"), 2));
    world.advance(seconds(21));
    world.drain_and_rest();
    let event = world.event();
    world.expect_event(&event, "done", "created", "");
    assert_eq!((number(&event["crashes"]), number(&event["attempts"])), (1, 1), "{event:#}");
    assert_eq!(world.crm.counts().total, 1, "the merged one is done with it: {:?}", world.crm.counts());
    assert_eq!(world.user_count(), 2);
}

impl World {
    /// Waits until nobody drains, whoever holds an event.
    fn await_rest_of_drain(&self) {
        let held = "SELECT owner FROM wp_agile_bridge_leases WHERE name = 'drain' AND owner <> ''";
        while !self.site.sql(held).is_empty() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn after_the_lease_and_not_before_on_mariadb() {
    after_the_lease_and_not_before(Database::MariaDb);
}

#[test]
fn after_the_lease_and_not_before_on_sqlite() {
    after_the_lease_and_not_before(Database::Sqlite);
}

fn five_crashes_are_enough(database: Database) {
    let world = world(database);
    let deadly = world.contact(Contact::person("deadly@example.com").last_name("Deadly"));
    let others = [0, 1].map(|number| world.contact(Contact::person(&format!("p{number}@example.com"))));
    store(&world, &[&deadly, &others[0], &others[1]]);
    for crashes in 1..=5 {
        die(&world, "data");
        assert_eq!((world.drain(), &world.event_of(&deadly)["state"]), (0, &json!("running")), "the lease holds");
        world.advance(seconds(61));
        assert_eq!(number(&world.event_of(&deadly)["crashes"]), crashes - 1, "{:#?}", world.events());
    }
    let flag = world.site.root().join("wp-content/deadly");
    std::fs::write(flag, "data").expect("a file");
    world.drain_and_rest();
    let event = world.event_of(&deadly);
    assert_eq!((&event["state"], number(&event["crashes"])), (&json!("dead"), 5), "{event:#}");
    assert!(event["message"].as_str().is_some_and(|message| message.contains("five times")), "{event:#}");
    assert_eq!((&event["open_key"], &event["owner"]), (&Value::Null, &json!("")));
    // Whoever was claimed with it is not blamed.
    for other in &others {
        world.expect_event(&world.event_of(other), "done", "created", "");
        assert!(number(&world.event_of(other)["crashes"]) <= 1, "{:#?}", world.events());
    }
    assert_eq!((world.user_count(), world.orphans()), (3, vec![]));
    world.advance(seconds(86_400));
    assert_eq!(world.drain(), 0, "it stays dead");
}

#[test]
fn five_crashes_are_enough_on_mariadb() {
    five_crashes_are_enough(Database::MariaDb);
}

#[test]
fn five_crashes_are_enough_on_sqlite() {
    five_crashes_are_enough(Database::Sqlite);
}

fn what_was_owed_is_done(database: Database) {
    let world = world(database);
    // Where it dies, whether its user is there then, and how many mails there are in the end.
    for (hook, written, mails) in [
        ("written", false, 1),
        ("marking", true, 1),
        ("making the mail", true, 1),
        ("mailing", true, 0),
        ("telling", true, 1),
    ] {
        let email = format!("{}@example.com", hook.replace(' ', "-"));
        let id = world.contact(Contact::person(&email).first_name("Jo").tag("Lead"));
        store(&world, &[&id]);
        die(&world, hook);
        let state = if written { "applied" } else { "running" };
        let event = world.event_of(&id);
        assert_eq!((&event["state"], event["owed"].is_null()), (&json!(state), !written), "{hook}: {event:#}");
        assert_eq!((world.user_with(&email).is_null(), world.orphans()), (!written, vec![]), "{hook}");
        let user = world.user_tables();
        assert_eq!(world.take_notes(), Vec::<Value>::new(), "{hook}");
        assert_eq!(world.drain(), 0, "{hook}: its worker may still be alive");
        world.crm.reset_counts();
        world.advance(seconds(61));
        world.drain_and_rest();
        let event = world.event_of(&id);
        world.expect_event(&event, "done", "created", "");
        assert_eq!((number(&event["crashes"]), &event["owed"]), (1, &Value::Null), "{hook}: {event:#}");
        assert_eq!(world.crm.counts().total, u64::from(!written), "{hook}: {:?}", world.crm.counts());
        let made = world.user_with(&email);
        assert_eq!((&made["roles"], &made["agilecrm_tags"]), (&json!(["subscriber"]), &json!(["Lead"])), "{hook}");
        assert_eq!(
            world.take_notes(),
            [made["ID"].as_str().map_or(made["ID"].clone(), |id| json!(id.parse::<u64>().unwrap()))],
            "{hook}: told once"
        );
        assert_eq!(world.site.mails().len(), mails, "{hook}: {:?}", world.site.mails());
        assert!(!written || mails == 1 || world.user_tables() == user, "{hook}: nothing is written once more");
        world.site.forget_mails();
    }
}

#[test]
fn what_was_owed_is_done_on_mariadb() {
    what_was_owed_is_done(Database::MariaDb);
}

#[test]
fn what_was_owed_is_done_on_sqlite() {
    what_was_owed_is_done(Database::Sqlite);
}

/// Stores a webhook whose worker dies when the user is stored and the CRM has not been told the password.
fn owe_a_password(database: Database) -> (World, u64) {
    let world = World::with(|site| {
        let site = site.database(database).mu_plugin_file("deadly.php", DEADLY);
        site.constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)])
    });
    let id = world.contact(ana());
    store(&world, &[&id]);
    die(&world, "returning");
    expect_owed(&world, 0);
    assert_eq!(world.drain(), 0, "its worker may still be alive");
    (world, id.parse().expect("a number"))
}

/// After so many who took it up and died: the user is there, the CRM knows nothing. The password, sealed.
#[track_caller]
fn expect_owed(world: &World, crashes: i64) -> Value {
    let event = world.event();
    assert_eq!((&event["state"], number(&event["crashes"])), (&json!("applied"), crashes), "{event:#}");
    assert_eq!(world.user(2)["agilecrm_tags"], json!(["Lead"]));
    assert_eq!(world.crm.counts().of("PUT", PUT), 0, "{:?}", world.crm.counts());
    let owed: Value = serde_json::from_str(event["owed"].as_str().expect("something is owed")).expect("JSON");
    owed["password"].clone()
}

fn a_password_is_returned_by_the_successor(database: Database) {
    let (world, id) = owe_a_password(database);
    world.crm.reset_counts();
    world.advance(seconds(61));
    world.drain_and_rest();
    let event = world.event();
    world.expect_event(&event, "done", "created", "");
    assert_eq!((number(&event["crashes"]), &event["owed"]), (1, &Value::Null), "it is wiped: {event:#}");
    let counts = world.crm.counts();
    assert_eq!((counts.of("PUT", PUT), counts.total), (1, 1), "{counts:?}");
    let password = world.crm.property(id, FIELD).expect("the password is there");
    assert_eq!(who(&world, "ana@example.com", &password), 2, "{password} opens nothing");
    expect_nowhere(&world, &password);
    world.advance(seconds(86_400));
    assert_eq!((world.drain(), world.crm.counts().total), (0, 1), "once, and that is all");
    assert_eq!((world.user_count(), world.site.mails().len()), (2, 1));
}

#[test]
fn a_password_is_returned_by_the_successor_on_mariadb() {
    a_password_is_returned_by_the_successor(Database::MariaDb);
}

#[test]
fn a_password_is_returned_by_the_successor_on_sqlite() {
    a_password_is_returned_by_the_successor(Database::Sqlite);
}

#[test]
fn what_is_owed_and_kills_five_workers_is_wiped() {
    let (world, id) = owe_a_password(Database::MariaDb);
    let mut sealed = Value::Null;
    for crashes in 1..5 {
        world.advance(seconds(61));
        die(&world, "returning");
        sealed = expect_owed(&world, crashes);
    }
    world.advance(seconds(61));
    // The sixth does not even try.
    std::fs::write(world.site.root().join("wp-content/deadly"), "returning").expect("a file");
    world.drain_and_rest();
    let event = world.event();
    assert_eq!((&event["state"], number(&event["crashes"])), (&json!("dead"), 5), "{event:#}");
    assert_eq!((&event["owed"], &event["open_key"]), (&Value::Null, &Value::Null), "{event:#}");
    assert_eq!((world.crm.counts().of("PUT", PUT), world.crm.property(id, FIELD)), (0, None));
    let password =
        world.wp_given(&sealed, "return AgileBridge\\Plugin\\Site\\Secret::unseal($given, 'return_password');");
    let password = password.as_str().expect("it was sealed by us");
    assert_eq!(who(&world, "ana@example.com", password), 2, "the user keeps it, unknown to all");
    expect_nowhere(&world, password);
    let answer = world.site.webhook("update", &[("contact_id", &id.to_string())]);
    world.expect(&answer, 200, "unchanged", "");
}

fn who_lost_their_event_writes_nothing(database: Database) {
    let world = world(database);
    world.add(Contact::person("first@example.com"));
    world.take_notes();
    let id = world.contact(ana());
    let (users, thief) = (world.user_tables(), "f".repeat(32));
    world.crm.set_faults(Faults { latency: Duration::from_millis(1500), ..Faults::default() });
    let answer = std::thread::scope(|scope| {
        let webhook = scope.spawn(|| world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]));
        while world.crm.counts().in_flight == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        world.site.sql(&format!("UPDATE wp_agile_bridge_events SET owner = '{thief}' WHERE state = 'running'"));
        assert!(!webhook.is_finished(), "stolen too late for this test");
        webhook.join().expect("an answer")
    });
    world.expect(&answer, 202, "queued", "");
    let event = world.event_of(&id);
    assert_eq!((&event["state"], &event["owner"]), (&json!("running"), &json!(thief)), "{event:#}");
    assert_eq!((&event["status"], &event["owed"]), (&json!(""), &Value::Null), "{event:#}");
    assert_eq!(world.user_tables(), users);
    assert_eq!((world.take_notes(), world.site.mails().len()), (vec![], 0));
    // The other one dies; in the end all is there, once.
    world.crm.set_faults(Faults::default());
    world.advance(seconds(61));
    world.drain_and_rest();
    world.expect_event(&world.event_of(&id), "done", "created", "");
    assert_eq!((world.user_count(), world.take_notes().len(), world.site.mails().len()), (3, 1, 1));
}

#[test]
fn who_lost_their_event_writes_nothing_on_mariadb() {
    who_lost_their_event_writes_nothing(Database::MariaDb);
}

#[test]
fn who_lost_their_event_writes_nothing_on_sqlite() {
    who_lost_their_event_writes_nothing(Database::Sqlite);
}

/// At the very end, too: then all is undone at once, and nobody hears of the new user twice.
#[test]
fn who_lost_their_event_at_the_end_does_not_begin_anew() {
    let thief = "<?php add_action('user_register', function () {
        file_put_contents(WP_CONTENT_DIR . '/calls', 'x', FILE_APPEND);
        $GLOBALS['wpdb']->query(\"UPDATE wp_agile_bridge_events SET owner = 'somebody' WHERE state = 'running'\");
    });";
    let world = World::with(|site| site.mu_plugin_file("thief.php", thief));
    let before = world.user_count();
    let (_, answer) = world.add(ana());
    world.expect(&answer, 202, "queued", "");
    assert_eq!(world.user_count(), before);
    let calls = std::fs::read_to_string(world.site.root().join("wp-content/calls")).expect("it was called");
    assert_eq!(calls, "x");
}
