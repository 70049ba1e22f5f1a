//! A plugin of the site may end our transaction and change what it holds, each time. Its contact is not written and fetched
//! without an end then: the event waits, by the schedule of every failure, and nobody else waits for it.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::json;

/// Takes each value of one field back, in a transaction of its own.
const STUBBORN: &str = "<?php
    add_action('updated_user_meta', function ($id, $user, $key, $value) {
        global $wpdb;
        if ('plan' !== $key) return;
        $wpdb->query('START TRANSACTION');
        $wpdb->query($wpdb->prepare(\"UPDATE $wpdb->usermeta SET meta_value = 'mine' WHERE umeta_id = %d\", $id));
        $wpdb->query('COMMIT');
    }, 10, 4);";

#[test]
fn it_waits_like_any_failure() {
    let world = World::with(|site| site.field_map(&[("Plan", "plan")]).mu_plugin_file("stubborn.php", STUBBORN));
    let (id, answer) = world.add(ana().custom("Plan", "gold"));
    world.expect(&answer, 200, "created", "");
    world.crm.set_property(id.parse().expect("a number"), "CUSTOM", "Plan", "", "silver");
    world.crm.reset_counts();
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 202, "queued", "");
    world.drain_and_rest();
    let event = world.event_of(&id);
    assert_eq!(event["state"], "waiting", "{event:#}");
    assert!(world.due_in(&event) > 5.0 && number(&event["attempts"]) > 0, "it waits for its time: {event:#}");
    assert!(world.crm.counts().total <= 4, "{:?}", world.crm.counts());
    for _ in 0..10 {
        world.advance(std::time::Duration::from_secs(30 * 3600));
        world.drain_and_rest();
    }
    let event = world.event_of(&id);
    world.expect_event(&event, "dead", "failed", "site_error");
    let (_, answer) = world.add(Contact::person("bo@example.com").custom("Plan", "gold"));
    world.expect(&answer, 200, "created", "");
    assert_eq!(world.user_with("bo@example.com")["plan"], json!("gold"));
}
