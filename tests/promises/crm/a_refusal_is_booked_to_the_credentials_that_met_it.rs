//! A worker that is at it while an admin saves the right key is refused for the former one. That stops nothing of the new one, and
//! what answers the former one well does not end a stop of the new one.

use crate::stage::account::{save, world};
use crate::stage::world::World;
use sandbox::{Contact, Faults};
use serde_json::{Value, json};
use site::{Database, await_until};
use std::time::Duration;

fn reason(world: &World) -> String {
    let row = &world.site.sql("SELECT details FROM wp_agile_bridge_leases WHERE name = 'crm'")[0];
    let details: Value = serde_json::from_str(row["details"].as_str().unwrap_or_default()).unwrap_or_default();
    details["reason"].as_str().unwrap_or_default().to_owned()
}

/// A drain of so many events, by the settings of now; `meanwhile` runs when the first of its requests have arrived.
fn drain_and(world: &World, people: usize, meanwhile: impl FnOnce()) {
    world.store(people);
    world.crm.reset_counts();
    world.crm.set_faults(Faults { latency: Duration::from_secs(2), ..Faults::default() });
    std::thread::scope(|scope| {
        let drain = scope.spawn(|| world.drain());
        assert!(await_until(Duration::from_secs(20), || world.crm.counts().total > 0), "{}", world.site.log());
        meanwhile();
        drain.join().expect("it drains");
    });
    world.crm.set_faults(Faults::default());
    world.await_rest();
}

fn a_new_key_is_free(database: Database) {
    let world = world(database);
    save(&world, "demo", "wrong-key");
    drain_and(&world, 3, || save(&world, "demo", world.crm.api_key()));
    assert!(world.crm.counts().with_status(401) > 0, "the former key was refused: {:?}", world.crm.counts());
    // At once: the hour of the former key is not waited for.
    let (_, answer) = world.add(Contact::person("new@example.com"));
    world.expect(&answer, 200, "created", "");
    world.advance(Duration::from_secs(15));
    world.drain_and_rest();
    world.await_all_done();
    assert_eq!(world.user_count(), 1 + 3 + 1, "{:#?}", world.events());
}

#[test]
fn a_new_key_is_free_on_mariadb() {
    a_new_key_is_free(Database::MariaDb);
}

#[test]
fn a_new_key_is_free_on_sqlite() {
    a_new_key_is_free(Database::Sqlite);
}

#[test]
fn the_former_keys_good_answers_do_not_end_a_stop_of_the_new_one() {
    let world = world(Database::MariaDb);
    let wrong = world.contact(Contact::person("wrong@example.com"));
    drain_and(&world, 3, || {
        save(&world, "demo", "wrong-key");
        // Refused before the former key's answers are there.
        world.crm.set_faults(Faults::default());
        world.expect(&world.site.webhook("update", &[("contact_id", &wrong)]), 202, "queued", "");
        assert_eq!(reason(&world), "refusal");
    });
    assert_eq!(reason(&world), "refusal", "{:#?}", world.events());
    save(&world, "demo", world.crm.api_key());
    world.advance(Duration::from_secs(15));
    world.drain_and_rest();
    world.await_all_done();
    assert_eq!((world.user_count(), reason(&world)), (4, String::new()), "{:#?}", world.events());
    assert_eq!(world.event_of(&wrong)["code"], json!("no_matching_user"));
}

/// A worker that has read the settings anew before the refusal of the former key arrives.
#[test]
fn a_refusal_that_comes_after_the_save() {
    let world = world(Database::MariaDb);
    world.add(Contact::person("first@example.com"));
    save(&world, "demo", "wrong-key");
    let stopped = world.wp_given(
        &json!(world.crm.api_key()),
        "$crm = AgileBridge\\Plugin\\Crm\\Account::client();
         try { $crm->currentUser(); } catch (AgileBridge\\Exception $refusal) {}
         AgileBridge\\Plugin\\Site\\Settings::store(['api_key' => AgileBridge\\Plugin\\Site\\Secret::seal($given, 'api_key')]);
         AgileBridge\\Plugin\\Crm\\Breaker::note_error(AgileBridge\\Plugin\\Crm\\CrmError::of_exception($refusal), $crm);
         return AgileBridge\\Plugin\\Crm\\Breaker::read()->is_open();",
    );
    assert_eq!((stopped, reason(&world)), (json!(false), "refusal".into()), "it is booked, to the former key");
    let (_, answer) = world.add(Contact::person("new@example.com"));
    world.expect(&answer, 200, "created", "");
    assert_eq!(reason(&world), "", "what answers the present key well ends it");
}
