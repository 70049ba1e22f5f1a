//! A drain that runs while an admin saves another account ends its run: it asks the former account nothing more, believes it
//! nothing more, and what it held is processed with the new one, as if it had never been tried.

use crate::stage::account::{save, world};
use crate::stage::inbox::number;
use crate::stage::world::World;
use sandbox::{Contact, Faults};
use serde_json::json;
use site::{Database, await_until};
use std::time::Duration;

/// Webhooks of contacts that the account has only by the time when another one is saved: it stands for that other one too.
fn named_and_missing(world: &World, people: u64) -> Vec<(u64, serde_json::Value)> {
    world.pause(true);
    let contacts = (0..people).map(|person| {
        let id = world.crm.create_contact(Contact::person(&format!("p{person}@example.com")));
        world.expect(&world.site.webhook("add", &[("contact_id", &id.to_string())]), 202, "queued", "");
        (id, world.crm.contact(id).expect("a contact"))
    });
    let contacts: Vec<_> = contacts.collect();
    for (id, _) in &contacts {
        assert!(world.crm.delete_contact(*id));
    }
    world.pause(false);
    contacts
}

fn contacts_of_the_new_account_are_found(database: Database) {
    let world = world(database);
    let contacts = named_and_missing(&world, 24);
    world.crm.set_faults(Faults { latency: Duration::from_millis(1500), ..Faults::default() });
    std::thread::scope(|scope| {
        let drain = scope.spawn(|| world.drain());
        assert!(await_until(Duration::from_secs(20), || world.crm.counts().total > 0), "{}", world.site.log());
        save(&world, "another", world.crm.api_key());
        // They were asked for, and the former account has said that it has none of them.
        let asked = || world.crm.counts().with_status(204) > 0;
        assert!(await_until(Duration::from_secs(20), asked), "{:?}", world.crm.counts());
        for (id, contact) in &contacts {
            world.crm.replace_contact(*id, contact.clone());
        }
        world.crm.set_faults(Faults::default());
        drain.join().expect("it drains");
    });
    world.drain_and_rest();
    world.await_all_done();
    let events = world.events();
    for event in &events {
        assert_eq!(event["code"], json!(""), "{event:#}");
        assert_eq!(number(&event["attempts"]), 1, "it counts as never tried: {event:#}");
    }
    assert_eq!((events.len(), world.user_count()), (24, 25));
}

#[test]
fn contacts_of_the_new_account_are_found_on_mariadb() {
    contacts_of_the_new_account_are_found(Database::MariaDb);
}

#[test]
fn contacts_of_the_new_account_are_found_on_sqlite() {
    contacts_of_the_new_account_are_found(Database::Sqlite);
}

/// Another key is another account for all that is known: no round of it is asked for with the former one.
#[test]
fn the_former_key_asks_nothing_more() {
    let world = world(Database::MariaDb);
    world.store(40);
    world.crm.set_faults(Faults { latency: Duration::from_millis(1500), ..Faults::default() });
    std::thread::scope(|scope| {
        let drain = scope.spawn(|| world.drain());
        assert!(await_until(Duration::from_secs(20), || world.crm.counts().total > 0), "{}", world.site.log());
        save(&world, "demo", "");
        drain.join().expect("it drains");
    });
    // Eight under way, and as many as left when these came back, within the second in which nobody had looked.
    assert!(world.crm.counts().total <= 17, "{:?}", world.crm.counts());
    let untouched = world.events().iter().filter(|event| event["state"] == "waiting" && event["owner"] == "").count();
    assert!(untouched >= 23, "{untouched} wait: {:#?}", world.events());
    world.crm.set_faults(Faults::default());
    save(&world, "demo", world.crm.api_key());
    world.drain_and_rest();
    assert_eq!(world.user_count(), 41);
    assert!(world.events().iter().all(|event| number(&event["attempts"]) == 1), "{:#?}", world.events());
}

/// A user is not handed over because the former account does not know the contact that they are linked to.
#[test]
fn nobody_is_relinked_by_what_the_former_account_does_not_know() {
    let world = world(Database::MariaDb);
    let (linked, answer) = world.add(Contact::person("ana@example.com").first_name("Ana"));
    world.expect(&answer, 200, "created", "");
    let id: u64 = linked.parse().expect("a number");
    let contact = world.crm.contact(id).expect("a contact");
    let another = world.contact(Contact::person("ana@example.com").first_name("Anna"));
    assert!(world.crm.delete_contact(id));
    world.pause(true);
    world.expect(&world.site.webhook("update", &[("contact_id", &another)]), 202, "queued", "");
    world.pause(false);
    world.crm.reset_counts();
    world.crm.set_faults(Faults { latency: Duration::from_millis(1500), ..Faults::default() });
    std::thread::scope(|scope| {
        let drain = scope.spawn(|| world.drain());
        let asked = || world.crm.counts().of("GET", "contacts/{id}") == 2;
        assert!(await_until(Duration::from_secs(20), asked), "{:?}", world.crm.requests());
        save(&world, "another", world.crm.api_key());
        assert!(await_until(Duration::from_secs(20), || world.crm.counts().with_status(204) > 0));
        world.crm.replace_contact(id, contact);
        drain.join().expect("it drains");
    });
    world.crm.set_faults(Faults::default());
    world.drain_and_rest();
    world.expect_event(&world.event_of(&another), "done", "failed", "email_conflict");
    assert_eq!(world.user_with("ana@example.com")["agilecrm_contact_id"], json!(linked));
}
