//! Code of the site that ends the script inside our work, by exit or a fatal error: the event is an attempt that failed, with the
//! file of that code for the admin; nothing of it is stored, and whatever else the worker held is free at once. Who only wants to
//! redirect after a registration is stopped there, and the user is made.

use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::Contact;
use serde_json::{Value, json};
use site::{Database, Request, Server};
use std::time::Duration;

/// Does what the user's last name says, when the user is made, changed or told of.
const ENDERS: &str = r"<?php
function enders_note($what) { file_put_contents(WP_CONTENT_DIR . '/notes.jsonl', json_encode($what) . PHP_EOL, FILE_APPEND | LOCK_EX); }
function enders_log_in($id) {
    switch (get_userdata($id)->last_name) {
        case 'Cookie': header('Location: /welcome'); setcookie('raw', 'secret'); // (goes on)
        case 'Login': wp_set_current_user($id); wp_set_auth_cookie($id, true); wp_redirect(home_url('/welcome')); exit;
        case 'Away': switch_to_blog(2); wp_redirect('/'); exit;
        case 'Lost': switch_to_blog(2); exit;
        case 'Exit': exit;
        case 'Memory': ini_set('memory_limit', '64M'); for ($all = []; ; ) $all[] = str_repeat('x', 100000);
        case 'Time': set_time_limit(1); for (;;) $id = $id;
    }
}
add_action('user_register', 'enders_log_in');
add_action('profile_update', fn($id) => str_starts_with(get_userdata($id)->last_name, 'Up') && (wp_redirect('/') || 1) && exit());
add_action('user_register', fn($id) => enders_note('heard'), 20);
add_action('profile_update', fn($id) => 'Stay' === get_userdata($id)->last_name && exit());
add_filter('agile_bridge_user_data', function ($data) { enders_note(['who' => get_current_user_id()]);
    if ('Filter' === $data['last_name']) wp_die('no'); return $data; });
add_action('agile_bridge_user_created', function ($id) { enders_note('created'); if ('Told' === get_userdata($id)->last_name) exit; });
add_action('wpf_user_imported', fn($id) => enders_note('imported'));
add_action('wpf_api_fail', function () { if (is_file(WP_CONTENT_DIR . '/failing')) exit; });
add_filter('wp_new_user_notification_email', function ($mail, $user) { if ('Mail' === $user->last_name) exit; return $mail; }, 10, 2);
add_action('wpf_api_success', fn($id) => enders_note('success'));";

/// A cache of users that outlives the process, as Redis is one.
const CACHE: &str = r"<?php
class Kept_Cache extends WP_Object_Cache {
    private static function file($key, $group) {
        $is_kept = in_array($group, ['users', 'user_meta', 'useremail', 'userlogins', 'userslugs'], true);
        return $is_kept ? WP_CONTENT_DIR . '/kept-' . md5($group . ' ' . $key) : null;
    }
    public function get($key, $group = 'default', $force = false, &$found = null) {
        $file = self::file($key, $group);
        if (null === $file) return parent::get($key, $group, $force, $found);
        $found = is_file($file);
        return $found ? unserialize(file_get_contents($file)) : false;
    }
    public function set($key, $data, $group = 'default', $expire = 0) {
        $file = self::file($key, $group);
        return null === $file ? parent::set($key, $data, $group, $expire) : (bool) file_put_contents($file, serialize($data));
    }
    public function add($key, $data, $group = 'default', $expire = 0) {
        $file = self::file($key, $group);
        if (null === $file) return parent::add($key, $data, $group, $expire);
        return !is_file($file) && $this->set($key, $data, $group, $expire);
    }
    public function delete($key, $group = 'default', $deprecated = false) {
        $file = self::file($key, $group);
        return null === $file ? parent::delete($key, $group) : is_file($file) && unlink($file);
    }
}
$GLOBALS['wp_object_cache'] = new Kept_Cache();
wp_using_ext_object_cache(true);";

const ENDED: &str = "state IN ('running', 'applied') AND owner <> ''";

fn world(database: Database, server: Server) -> World {
    World::with(|site| {
        let site = site.database(database).server(server);
        site.mu_plugin_file("enders.php", ENDERS).constants(&[("DISABLE_WP_CRON", "1")])
    })
}

