//! The row of an event tells an admin what came of it: notes, the names of what changed, how long it took, and its way through the
//! states. Values only if the admin wants them, and of a password never.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use site::Database;
use std::time::Duration;

fn parsed(event: &Value, column: &str) -> Value {
    event[column].as_str().map_or(Value::Null, |text| serde_json::from_str(text).expect("JSON"))
}

/// Of the steps, which must be in the order of time.
#[track_caller]
fn states(event: &Value) -> Vec<String> {
    let steps = parsed(event, "steps");
    let steps = steps.as_array().unwrap_or_else(|| panic!("no steps: {event:#}"));
    assert!(steps.is_sorted_by_key(|step| step[0].as_i64()), "{steps:?}");
    steps.iter().map(|step| step[1].as_str().expect("a state").to_owned()).collect()
}

#[test]
fn names_of_what_changed_and_no_values() {
    for database in [Database::MariaDb, Database::Sqlite] {
        let world = World::with(|site| site.database(database));
        world.store_field_map(&json!([
            {"crm": "email", "wp": "user_email", "type": "text", "when_empty": "keep"},
            {"crm": "first_name", "wp": "first_name", "type": "text", "when_empty": "keep"},
            {"crm": "Plan", "wp": "plan", "type": "text", "when_empty": "keep"},
            {"crm": "Door", "wp": "door_code_token", "type": "text", "when_empty": "keep"},
            {"crm": "Password", "wp": "user_pass", "type": "text", "when_empty": "keep"},
        ]));
        let ana = || ana().custom("Plan", "gold").custom("Door", "4711-secret").custom("Password", "ana's password");
        let id = world.contact(ana());
        let answer = world.site.webhook("add", &[("contact_id", &id), ("role", "administrator")]);
        world.expect(&answer, 200, "created", "");
        let event = world.event_of(&id);
        assert_eq!(parsed(&event, "notes"), json!(["role_refused"]), "{database:?}");
        let changed = [
            "user_login",
            "user_email",
            "first_name",
            "last_name",
            "plan",
            "door_code_token",
            "agilecrm_contact_id",
            "agilecrm_tags",
            "role",
        ];
        let mut told: Vec<_> = serde_json::from_value::<Vec<String>>(parsed(&event, "changed")).expect("names");
        told.sort();
        let mut wanted = changed.to_vec();
        wanted.sort_unstable();
        assert_eq!(told, wanted, "{database:?}");
        assert_eq!(states(&event), ["waiting", "running", "done"], "{database:?}");
        assert!((1..60_000).contains(&number(&event["duration_ms"])), "{event:#}");
        for value in ["gold", "4711", "ana's password", "Ana"] {
            assert!(!event.to_string().contains(value), "{value}: {event:#}");
        }

        let number = id.parse().expect("an id");
        world.crm.set_property(number, "CUSTOM", "Plan", "", "silver");
        world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
        assert_eq!(parsed(&world.event_of(&id), "changed"), json!(["plan"]));
        world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "unchanged", "");
        assert_eq!(
            (parsed(&world.event_of(&id), "changed"), parsed(&world.event_of(&id), "notes")),
            (json!(null), json!(null))
        );

        world.set(&json!({"keeps_values": true}));
        world.crm.set_property(number, "CUSTOM", "Plan", "", &"x".repeat(5000));
        world.crm.set_property(number, "CUSTOM", "Door", "", "0815-secret");
        world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
        let event = world.event_of(&id);
        assert_eq!(
            parsed(&event, "changed"),
            json!({"plan": "x".repeat(200), "door_code_token": null}),
            "{database:?}"
        );
    }
}

#[test]
fn the_way_through_the_states_in_twenty_steps_at_most() {
    let world = World::new();
    world.crm.set_faults(Faults { status: Some(503), ..Faults::default() });
    let (id, answer) = world.add(Contact::person("late@example.com").first_name("Jo"));
    world.expect(&answer, 202, "queued", "");
    assert_eq!(states(&world.event_of(&id)), ["waiting", "running", "waiting"]);
    let first = parsed(&world.event_of(&id), "steps")[0].clone();
    // So many tries as only an event has that is pushed again and again.
    let many: Vec<_> = (0..20)
        .map(|step| json!([first[0].as_i64().unwrap() + step, if step % 2 == 0 { "waiting" } else { "running" }]))
        .collect();
    world.site.sql(&format!("UPDATE wp_agile_bridge_events SET steps = '{}'", Value::from(many)));
    world.crm.set_faults(Faults::default());
    world.advance(Duration::from_secs(3600));
    world.drain_and_rest();
    let event = world.event_of(&id);
    world.expect_event(&event, "done", "created", "");
    let all = states(&event);
    assert_eq!(
        (all.len(), &all[18..], &parsed(&event, "steps")[0]),
        (20, &["running".to_owned(), "done".to_owned()][..], &first)
    );
}

#[test]
fn what_failed_for_good_and_what_is_merged_tell_too() {
    let world = World::new();
    let answer = world.site.webhook("add", &[("contact_id", "4242")]);
    world.expect(&answer, 404, "failed", "contact_not_found");
    assert_eq!(states(&world.event()), ["waiting", "running", "done"]);
    // Something is owed once the user is written: the welcome mail.
    let id = world.contact(ana());
    let answer = world.site.webhook("add", &[("contact_id", &id), ("send_notification", "true")]);
    world.expect(&answer, 200, "created", "");
    let event = world.event_of(&id);
    assert_eq!(states(&event), ["waiting", "running", "done"]);
    assert!(
        parsed(&event, "changed").as_array().is_some_and(|names| names.contains(&json!("user_login"))),
        "{event:#}"
    );
}
