//! `drain.php --watch` runs for weeks: it ends when the plugin was updated, heeds *Pause* whatever keeps WordPress' cache, and takes
//! up what a dead worker left also while there is always more to do.

use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;
use site::await_until;
use std::fs;
use std::process::{Child, Stdio};
use std::time::Duration;

/// Ended when dropped: also where the test panics.
struct Service(Child);

impl Service {
    fn of(world: &World) -> Self {
        let script = world.site.root().join("wp-content/plugins/bridge-for-agile-crm/drain.php");
        let service = world.site.php().arg(script).arg("--watch").stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        Self(service.expect("php runs"))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn await_state(world: &World, id: &str, state: &str) -> bool {
    await_until(Duration::from_secs(20), || world.event_of(id)["state"] == state)
}

#[test]
fn it_ends_when_the_plugin_was_updated() {
    let world = World::new();
    world.store(1);
    let mut service = Service::of(&world);
    world.await_all_done();
    let main = world.site.root().join("wp-content/plugins/bridge-for-agile-crm/bridge-for-agile-crm.php");
    let (text, new) = (fs::read_to_string(&main).expect("the plugin"), main.with_extension("new"));
    fs::write(&new, text).expect("written");
    fs::rename(&new, &main).expect("another file in its place");
    assert!(
        await_until(Duration::from_secs(20), || service.0.try_wait().expect("a process").is_some()),
        "{}",
        world.site.log()
    );
    assert_eq!(service.0.wait().expect("it ended").code(), Some(0));
}

/// One that keeps all in the process, and knows of no way to forget a part of it.
const CACHE: &str = r"<?php
    eval( str_replace( 'function wp_cache_flush_runtime', 'function core_cache_flush_runtime', substr( file_get_contents( ABSPATH . WPINC . '/cache.php' ), 5 ) ) );
    function wp_cache_flush_runtime() { return false; }";

#[test]
fn it_sees_a_pause_behind_any_object_cache() {
    let world = World::new();
    world.add(ana());
    fs::write(world.site.root().join("wp-content/object-cache.php"), CACHE).expect("written");
    world.store(1);
    let _service = Service::of(&world);
    world.await_all_done();
    world.pause(true);
    // The pause counts within a second or two; what is stored after it stays.
    let id = world.contact(Contact::person("paused@example.com"));
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    assert!(!await_until(Duration::from_secs(3), || world.event_of(&id)["state"] != "waiting"), "{}", world.site.log());
    world.pause(false);
    assert!(await_state(&world, &id, "done"), "and its end is seen as well\n{}", world.site.log());
}

#[test]
fn what_a_dead_worker_left_is_taken_up_while_there_is_always_more() {
    let world = World::new();
    let (busy, _) = world.add(ana());
    let dead = world.contact(Contact::person("dead@example.com"));
    world.pause(true);
    for id in [&busy, &dead] {
        world.expect(&world.site.webhook("add", &[("contact_id", id)]), 202, "queued", "");
    }
    world.pause(false);
    let states = world.wp_given(
        &json!([busy, dead]),
        r#"global $wpdb; [$busy, $dead] = $given; $events = $wpdb->prefix . 'agile_bridge_events'; $rounds = 0;
           $wpdb->query("UPDATE $events SET due_at = due_at + 3600000 WHERE contact_id = '$dead'");
           add_filter('agile_bridge_user_data', function ($data) use (&$rounds, $wpdb, $events, $busy, $dead) {
               if (1 === ++$rounds) {
                   $wpdb->query("UPDATE $events SET state = 'running', owner = 'dead', lease_until = 1 WHERE contact_id = '$dead'");
                   file_put_contents(WP_CONTENT_DIR . '/clock', '30000');
               }
               if ($rounds < 200 && 'done' !== $wpdb->get_var("SELECT state FROM $events WHERE contact_id = '$dead' ORDER BY id DESC LIMIT 1")) {
                   // News of the other one, again and again.
                   AgileBridge\Plugin\Inbox\Inbox::store(new AgileBridge\Plugin\Inbox\Webhook('update', $busy));
               }
               return $data;
           });
           AgileBridge\Plugin\Work\Drain::run(120000);
           return $rounds;"#,
    );
    assert_eq!(world.event_of(&dead)["state"], "done", "{states}\n{}", world.site.log());
    assert!(states.as_u64().expect("a number") < 50, "only when all else was done: {states}");
}
