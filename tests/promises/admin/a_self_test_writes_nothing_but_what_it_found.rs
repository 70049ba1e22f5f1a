//! A self-test is an admin's, one at a time, a step a request; of what it calls with nothing is left, and nothing else is written.

use crate::stage::self_test::{SELF_TEST, SWALLOWER, nonce_of, section, turn};
use crate::stage::world::{World, ana};
use serde_json::{Value, json};
use site::{Builder, Request, Server};
use std::collections::BTreeSet;
use std::time::Duration;

/// Writes down what is called, and how.
const WITNESS: &str = r"<?php
add_filter( 'http_request_args', static function ( $args, $url ) {
	$what = array_intersect_key( $args, array_flip( [ 'method', 'body', 'redirection', 'sslverify', 'timeout', 'limit_response_size' ] ) );
	file_put_contents( WP_CONTENT_DIR . '/notes.jsonl', json_encode( [ 'url' => $url ] + $what ) . PHP_EOL, FILE_APPEND );
	return $args;
}, 10, 2 );";

#[test]
fn a_healthy_site_passes_and_has_nothing_written() {
    let world = World::with(|site| site.mu_plugin_file("witness.php", WITNESS));
    world.expect(&world.add(ana()).1, 200, "created", "");
    let cookie = world.log_in_as_admin();
    world.settings_tab(&cookie, "webhooks");
    world.take_notes();
    world.site.forget_log();
    let leases =
        || world.site.sql("SELECT * FROM wp_agile_bridge_leases WHERE name NOT LIKE 'self_test%' ORDER BY name");
    let (rows, events, others) = (world.rows(), world.events(), leases());
    let found = world.self_test(&cookie);
    assert!(found.contains("From this server, webhooks reach the plugin."), "{found}\n{}", world.site.log());
    assert_eq!(found.matches("Arrives.").count(), 2, "{found}");
    assert_eq!(world.changes_since(&rows), [""; 0]);
    assert_eq!((world.events(), leases()), (events, others));
    assert_eq!(world.site.log(), "");
    let good = world.self_test_in_health();
    assert_eq!(good["status"], "good", "{good:#}");

    // Each of them twice, by the rules.
    let calls: Vec<Value> =
        world.take_notes().into_iter().filter(|call| call.to_string().contains("self-test-")).collect();
    let methods: Vec<&str> = calls.iter().filter_map(|call| call["method"].as_str()).collect();
    assert_eq!(methods, ["GET", "GET", "POST", "POST"], "{calls:#?}");
    let mut keys = BTreeSet::new();
    for call in &calls {
        let rules = ["redirection", "sslverify", "timeout", "limit_response_size"].map(|name| &call[name]);
        assert_eq!(rules, [&json!(0), &json!(true), &json!(5), &json!(65536)], "{call:#}");
        let sent = call.to_string();
        let from = sent.find("self-test-").expect("a key");
        keys.insert(
            sent[from..]
                .chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-')
                .collect::<String>(),
        );
    }
    // Of what it called with nothing is left.
    assert_eq!(keys.len(), 2);
    let stored = format!("{:?}{:?}", world.site.sql("SELECT * FROM wp_agile_bridge_leases"), world.rows());
    for key in &keys {
        assert!(!stored.contains(&key[10..]), "{key} is stored");
        let again = Request::new("GET", &format!("/?wpf_action=test&access_key={key}"));
        world.expect(&world.site.answer(&again), 403, "rejected", "invalid_access_key");
    }

    // What was found is of this address.
    world.site.set_constant("WP_HOME", "http://localhost");
    let moved = world.self_test_in_health();
    assert!(moved["status"] == "recommended" && moved["label"].to_string().contains("at another address"), "{moved:#}");
}

