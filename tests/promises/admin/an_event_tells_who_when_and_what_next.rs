//! Each row of the activity names a person wherever one is linked by now, says when without being unfolded, and has what is to be done a
//! click away; the answer stands before the controls; an event's own page has a title of its own. In a real browser
//! (`tests/browser/events.mjs`). The names cost as many statements for twenty rows as for one.

use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use site::Server;
use std::time::Duration;

const LIST: &str = "/wp-admin/tools.php?page=agile-bridge-activity";

#[test]
fn at_a_desk_and_on_a_phone() {
    let world = World::with(|site| site.server(Server::BuiltIn));
    world.expect(&world.add(ana()).1, 200, "created", "");
    world.expect(&world.add(ana()).1, 422, "failed", "email_conflict");
    world.expect(&world.add(Contact::person("")).1, 422, "failed", "email_missing");
    world.play("events.mjs", "done");

    // Bea became a user after her first event was given up; Lee never did; one event is about nobody whom anybody knows.
    let bea = world.contact(Contact::person("bea@example.com").first_name("Bea"));
    refused_until_given_up(&world, &bea);
    world.expect(&world.site.webhook("add", &[("contact_id", &bea)]), 200, "created", "");
    world.give_up(Contact::person("lee@example.com").first_name("Lee"));
    world.site.sql(
        "INSERT INTO wp_agile_bridge_events (subject_key, state, action, contact_id, status, code, created_at, updated_at, message)
         SELECT subject_key, 'done', '', '', 'rejected', 'invalid_request', created_at, updated_at, '' FROM wp_agile_bridge_events
         ORDER BY id DESC LIMIT 1",
    );
    world.advance(Duration::from_secs(3 * 3600));
    world.crm.set_faults(Faults { html_200: true, ..Faults::default() });
    world.expect(&world.add(Contact::person("wes@example.com")).1, 202, "queued", "");
    world.play_with("events.mjs", "given-up", &[("BEA", &bea)]);
}

fn refused_until_given_up(world: &World, contact: &str) {
    world.crm.set_faults(Faults { html_200: true, ..Faults::default() });
    world.expect(&world.site.webhook("add", &[("contact_id", contact)]), 202, "queued", "");
    while world.event_of(contact)["state"] != "dead" {
        world.advance(Duration::from_secs(30 * 3600));
        world.drain_and_rest();
    }
    world.crm.set_faults(Faults::default());
    world.advance(Duration::from_secs(3 * 3600));
}

#[test]
fn names_are_looked_up_together() {
    let world = World::new();
    world.expect(&world.add(ana()).1, 200, "created", "");
    let admin = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let list = || world.page(&admin, LIST).body();
    // Whatever it takes to warm up.
    list();
    let (_, few) = world.site.queries_during(list);
    world.site.wp(
        "foreach (range(1, 12) as $n) {
             $user = wp_insert_user(array('user_login' => \"p$n\", 'user_pass' => 'x', 'user_email' => \"p$n@example.net\", 'display_name' => \"Person $n\"));
             update_user_meta($user, 'agilecrm_contact_id', (string) (7000000000000000 + $n));
         } return 1;",
    );
    world.site.sql(
        "INSERT INTO wp_agile_bridge_events (subject_key, state, action, contact_id, status, code, created_at, updated_at, message)
         SELECT e.subject_key, 'done', 'update', m.meta_value, 'ignored', 'no_matching_user', e.created_at, e.updated_at, ''
         FROM wp_agile_bridge_events e JOIN wp_usermeta m ON m.meta_key = 'agilecrm_contact_id' AND m.meta_value LIKE '7%'",
    );
    list();
    let (page, many) = world.site.queries_during(list);
    let unnamed: Vec<_> = (1..=12).filter(|number| !page.contains(&format!(">Person {number}</a>"))).collect();
    assert_eq!(unnamed, [0; 0], "{page}");
    assert_eq!(many.len(), few.len(), "{many:#?}");
}
