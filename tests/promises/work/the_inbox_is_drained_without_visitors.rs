//! What waits is processed without another webhook: by WP-Cron every minute, by a system cron or a service that runs
//! `drain.php`; one worker at a time, and what is stored while that one is leaving is not left lying.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::{Value, json};
use site::{Request, await_until};
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

#[test]
fn wp_cron_drains() {
    let world = World::new();
    world.store(3);
    let due = world.site.wp(
        "foreach (['agile_bridge_drain', 'agile_bridge_reconcile'] as $hook) $all[$hook] = [wp_get_schedule($hook), wp_next_scheduled($hook) - time()];
         return $all;",
    );
    assert_eq!(
        (&due["agile_bridge_drain"][0], &due["agile_bridge_reconcile"][0]),
        (&json!("agile_bridge_minute"), &json!("hourly"))
    );
    assert!(due["agile_bridge_drain"][1].as_i64().expect("a number") <= 60, "{due}");
    world.site.wp("wp_clear_scheduled_hook('agile_bridge_drain'); return wp_schedule_event(time() - 1, 'agile_bridge_minute', 'agile_bridge_drain');");
    assert_eq!(world.site.get("/wp-cron.php?doing_wp_cron").status, 200);
    world.await_all_done();
    assert_eq!(world.user_count(), 4);
    let next = world.site.wp("return wp_next_scheduled('agile_bridge_drain') - time();");
    assert!((1..=60).contains(&next.as_i64().expect("it is scheduled again")), "{next}");
}

/// Deactivated and activated again, as an update by hand does.
#[test]
fn wp_cron_drains_after_the_plugin_was_off() {
    let world = World::new();
    world.add(ana());
    let again = world.site.wp(
        "require_once ABSPATH . 'wp-admin/includes/plugin.php'; $plugin = 'bridge-for-agile-crm/bridge-for-agile-crm.php';
         deactivate_plugins($plugin); $off = [wp_next_scheduled('agile_bridge_drain'), wp_next_scheduled('agile_bridge_reconcile')];
         activate_plugin($plugin); return [$off, wp_next_scheduled('agile_bridge_drain'), wp_next_scheduled('agile_bridge_reconcile')];",
    );
    assert_eq!(again[0], json!([false, false]));
    let scheduled = again[1].is_number() && again[2].is_number();
    // Or else by the next webhook.
    world.add(Contact::person("next@example.com"));
    let later =
        world.site.wp("return [wp_next_scheduled('agile_bridge_drain'), wp_next_scheduled('agile_bridge_reconcile')];");
    assert!(scheduled || (later[0].is_number() && later[1].is_number()), "{again} {later}");
}

#[test]
fn the_command_drains_and_says_how_many() {
    let world = World::new();
    world.store(3);
    let url = format!("--url={}/", world.site.url());
    assert_eq!(world.drain_php(&[&url]), ("3 events were processed\n".into(), String::new(), Some(0)));
    assert_eq!(world.user_count(), 4);
    assert_eq!(world.drain_php(&[]).0, "0 events were processed\n");
    let id = world.contact(ana());
    world.pause(true);
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    assert_eq!(world.drain_php(&[&url]).0, "0 events were processed\n", "a pause is a pause");
    world.pause(false);
    assert_eq!(world.drain_php(&[&url]).0, "1 event was processed\n");
    for (arguments, code) in [(["--path=/nowhere"], 2), (["--url=nonsense"], 2)] {
        let (out, err, status) = world.drain_php(&arguments);
        assert_eq!((&*out, status), ("", Some(code)), "{err}");
        assert!(err.contains("--"), "it says what it wants: {err}");
    }
}

