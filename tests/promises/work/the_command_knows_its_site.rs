//! `drain.php` works for the site that it is meant for: one whose address is made of the request has to be named, and neither that
//! name nor a stranger's becomes the site's own address. It finds WordPress where Bedrock and others keep it.

use crate::stage::world::{World, ana};
use serde_json::{Value, json};
use site::Request;
use std::fs;
use std::time::Duration;

/// What is known as the address of the site, or null.
fn home(world: &World) -> Value {
    world
        .site
        .wp("wp_cache_flush(); $home = AgileBridge\\Plugin\\Site\\Home::address(); return '' === $home ? null : $home;")
}

/// What activation has noted.
fn forget_home(world: &World) {
    world.site.wp("return update_option('agile_bridge_home', []);");
}

/// As Bitnami's images have it.
#[test]
fn an_address_made_of_the_request_is_asked_for_and_never_remembered() {
    let world = World::new();
    forget_home(&world);
    let config = world.site.root().join("wp-config.php");
    let text = fs::read_to_string(&config).expect("the configuration");
    let bitnami =
        "<?php\nforeach (['WP_HOME', 'WP_SITEURL'] as $name) define($name, 'http://' . $_SERVER['HTTP_HOST']);\n";
    fs::write(&config, text.replacen("<?php\n", bitnami, 1)).expect("written");
    world.store(1);
    let (out, err, code) = world.drain_php(&[]);
    assert_eq!((&*out, code), ("", Some(2)), "{err}");
    assert!(err.contains("--url="), "it says what it wants: {err}");
    assert_eq!(world.events()[0]["state"], "waiting");

    let (out, err, _) = world.drain_php(&["--url=http://example.test/"]);
    assert_eq!(out, "1 event was processed\n", "{err}");
    assert_eq!(home(&world), Value::Null, "a name that somebody typed");
    world.advance(Duration::from_secs(56 * 60));
    let due = "wp_clear_scheduled_hook('agile_bridge_reconcile'); return wp_schedule_event(time() - 1, 'hourly', 'agile_bridge_reconcile');";
    world.site.wp(due);
    let before = world.crm.counts().total;
    world.site.send(&Request::new("GET", "/wp-cron.php").header("Host", "192.0.2.1"));
    assert!(
        site::await_until(Duration::from_secs(20), || world.crm.counts().total > before),
        "it looks\n{}",
        world.site.log()
    );
    assert_eq!(home(&world), Value::Null, "a name that a stranger called it by");
}

#[test]
fn an_address_of_its_own_is_remembered() {
    let world = World::new();
    world.add(ana());
    forget_home(&world);
    let url = world.site.url();
    assert_eq!(world.drain_php(&[&format!("--url={url}/")]).2, Some(0));
    let known = home(&world);
    assert!(known.is_string(), "{known}");
    // The same where a constant has it and the database something else.
    forget_home(&world);
    world.site.sql("UPDATE wp_options SET option_value = 'http://old.example' WHERE option_name = 'home'");
    world.site.set_constant("WP_HOME", url);
    assert_eq!(world.drain_php(&[]).2, Some(0));
    assert_eq!(home(&world), known);
}

#[test]
fn a_network_has_to_be_told_which_site() {
    let world = World::with(|site| site.multisite(true));
    let (out, err, code) = world.drain_php(&[]);
    assert_eq!((&*out, code), ("", Some(2)), "{err}");
    assert!(err.contains("--url="), "{err}");
}

/// The core in `web/wp`, the content in `web/app`, the configuration beside both.
#[test]
fn it_finds_the_wordpress_of_bedrock() {
    let world = World::new();
    world.store(2);
    let (core, web) = (world.site.root(), world.site.dir().join("web"));
    fs::create_dir(&web).expect("a folder");
    fs::rename(core.join("wp-content"), web.join("app")).expect("moved");
    fs::rename(core.join("wp-config.php"), web.join("wp-config.php")).expect("moved");
    fs::rename(&core, web.join("wp")).expect("moved");
    let config = fs::read_to_string(web.join("wp-config.php")).expect("the configuration");
    let bedrock = "<?php\ndefine('WP_CONTENT_DIR', __DIR__ . '/app');\ndefine('ABSPATH', __DIR__ . '/wp/');\n";
    fs::write(web.join("wp-config.php"), config.replacen("<?php\n", bedrock, 1)).expect("written");

    let plugin = web.join("app/plugins/bridge-for-agile-crm/drain.php");
    let drained = world.site.php().arg(&plugin).current_dir("/").output().expect("php runs");
    let out = String::from_utf8_lossy(&drained.stdout);
    assert_eq!(out, "2 events were processed\n", "{}\n{}", String::from_utf8_lossy(&drained.stderr), world.site.log());
    // Two of them: nothing is guessed.
    fs::create_dir(web.join("old")).expect("a folder");
    fs::write(web.join("old/wp-load.php"), "<?php").expect("written");
    let drained = world.site.php().arg(&plugin).output().expect("php runs");
    assert_eq!(drained.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&drained.stderr).contains("--path="), "{drained:?}");
    assert_eq!(world.events().iter().filter(|event| event["state"] == json!("done")).count(), 2);
}