fn person(name: &str, number: usize) -> Contact {
    Contact::person(&format!("{}{number}@example.com", name.to_lowercase())).first_name("Jo").last_name(name)
}

fn failed_attempt(world: &World, id: &str) {
    let event = world.event_of(id);
    assert_eq!(event["state"], "waiting", "{event:#}\n{}", world.site.log());
    assert_eq!((number(&event["attempts"]), number(&event["crashes"])), (1, 0), "{event:#}");
    let message = event["message"].as_str().unwrap_or_default();
    assert!(message.contains("mu-plugins/enders.php:"), "{event:#}\n{}", world.site.log());
    assert!(!message.contains("callback.php"), "{event:#}");
    let due = world.due_in(&event);
    assert!(due < 100.0, "{due} s: {event:#}");
}

/// Nobody holds an event, or the drain.
fn nothing_is_held(world: &World) {
    let held = world.site.sql(&format!("SELECT * FROM wp_agile_bridge_events WHERE {ENDED}"));
    assert_eq!(held, Vec::<Value>::new(), "{}", world.site.log());
    let drain = world.site.sql("SELECT owner FROM wp_agile_bridge_leases WHERE name = 'drain' AND owner <> ''");
    assert_eq!(drain, Vec::<Value>::new());
    assert_eq!(world.orphans(), Vec::<Value>::new());
}

#[test]
fn a_redirect_after_a_registration_is_stopped_and_the_user_is_made() {
    let world = world(Database::MariaDb, Server::Nginx { workers: 2 });
    for name in ["Login", "Cookie"] {
        let id = world.contact(person(name, 0).tag("Lead"));
        let response = world.site.send(&Request::new("GET", &world.site.webhook_target("add", &[("contact_id", &id)])));
        assert_eq!(
            (response.status, response.json()["wp_status"].as_str()),
            (200, Some("created")),
            "{name}: {}\n{}",
            response.body(),
            world.site.log()
        );
        assert!(
            response.header("Set-Cookie").is_none() && response.header("Location").is_none(),
            "{:?}",
            response.headers
        );
        let user = world.user_with(&format!("{}0@example.com", name.to_lowercase()));
        assert_eq!((&user["first_name"], &user["agilecrm_tags"]), (&json!("Jo"), &json!(["Lead"])), "{user:#}");
        assert!(user.get("session_tokens").is_none(), "nobody is logged in: {user:#}");
        assert!(world.take_notes().contains(&json!("heard")), "who listens after it hears of the user");
        assert!(world.site.log().contains("enders.php"), "{}", world.site.log());
    }
    // One that is told of a change: the change is made, once.
    world.existing_user("upper", "upper0@example.com", "subscriber");
    let (_, answer) = world.add(person("Upper", 0));
    world.expect(&answer, 200, "updated", "");
    // And where others wait behind it.
    world.pause(true);
    for (name, number) in [("Login", 1), ("Plain", 1), ("Login", 2), ("Plain", 2)] {
        world.add(person(name, number));
    }
    world.pause(false);
    assert_eq!(world.drain(), 4, "in one go\n{}", world.site.log());
    world.await_all_done();
    assert_eq!(world.user_count(), 8);
    let whos: Vec<_> = world.take_notes().into_iter().filter(|note| note["who"].is_number()).collect();
    assert!(whos.len() >= 4 && whos.iter().all(|note| note["who"] == 0), "the next event is nobody's: {whos:?}");
}

#[test]
fn who_waits_for_the_answer_is_told_and_the_next_webhook_is_processed() {
    let world = world(Database::MariaDb, Server::Nginx { workers: 2 });
    for name in ["Exit", "Memory", "Time", "Filter"] {
        let before = world.user_tables();
        let (id, answer) = world.add(person(name, 0));
        assert!([202, 500].contains(&answer.status), "{name}: {}\n{}", answer.json, world.site.log());
        world.await_rest();
        failed_attempt(&world, &id);
        assert_eq!(world.user_tables(), before, "{name}: half a user");
        nothing_is_held(&world);
        let (_, answer) = world.add(person("Plain", number_of(name)));
        world.expect(&answer, 200, "created", "");
    }
}