/// Ended when dropped: also where the test panics.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn as_a_service_it_goes_on_until_it_is_ended() {
    let world = World::new();
    world.add(ana());
    world.await_all_done();
    let script = world.site.root().join("wp-content/plugins/bridge-for-agile-crm/drain.php");
    let service = world.site.php().arg(script).arg("--watch").stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    let mut service = Service(service.expect("php runs"));
    // Twice: what it knows of the site is not what it knew when it came. No request comes by after these were stored.
    for round in 1..=2 {
        world.store(3);
        let done = await_until(Duration::from_secs(30), || {
            world.events().iter().filter(|event| event["state"] == "done").count() == 1 + 3 * round
        });
        assert!(done, "{:#?}\n{}", world.events(), world.site.log());
        world.site.sql("DELETE FROM wp_users WHERE ID > 1");
    }
    let pid = service.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success(), "it was still running");
    assert_eq!(service.0.wait().expect("it ends").signal(), Some(15));
}

#[test]
fn the_command_is_told_where_wordpress_is() {
    let world = World::new();
    let plugin = world.site.root().join("wp-content/plugins/bridge-for-agile-crm");
    let elsewhere = world.site.dir().join("elsewhere");
    fs::rename(&plugin, &elsewhere).expect("a folder of its own");
    symlink(&elsewhere, &plugin).expect("a link");
    world.store(2);
    let (out, err, status) = world.drain_php(&[]);
    assert_eq!((&*out, status), ("", Some(2)), "{err}");
    assert!(err.contains("--path="), "{err}");
    let path = format!("--path={}", world.site.root().display());
    assert_eq!(world.drain_php(&[&path]).0, "2 events were processed\n");
}

#[test]
fn the_command_drains_the_site_of_a_network_that_it_is_told() {
    let world = World::with(|site| site.multisite(true));
    let other = world.site.wp(
        "return wp_insert_site(['domain' => get_network()->domain, 'path' => '/other/', 'network_id' => 1, 'user_id' => 1]);",
    );
    let other = other.as_u64().expect("a site");
    // Constants alone configure it, and its tables are made by its first webhook.
    let id = world.contact(ana());
    let request = Request::new("GET", &format!("/other{}", world.site.webhook_target("add", &[("contact_id", &id)])));
    world.site.wp(&format!("return update_blog_option({other}, 'agile_bridge_settings', ['paused' => true]);"));
    let answer = world.site.answer(&request);
    world.expect(&answer, 202, "queued", "");
    world.site.wp(&format!("return update_blog_option({other}, 'agile_bridge_settings', []);"));
    let url = world.site.url();
    assert_eq!(world.drain_php(&[&format!("--url={url}/")]).0, "0 events were processed\n");
    let (out, err, _) = world.drain_php(&[&format!("--url={url}/other/")]);
    assert_eq!(out, "1 event was processed\n", "{err}\n{}", world.site.log());
    let events = world.site.sql(&format!("SELECT state, status FROM wp_{other}_agile_bridge_events"));
    assert_eq!(events, [json!({"state": "done", "status": "created"})]);
    assert_eq!(world.events(), Vec::<Value>::new());
}

/// A webhook that finds somebody draining relies on them; who leaves looks once more.
#[test]
fn what_is_stored_while_the_drain_is_leaving_is_drained() {
    let world = World::new();
    world.store(1);
    let id = world.contact(Contact::person("late@example.com"));
    let target = world.site.webhook_target("add", &[("contact_id", &id), ("async", "1")]);
    // The moment before the drain gives its lease back: it has found nothing more.
    let drained = world.wp_given(
        &json!(world.site.url() + &target),
        r"$sent = 0;
          add_filter('query', function ($query) use (&$sent, $given) {
              if (!$sent && preg_match('/agile_bridge_leases SET owner = .., until_at = 0 WHERE name = .drain./', $query)) {
                  $sent = 1;
                  file_get_contents($given);
                  usleep(500000);
              }
              return $query;
          });
          return [AgileBridge\Plugin\Work\Drain::run(120000), $sent];",
    );
    assert_eq!(drained[1], 1, "the moment did not come: {drained}");
    world.await_rest();
    let event = world.event_of(&id);
    assert_eq!(event["state"], "done", "{drained} {event:#}");
    assert_eq!(number(&event["attempts"]), 1);
}
