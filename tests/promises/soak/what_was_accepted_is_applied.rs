//! The CRM goes away, the database is restarted, the web server's workers are replaced, all under load. What was answered 2xx is
//! applied in the end; what could not be stored was answered 5xx, or not at all.

use super::{
    FIELDS, Fate, Random, Stop, Tally, differences, duplicates, expect_none, fate, halves, logs, number, outcomes,
    person, scaled, settle, users,
};
use crate::stage::world::World;
use sandbox::Faults;
use serde_json::Value;
use site::Request;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

const SENDERS: u32 = 8;

/// What was sent, by contact: whether it was accepted.
type Sent = Mutex<BTreeMap<u64, bool>>;

#[test]
fn what_was_accepted_is_applied_whatever_goes_away() {
    let world = World::with(|site| site.field_map(&FIELDS));
    world.drain();
    let (answers, sent) = (Tally::default(), Sent::default());
    let (stopped, count) = (AtomicBool::new(false), AtomicU32::new(0));
    let rounds = scaled(10);
    thread::scope(|scope| {
        let stop = Stop(&stopped);
        for _ in 0..SENDERS {
            scope.spawn(|| {
                while !stopped.load(Ordering::SeqCst) {
                    send_one(&world, count.fetch_add(1, Ordering::SeqCst), &sent, &answers);
                }
            });
        }
        for round in 0..rounds {
            let before = count.load(Ordering::SeqCst);
            disturb(&world, round);
            eprintln!("round {round}: {} webhooks", count.load(Ordering::SeqCst) - before);
        }
        drop(stop);
    });
    let sent = sent.into_inner().expect("no sender has panicked");
    let stored: BTreeSet<_> = world
        .site
        .sql("SELECT DISTINCT contact_id FROM wp_agile_bridge_events")
        .iter()
        .map(|row| number(&row["contact_id"]))
        .collect();
    let lost = sent.iter().filter(|(contact, accepted)| **accepted && !stored.contains(contact));
    let lost: Vec<_> =
        lost.map(|(contact, _)| format!("contact {contact} was answered 2xx and is not stored")).collect();
    let replayed = settle(&world);
    let accepted = sent.values().filter(|accepted| **accepted).count();
    eprintln!(
        "{rounds} rounds, {} webhooks, {accepted} accepted, {} stored, {replayed} replayed; answers: {answers}\nevents: {}",
        sent.len(),
        stored.len(),
        outcomes(&world)
    );
    expect_none("webhooks are lost", &lost, &world);
    assert_eq!(replayed, 0, "an outage gives up no event: {}\n{}", outcomes(&world), logs(&world));

    let users = users(&world);
    expect_none("users are there twice", &duplicates(&users), &world);
    expect_none("things are missing in users", &users.iter().flat_map(halves).collect::<Vec<_>>(), &world);
    let by_contact: BTreeMap<_, &Value> =
        users.iter().map(|user| (user["agilecrm_contact_id"][0].to_string(), user)).collect();
    let wrong = sent.iter().flat_map(|(contact, accepted)| match by_contact.get(&format!("\"{contact}\"")) {
        Some(user) => differences(user, &world.crm.contact(*contact).expect("the contact")),
        None if *accepted || stored.contains(contact) => vec![format!("contact {contact} was stored and has no user")],
        None => vec![],
    });
    expect_none("accepted webhooks are not applied", &wrong.collect::<Vec<_>>(), &world);
    assert_eq!(answers.of("refused"), 0, "{answers}\n{}", logs(&world));
    for what in ["accepted", "unknown"] {
        assert!(answers.of(what) > 0, "no webhook was {what}: nothing was disturbed, or everything. {answers}");
    }
}

fn send_one(world: &World, number: u32, sent: &Sent, answers: &Tally) {
    let contact = world.crm.create_contact(person(&format!("person{number}@example.com"), number));
    let target = world.site.webhook_target("add", &[("contact_id", &contact.to_string())]);
    let fate = fate(world.site.try_send(&Request::new("GET", &target)), answers);
    sent.lock().expect("no sender has panicked").insert(contact, fate == Fate::Accepted);
    match fate {
        Fate::Accepted => answers.count("accepted"),
        Fate::Unknown => {
            answers.count("unknown");
            // A site without a database answers fast; no need to try that a thousand times.
            thread::sleep(Duration::from_millis(50));
        }
        Fate::Refused => answers.count("refused"),
    }
}

/// One of everything that goes away.
fn disturb(world: &World, round: u32) {
    let mut random = Random::new(round);
    let mut pause = |least: u32| thread::sleep(Duration::from_millis(u64::from(least + random.below(500))));
    pause(300);
    let faults = if round.is_multiple_of(2) {
        Faults { hang_up: true, ..Faults::default() }
    } else {
        Faults { status: Some(503), ..Faults::default() }
    };
    world.crm.set_faults(faults);
    pause(1000);
    world.crm.set_faults(Faults::default());
    // The breaker's probe is due.
    world.advance(Duration::from_secs(31));
    pause(500);

    world.site.restart_database();
    pause(500);
    // What a database has committed it has after a power cut too.
    world.site.kill_database();
    pause(0);
    world.site.start_database();
    // The leases of drains that the database was taken from.
    world.advance(Duration::from_secs(61));
    pause(500);

    for _ in 0..2 {
        world.site.reload_fpm();
        pause(200);
        world.advance(Duration::from_secs(61));
        pause(200);
    }
}
