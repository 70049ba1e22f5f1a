//! Webhooks that never reach the plugin leave no trace in it. So the site calls its own address as Agile CRM would, and says in words
//! who swallows them, and what to do; it writes nothing but that.

use crate::stage::name_server::name_server;
use crate::stage::self_test::{SWALLOWER, section};
use crate::stage::world::World;
use serde_json::{Value, json};
use site::Request;
use std::fs;
use std::process::Command;

/// A page cache that looks at nothing but the path.
const PAGE_CACHE: &str = r"<?php
if ( 'GET' === $_SERVER['REQUEST_METHOD'] && '/' === strtok( $_SERVER['REQUEST_URI'], '?' ) ) {
	$kept = WP_CONTENT_DIR . '/kept-home.html';
	if ( is_file( $kept ) ) { readfile( $kept ); exit; }
	ob_start( static function ( $page ) use ( $kept ) { str_contains( $page, '</html>' ) && file_put_contents( $kept, $page ); return $page; } );
}";

#[test]
fn whoever_it_is() {
    let world = World::with(|site| site.mu_plugin_file("swallower.php", SWALLOWER));
    let cookie = world.log_in_as_admin();
    assert!(section(&world.settings_tab(&cookie, "webhooks")).contains("Not run yet."));
    let never = world.self_test_in_health();
    assert_eq!(never["status"], "recommended", "{never:#}");
    assert!(never["label"].to_string().contains("never tested"), "{never:#}");

    let url = world.site.url();
    let [get, post] = ["GET", "POST"].map(|method| format!("From this server, {method} {url}/ "));
    let host = url.trim_start_matches("http://");
    let arrives = "reaches the plugin, and its answer comes back whole";
    let cases = [
        ("https", format!("is redirected to https: https://{host}/."), true, "Settings → General"),
        ("www", format!("with or without www: http://www.{host}/."), true, "Settings → General"),
        ("login wall", format!("have to log in: {url}/wp-login.php."), true, "requests with the parameter wpf_action"),
        ("coming soon", "a coming-soon or maintenance page (\"Coming soon & new\")".to_owned(), true, "Switch it off"),
        ("printing", "printed before or after its answer (\"Counted\")".to_owned(), true, "must-use plugins"),
        ("code at init", "ends the request before the answer: exit in wp-content/mu-plugins/swallower.php".to_owned(), true, "that plugin or theme"),
        ("firewall", "is refused with status 403, and not by the plugin: by a firewall, of the host or of a security plugin. It bears the mark of ModSecurity.".to_owned(), false, "Allow this method"),
    ];
    for (who, said, is_both, advice) in cases {
        world.let_swallow(who);
        let found = world.self_test(&cookie);
        assert!(found.contains(&post), "{who}: {found}");
        assert_eq!(found.matches(&said).count(), if is_both { 2 } else { 1 }, "{who}: {said}\n{found}");
        assert!(found.contains(advice), "{who}: {found}");
        assert_eq!(found.contains(&format!("{get}{arrives}")), !is_both, "{who}: {found}");
        assert!(found.contains("From this server, something swallows webhooks"), "{who}: {found}");
    }
    let bad = world.self_test_in_health();
    assert_eq!(bad["status"], "critical", "{bad:#}");
    assert!(bad["description"].to_string().contains("It bears the mark of ModSecurity."), "{bad:#}");
    assert!(bad["actions"].to_string().contains("tab=webhooks#agile-bridge-self-test"), "{bad:#}");

    world.let_swallow("language");
    let found = world.self_test(&cookie);
    assert!(found.contains(&format!("{get}is redirected to the page of a language: {url}/de/.")), "{found}");
    assert!(found.contains("It bears the mark of Babel.") && found.contains(&format!("{post}{arrives}")), "{found}");

    world.let_swallow("");
    world.site.set_constant("WP_CACHE", true);
    fs::write(world.site.root().join("wp-content/advanced-cache.php"), PAGE_CACHE).expect("a file");
    assert_eq!(world.site.get("/").status, 200);
    let found = world.self_test(&cookie);
    assert!(found.contains(&format!("{get}is answered by a page cache")), "{found}");
    assert!(found.contains("It bears the mark of wp-content/advanced-cache.php."), "{found}");
    assert!(found.contains("Until then use POST") && found.contains(&format!("{post}{arrives}")), "{found}");
    let screen = world.site.send(&Request::new("GET", "/wp-admin/site-health.php").header("Cookie", &cookie)).body();
    assert!(screen.contains("\"test\":\"agile_bridge_self_test\""), "{screen}");
    assert_eq!(world.events().len(), 0);
}

