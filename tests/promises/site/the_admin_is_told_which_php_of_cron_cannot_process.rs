//! What waits for cron waits in vain where cron's PHP has no extension that fits. The dashboard says so, and which PHP it was: its
//! program, and the server on which it ran.

use std::fs;
use std::time::Duration;

use crate::stage::world::{World, ana};
use sandbox::Faults;
use serde_json::json;
use site::{Request, Site};

/// The notice about the extension, from its first letter on.
fn notice(site: &Site) -> Option<String> {
    let cookie = site.login("admin", "password");
    let body = site.send(&Request::new("GET", "/wp-admin/index.php").header("Cookie", &cookie)).body();
    assert!(body.contains("</html>"), "{body}");
    let at = body.find("id=\"agile-bridge-extension\"")?;
    body[at..].split("</div>").next().map(str::to_owned)
}

/// The name of this machine, as PHP gives it.
fn host(site: &Site) -> String {
    site.wp("return gethostname();").as_str().expect("a name").to_owned()
}

/// A host's cron runs `wp-cron.php` by a PHP of the command line without our extension.
fn wp_cron_by_another_php(site: &Site) {
    site.wp("wp_clear_scheduled_hook('agile_bridge_drain'); return wp_schedule_event(time() - 1, 'agile_bridge_minute', 'agile_bridge_drain');");
    let folder = site.dir().join("another-php");
    fs::create_dir_all(&folder).expect("a folder");
    let mut php = site.php();
    php.env("PHP_INI_SCAN_DIR", format!(":{}", folder.display())).arg(site.root().join("wp-cron.php"));
    assert!(php.output().expect("php runs").status.success(), "{}", site.log());
}

#[test]
fn wp_cron_by_a_php_of_the_command_line() {
    let world = World::new();
    world.crm.set_faults(Faults { html_200: true, ..Faults::default() });
    let (id, answer) = world.add(ana());
    world.expect(&answer, 202, "queued", "");
    world.await_rest();
    world.crm.set_faults(Faults::default());
    world.advance(Duration::from_secs(15));
    assert_eq!(notice(&world.site), None);

    wp_cron_by_another_php(&world.site);
    assert_eq!(world.event_of(&id)["state"], json!("waiting"), "nobody could");
    let said = notice(&world.site).expect("a notice");
    let program = world.site.wp("return PHP_BINARY;");
    let which = format!("It is this one: {}, {}.", program.as_str().expect("a path"), host(&world.site));
    for words in ["of the command line does not have it.", "When cron ran there last", "nothing was processed", &which]
    {
        assert!(said.contains(words), "'{words}' is missing: {said}");
    }
}

/// A PHP of a web server that has one which does not fit is as deaf as one that has none.
#[test]
fn an_extension_that_does_not_fit() {
    let other = "<?php require_once WP_PLUGIN_DIR . '/bridge-for-agile-crm/site/extension.php';
        define('AgileBridge\\INTERFACE_NUMBER', AgileBridge\\Plugin\\Site\\Extension::INTERFACE_NUMBER - ('cli' === PHP_SAPI ? 2 : 0));
        define('AgileBridge\\VERSION', '0.0.0');";
    let world = World::with(|site| site.extension(false).mu_plugin_file("stand-in.php", other));
    assert_eq!(notice(&world.site), None);
    let (_, said, code) = world.drain_php(&[]);
    assert!(said.contains("is too old for this plugin") && code == Some(1), "{said}");
    let said = notice(&world.site).expect("a notice");
    assert!(said.contains("of the command line has one of another version, which does not fit this plugin."), "{said}");
}

/// WP-Cron may come by another server's web server than the admin does.
#[test]
fn wp_cron_by_another_web_server() {
    let world = World::new();
    let note = |build: &str, host: &str| {
        world.wp_given(
            &json!({"build": build, "sapi": "fpm-fcgi", "is_loaded": false, "fits": false, "is_web": true, "program": "", "host": host}),
            "return update_option('agile_bridge_stats', ['php' => ['cron' => $given + ['time' => time() - 100]]], false);",
        );
    };
    note("8.9-nts", "web-2");
    let said = notice(&world.site).expect("a notice");
    for words in [
        "notice-warning",
        "PHP 8.9 of the web server does not have it.",
        "WP-Cron ran there last",
        "It is this one: web-2.",
    ] {
        assert!(said.contains(words), "'{words}' is missing: {said}");
    }
    // On this server; a cron that can comes by there now.
    note("8.9-nts", &host(&world.site));
    assert!(notice(&world.site).is_some());
    world.site.wp("return do_action('agile_bridge_reconcile');");
    assert_eq!(notice(&world.site), None);
}