/// What an event has come to counts, whoever ends the script when it is told.
#[test]
fn who_is_told_of_a_failure_does_not_undo_it() {
    let world = World::with(|site| site.mu_plugin_file("enders.php", ENDERS));
    std::fs::write(world.site.root().join("wp-content/failing"), "").expect("a file");
    let nobody = world.contact(person("Nobody", 0));
    world.site.webhook("update", &[("contact_id", &nobody)]);
    world.await_rest();
    world.expect_event(&world.event_of(&nobody), "done", "ignored", "no_matching_user");
    let (bad, _) = world.add(Contact::person("not-an-address").first_name("Jo").last_name("Bad"));
    world.await_rest();
    world.expect_event(&world.event_of(&bad), "done", "failed", "email_invalid");
}

fn number_of(name: &str) -> usize {
    name.len() * 100 + usize::from(name.as_bytes()[0])
}

/// Stores so many people, the named one in their midst, and drains; then once more.
fn drain_with(world: &World, name: &str, drain: impl Fn(&World)) {
    let before = world.user_count();
    world.pause(true);
    let mut ids: Vec<_> = (0..20).map(|number| world.add(person("Plain", number_of(name) * 100 + number)).0).collect();
    let ender = world.add(person(name, 7)).0;
    // The ender is claimed with some before it and with all of its neighbours.
    let sql = format!(
        "UPDATE wp_agile_bridge_events SET due_at = (SELECT d FROM (SELECT due_at AS d FROM wp_agile_bridge_events WHERE contact_id = '{}') x) WHERE contact_id = '{ender}'",
        ids[2]
    );
    world.site.sql(&sql);
    world.pause(false);
    drain(world);
    failed_attempt(world, &ender);
    nothing_is_held(world);
    drain(world);
    for id in ids.drain(..) {
        let event = world.event_of(&id);
        world.expect_event(&event, "done", "created", "");
        assert_eq!((number(&event["attempts"]), number(&event["crashes"])), (1, 0), "{name}: {event:#}");
    }
    assert_eq!(world.user_count(), before + 20, "{name}");
    // When all tries are used up the admin learns whose code it is.
    world.site.sql(&format!("UPDATE wp_agile_bridge_events SET attempts = 7, due_at = 0 WHERE contact_id = '{ender}'"));
    drain(world);
    let event = world.event_of(&ender);
    assert_eq!((&event["state"], number(&event["crashes"])), (&json!("dead"), 0), "{event:#}");
    assert!(event["message"].as_str().is_some_and(|text| text.contains("mu-plugins/enders.php:")), "{event:#}");
}

#[test]
fn a_drain_that_is_ended_from_inside_lets_go_of_all() {
    let world = world(Database::MariaDb, Server::Nginx { workers: 2 });
    for name in ["Exit", "Memory"] {
        drain_with(&world, name, |world| {
            world.drain_php(&[]);
        });
    }
    // What is told after the commit: told once, and the others are told by the next worker.
    world.take_notes();
    world.pause(true);
    let (id, _) = world.add(person("Told", 0));
    world.pause(false);
    world.drain_php(&[]);
    let event = world.event_of(&id);
    assert_eq!(
        (&event["state"], &event["owner"], number(&event["crashes"])),
        (&json!("applied"), &json!(""), 0),
        "{event:#}"
    );
    assert!(event["message"].as_str().is_some_and(|text| text.contains("mu-plugins/enders.php:")), "{event:#}");
    nothing_is_held(&world);
    world.advance(Duration::from_secs(100));
    world.drain_php(&[]);
    let event = world.event_of(&id);
    world.expect_event(&event, "done", "created", "");
    assert_eq!(number(&event["crashes"]), 0, "{event:#}");
    let told: Vec<_> = world
        .take_notes()
        .into_iter()
        .filter(|note| ["created", "imported", "success"].iter().any(|name| note == name))
        .collect();
    assert_eq!(told, ["created", "imported", "success"]);

    // Where the welcome mail is made: that would end there every time. It does not go out, and all else is done.
    world.pause(true);
    let id = world.contact(person("Mail", 0));
    let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "1")]);
    world.expect(&answer, 202, "queued", "");
    world.pause(false);
    world.drain_php(&[]);
    nothing_is_held(&world);
    world.advance(Duration::from_secs(100));
    world.drain_php(&[]);
    let event = world.event_of(&id);
    world.expect_event(&event, "done", "created", "");
    assert_eq!((number(&event["crashes"]), world.site.mails().len()), (0, 0), "{event:#}");
    let told = world.take_notes();
    assert!(told.ends_with(&[json!("created"), json!("imported"), json!("success")]), "{told:?}");
}