#[test]
fn one_at_a_time_and_only_by_an_admin() {
    let world = World::new();
    world.expect(&world.site.webhook("update", &[("contact_id", "7")]), 404, "failed", "contact_not_found");
    for (login, role) in [("ed", "editor"), ("sue", "subscriber"), ("otto", "administrator")] {
        world.existing_user(login, &format!("{login}@example.com"), role);
    }
    let login = |name: &str| world.site.login(name, "a-long-password");
    let (editor, subscriber, otto, cookie) = (login("ed"), login("sue"), login("otto"), world.log_in_as_admin());
    let begun = || world.site.sql("SELECT name FROM wp_agile_bridge_leases WHERE name LIKE 'self_test%'").len();
    let (mine, his) =
        (nonce_of(&world.settings_tab(&cookie, "webhooks")), nonce_of(&world.settings_tab(&otto, "webhooks")));
    for (case, cookie, nonce) in [
        ("an editor", &editor, &*mine),
        ("a subscriber", &subscriber, &mine),
        ("nobody", &String::new(), &mine),
        ("no nonce", &cookie, ""),
        ("another's nonce", &cookie, &his),
    ] {
        let status = world.press_self_test(cookie, nonce, "").status;
        assert!(status == 403 || (cookie.is_empty() && status == 302), "{case}: {status}");
    }
    let target = format!("{SELF_TEST}&agile_bridge_action=self_test&_wpnonce={mine}");
    world.site.send(&Request::new("GET", &target).header("Cookie", &cookie));
    assert_eq!(begun(), 0, "nothing was begun");

    assert_eq!(world.press_self_test(&cookie, &mine, "").status, 302);
    let first = world.settings_tab(&cookie, "webhooks");
    assert!(section(&first).contains("Step 1 of 2 is done."), "{}", section(&first));
    let refused = world.press_self_test(&otto, &his, "");
    assert!(refused.status == 200 && refused.body().contains("Another self-test is under way"), "{}", refused.body());
    let seen = world.settings_tab(&otto, "webhooks");
    assert!(
        section(&seen).contains("under way, begun by admin") && !section(&seen).contains("<button"),
        "{}",
        section(&seen)
    );
    for turn in ["0123456789abcdef0123456789abcdef", "0", "%"] {
        assert!(
            world.press_self_test(&cookie, &mine, turn).body().contains("Another self-test is under way"),
            "{turn}"
        );
    }
    assert_eq!(world.press_self_test(&cookie, &mine, &turn(&first)).status, 302);
    assert!(section(&world.settings_tab(&cookie, "webhooks")).contains("From this server, webhooks reach the plugin."));
    assert_eq!(world.press_self_test(&cookie, &mine, &turn(&first)).status, 200, "of two windows one goes on");

    // Nobody goes on.
    assert_eq!(world.press_self_test(&cookie, &mine, "").status, 302);
    world.advance(Duration::from_secs(121));
    let left = world.settings_tab(&otto, "webhooks");
    assert!(section(&left).contains("The last self-test was not finished."), "{}", section(&left));
    assert!(world.self_test_in_health()["label"].to_string().contains("was not finished"));
    assert!(world.self_test(&otto).contains("From this server, webhooks reach the plugin."));
}

#[test]
fn on_a_network_it_is_the_super_admins() {
    let world = World::with(|site| site.multisite(true));
    world.existing_user("otto", "otto@example.com", "administrator");
    let (otto, cookie) = (world.site.login("otto", "a-long-password"), world.log_in_as_admin());
    let seen = world.settings_tab(&otto, "webhooks");
    assert!(!seen.contains("id=\"agile-bridge-self-test\""), "he is not offered it");
    let answer = world.press_self_test(&otto, &nonce_of(&seen), "");
    assert!(answer.status == 200 && answer.body().contains("only a super admin"), "{}", answer.body());
    assert!(world.self_test(&cookie).contains("From this server, webhooks reach the plugin."));
}

/// Without it every key is refused, this one too.
#[test]
fn without_the_extension_it_says_so() {
    let world = World::with(|site| site.extension(false).database(site::Database::Sqlite));
    let cookie = world.log_in_as_admin();
    let seen = world.settings_tab(&cookie, "webhooks");
    assert!(section(&seen).contains("The self-test needs the PHP extension."), "{}", section(&seen));
    assert!(!section(&seen).contains("<button"), "{}", section(&seen));
    let answer = world.press_self_test(&cookie, &nonce_of(&seen), "");
    assert!(answer.status == 200 && answer.body().contains("Nothing was changed."), "{}", answer.body());
}

/// Played by `tests/browser/self-test.mjs`: the page goes on by itself, and without scripts by its button.
#[test]
fn in_a_browser_with_and_without_scripts() {
    let quick = |site: Builder| site.database(site::Database::Sqlite).server(Server::BuiltIn);
    let world = World::with(|site| quick(site).mu_plugin_file("swallower.php", SWALLOWER));
    world.play("self-test.mjs", "by-itself");
    world.let_swallow("firewall");
    world.play("self-test.mjs", "step-by-step");
}