/// No other host is called than the site's own, by its other spelling where that is the same machine.
#[test]
fn its_other_spelling_is_told_and_harms_nobody() {
    const SERVER: &str = "127.77.53.21";
    let Some(()) = name_server(SERVER) else {
        eprintln!("skipped: port 53 needs root");
        return;
    };
    if !Command::new("unshare").args(["--mount", "true"]).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: a mount namespace needs root");
        return;
    }
    let leads = r"<?php
        if ( defined( 'WP_USE_THEMES' ) && str_starts_with( $_SERVER['HTTP_HOST'], 'www.' ) ) {
            header( 'Location: http://' . substr( $_SERVER['HTTP_HOST'], 4 ) . $_SERVER['REQUEST_URI'], true, 301 );
            exit;
        }";
    let world = World::with(|site| site.name_server(SERVER).mu_plugin_file("leads.php", leads));
    world.site.set_constant("WP_HOME", format!("http://bridge.test:{}", world.site.port()));
    let cookie = world.log_in_as_admin();
    let found = world.self_test(&cookie);
    let port = world.site.port();
    assert!(found.contains("From this server, webhooks reach the plugin."), "{found}");
    for method in ["GET", "POST"] {
        let said = format!(
            "From this server, {method} http://www.bridge.test:{port}/ is redirected to the other spelling of this site, with or without www: http://bridge.test:{port}/."
        );
        assert!(found.contains(&said) && found.contains("That harms nobody"), "{said}\n{found}");
    }
    assert_eq!(found.matches("Arrives.").count(), 2, "{found}");

    // A rule of the site about calls is a rule for this one too.
    world.site.set_constant("WP_ACCESSIBLE_HOSTS", "api.wordpress.org");
    let found = world.self_test(&cookie);
    assert!(found.contains("was not called: wp-config.php forbids it (WP_HTTP_BLOCK_EXTERNAL)"), "{found}");
    assert!(found.contains("it cannot be told whether webhooks reach the plugin"), "{found}");
}