/// On a server that cannot let the caller go before: whoever calls WP-Cron gets no new user's cookie.
#[test]
fn wp_cron_sends_no_cookie_on_sqlite() {
    let world = world(Database::Sqlite, Server::BuiltIn);
    let cron = |world: &World| {
        world.site.wp("AgileBridge\\Plugin\\Site\\Schedule::ensure(); wp_clear_scheduled_hook('agile_bridge_drain');
            wp_schedule_single_event(time() - 5, 'agile_bridge_drain'); delete_transient('doing_cron'); return 1;");
        let response = world.site.get("/wp-cron.php");
        assert!(response.header("Set-Cookie").is_none() && response.header("Location").is_none(), "{response:?}");
        assert_eq!(response.status, 200);
    };
    drain_with(&world, "Exit", cron);
    world.pause(true);
    world.add(person("Cookie", 1));
    world.pause(false);
    cron(&world);
    world.await_all_done();
    assert!(world.user_with("cookie1@example.com").get("session_tokens").is_none());
}

#[test]
fn no_cache_holds_what_was_rolled_back() {
    let world = World::with(|site| site.mu_plugin_file("enders.php", ENDERS).mu_plugin_file("aaa-cache.php", CACHE));
    let user = world.existing_user("stay", "stay0@example.com", "subscriber");
    let cached = |world: &World, email: &str| {
        world.site.wp(&format!(
            "$user = get_user_by('email', '{email}'); return $user ? [$user->last_name, $user->user_email] : null;"
        ))
    };
    assert_eq!(cached(&world, "stay0@example.com"), json!(["", "stay0@example.com"]));
    for name in ["Exit", "Stay"] {
        let (id, _) = world.add(person(name, 0));
        world.await_rest();
        failed_attempt(&world, &id);
    }
    assert_eq!(cached(&world, "exit0@example.com"), Value::Null);
    assert_eq!(cached(&world, "stay0@example.com"), json!(["", "stay0@example.com"]));
    assert_eq!(world.user(user)["last_name"], "");
}

/// Who goes to another site of the network and does not come back does not take us there.
#[test]
fn on_a_network_all_goes_on_where_it_was() {
    let world = World::with(|site| site.multisite(true).mu_plugin_file("enders.php", ENDERS));
    world.site.wp(
        "return wp_insert_site(['domain' => get_network()->domain, 'path' => '/other/', 'network_id' => 1, 'user_id' => 1]);",
    );
    let (lost, _) = world.add(person("Lost", 0));
    world.await_rest();
    failed_attempt(&world, &lost);
    nothing_is_held(&world);
    world.pause(true);
    for name in ["Away", "Plain"] {
        world.add(person(name, 0));
    }
    world.pause(false);
    world.drain_and_rest();
    for email in ["away0@example.com", "plain0@example.com"] {
        let user = world.user_with(email);
        assert_eq!(user["roles"], json!(["subscriber"]), "{user:#}\n{}", world.site.log());
        assert!(user["wp_2_capabilities"].is_null() && user["wp_capabilities"].is_object(), "{user:#}");
    }
}

/// Where the worker that drains is ended, another one goes on, without a visitor.
#[test]
fn what_waits_behind_it_is_drained_at_once() {
    let world = World::with(|site| site.mu_plugin_file("enders.php", ENDERS));
    world.pause(true);
    let ender = world.add(person("Exit", 0)).0;
    let ids: Vec<_> = (0..12).map(|number| world.add(person("Plain", number)).0).collect();
    world.pause(false);
    // Answered at once, and then its worker drains.
    let (last, _) = world.add(person("Plain", 12));
    let done = site::await_until(Duration::from_secs(25), || {
        ids.iter().chain([&last]).all(|id| world.event_of(id)["state"] == "done")
    });
    assert!(done, "{:#?}\n{}", world.events(), world.site.log());
    failed_attempt(&world, &ender);
}