/// What cannot be stood up here, as it comes over the wire.
#[test]
fn what_an_answer_means() {
    let world = World::new();
    let own = |more: Value| {
        let mut answer = json!({"success": true, "wp_status": "ok"});
        answer.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        answer.to_string()
    };
    let (ok, other) =
        (own(json!({"wp_self_test": "0123456789abcdef"})), own(json!({"wp_self_test": "fedcba9876543210"})));
    let html = "<!DOCTYPE html><html><head><title>My site</title></head></html>";
    let refused = |code: &str| json!({"success": false, "wp_status": "failed", "wp_code": code}).to_string();
    let at = |place: &str| json!({"location": place});
    let none = || json!({});
    let cases = json!([
        ["arrived", "", "", [200, none(), ok], [200, none(), other]],
        ["page_cache", "", "", [200, none(), ok], [200, none(), ok]],
        ["page_cache", "", "Cloudflare", [200, none(), ok], [200, {"cf-cache-status": "HIT"}, html]],
        ["page_cache", "", "", [200, {"age": "17"}, html], [200, none(), ok]],
        ["page_cache", "", "WP Rocket", [200, none(), format!("{html}<!-- This website is like a Rocket, isn't it? Performance optimized by WP Rocket -->")], [200, none(), ok]],
        ["another_page", "My site", "", [200, {"age": "0", "x-cache": "MISS"}, html], [200, none(), ok]],
        ["another_page", "", "", [200, none(), "{\"code\":\"rest_forbidden\"}"], [200, none(), ok]],
        ["another_page", "", "", [204, none(), ""], [200, none(), ok]],
        ["printed_around", "Warning: x in y", "", [200, none(), format!("<b>Warning</b>: x\n in y{ok}")], [200, none(), ok]],
        ["printed_around", "U+FEFF", "", [200, none(), format!("\u{feff}{ok}")], [200, none(), ok]],
        ["login_wall", "Log In", "", [200, none(), "<title>Log In</title><input name='pwd' type='password'>"], [200, none(), ok]],
        ["coming_soon", "We are under construction", "", [200, none(), "<title>We are under construction</title>"], [200, none(), ok]],
        ["password_wall", "", "", [401, none(), ""], [200, none(), ok]],
        ["firewall", "403", "Wordfence", [403, none(), "<p>Generated by Wordfence</p>"], [200, none(), ok]],
        ["firewall", "503", "Cloudflare", [503, {"cf-mitigated": "challenge"}, "Just a moment"], [200, none(), ok]],
        ["status", "404", "", [404, none(), html], [200, none(), ok]],
        ["status", "502", "", [502, none(), html], [200, none(), ok]],
        ["dropped", "invalid_access_key", "", [403, none(), refused("invalid_access_key")], [200, none(), ok]],
        ["ended", "", "", [500, none(), refused("site_error")], [200, none(), ok]],
        ["failure", "503 extension_missing", "", [503, none(), refused("extension_missing")], [200, none(), ok]],
        ["redirect_https", "https://example.com/", "", [301, at("https://example.com/?wpf_action=test&access_key=self-test-7"), ""], [200, none(), ok]],
        ["redirect_www", "https://www.example.com/", "", [301, at("https://www.example.com/"), ""], [200, none(), ok]],
        ["redirect_language", "http://example.com/pt-br/", "", [302, at("/pt-br/"), ""], [200, none(), ok]],
        ["redirect_language", "http://example.com/", "", [302, at("http://example.com/?lang=de"), ""], [200, none(), ok]],
        ["redirect", "https://elsewhere.example/", "", [302, at("https://u:p@elsewhere.example/#x"), ""], [200, none(), ok]],
        ["redirect", "http://example.com/shop/", "", [302, at("/shop/"), ""], [200, none(), ok]],
        ["login_wall", "https://sso.example.com/login", "", [302, at("https://sso.example.com/login?x=1"), ""], [200, none(), ok]],
        ["status", "304", "", [304, none(), ""], [200, none(), ok]],
        ["silent", "cURL error 28: Operation timed out", "", [0, none(), "", "http_request_failed: cURL error 28: Operation timed out"], [200, none(), ok]],
        ["untrusted", "cURL error 60: no issuer", "", [0, none(), "", "http_request_failed: cURL error 60: no issuer"], [200, none(), ok]],
        ["unreachable", "cURL error 7: http://example.com/?…", "", [0, none(), "", "http_request_failed: cURL error 7: http://example.com/?access_key=self-test-7"], [200, none(), ok]],
        ["forbidden", "User has blocked requests through HTTP.", "", [0, none(), "", "http_request_not_executed: User has blocked requests through HTTP."], [200, none(), ok]],
    ]);
    let code = "$step = new AgileBridge\\Plugin\\SelfTest\\Step('http://example.com/', 'GET', true);
        return array_map(function ($case) use ($step) {
            [$meaning, $detail, $by, $first, $second] = $case;
            $heard = fn($answer) => new AgileBridge\\Plugin\\SelfTest\\Heard(...$answer);
            $verdict = AgileBridge\\Plugin\\SelfTest\\Reading::of($step, $heard($first), $heard($second), false);
            $sentence = AgileBridge\\Plugin\\Admin\\SelfTestWords::sentence($verdict);
            return [$verdict->meaning->value, $verdict->detail, $verdict->by, str_starts_with($sentence, 'From this server, GET http://example.com/ ')
                && !str_contains($sentence, '%') && ('arrived' === $meaning) === ('' === AgileBridge\\Plugin\\Admin\\SelfTestWords::advice($verdict))];
        }, $given);";
    let found = world.wp_given(&cases, code);
    for (case, found) in cases.as_array().expect("cases").iter().zip(found.as_array().expect("verdicts")) {
        let expected = json!([case[0], case[1], case[2], true]);
        assert_eq!(found, &expected, "{case}");
    }

    let plan = "return array_map(fn($home) => array_column(array_filter(AgileBridge\\Plugin\\SelfTest\\Plan::steps($home,
        fn($host) => ['example.com' => ['192.0.2.2', '192.0.2.1'], 'www.example.com' => ['192.0.2.1', '192.0.2.2'], 'www.shared.example' => ['192.0.2.9'],
            'shared.example' => ['192.0.2.8']][$host] ?? false), fn($step) => 'GET' === $step->method), 'url'), $given);";
    let homes = json!([
        "https://example.com/",
        "http://www.example.com/blog/?lang=de",
        "https://example.com:8443/",
        "https://shared.example/",
        "http://unknown.example/",
        "http://192.0.2.1/",
        "http://[2001:db8::1]:8080/",
        "http://localhost/"
    ]);
    let urls = json!([
        ["https://example.com/", "http://example.com/", "https://www.example.com/"],
        ["http://www.example.com/blog/?lang=de", "http://example.com/blog/?lang=de"],
        ["https://example.com:8443/", "https://www.example.com:8443/"],
        ["https://shared.example/", "http://shared.example/"],
        ["http://unknown.example/"],
        ["http://192.0.2.1/"],
        ["http://[2001:db8::1]:8080/"],
        ["http://localhost/"]
    ]);
    assert_eq!(world.wp_given(&homes, plan), urls);
}
