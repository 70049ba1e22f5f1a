//! A password that the CRM does not take costs seconds, and no contact waits for them: passwords are tried one at a time, while no
//! contact waits, and where the CRM has just been slow to take one the next ones are left to later.

use crate::stage::inbox::number;
use crate::stage::password::{FIELD, PUT};
use crate::stage::world::World;
use sandbox::{Contact, Faults};
use serde_json::json;
use site::{Database, await_until};
use std::time::Duration;

fn world(database: Database) -> World {
    World::with(|site| site.database(database).constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)]))
}

/// The CRM never answers a write, and is well otherwise.
fn swallows_the_write() -> Faults {
    Faults { stalled_headers: true, only_route: Some(format!("PUT {PUT}")), ..Faults::default() }
}

/// Users whose passwords the CRM did not take; they are due now, longer than anything else.
fn owed(world: &World, people: usize) {
    world.crm.set_faults(Faults { status: Some(400), only_route: Some(format!("PUT {PUT}")), ..Faults::default() });
    for person in 0..people {
        let (_, answer) = world.add(Contact::person(&format!("owed{person}@example.com")));
        assert_eq!(answer.notes(), ["password_not_returned"], "{}", answer.json);
    }
    world.await_rest();
    world.site.sql("UPDATE wp_agile_bridge_events SET due_at = 1 WHERE action = 'return_password'");
    world.crm.reset_counts();
}

/// The requests of the CRM in their order, as so many contacts and so many passwords.
fn asked(world: &World) -> Vec<&'static str> {
    let requests = world.crm.requests().into_iter();
    requests.map(|request| if request.method == "PUT" { "password" } else { "contact" }).collect()
}

fn contacts_come_first(database: Database) {
    let world = world(database);
    owed(&world, 3);
    world.pause(true);
    // Of users who are there already, so that nothing new is to be returned.
    for person in 0..3 {
        let contact = world.crm.contact_by_email(&format!("owed{person}@example.com")).expect("a contact");
        world.expect(&world.site.webhook("update", &[("contact_id", &contact["id"].to_string())]), 202, "queued", "");
    }
    world.pause(false);
    world.crm.set_faults(swallows_the_write());
    std::thread::scope(|scope| {
        let drain = scope.spawn(|| world.drain());
        let is_tried = || asked(&world).contains(&"password");
        assert!(await_until(Duration::from_secs(20), is_tried), "{:?}", world.crm.requests());
        assert_eq!(asked(&world)[..3], ["contact"; 3], "the passwords have waited for longer");
        // While one is tried another contact comes. (Its worker leaves it to the drain.)
        let known = world.crm.contact_by_email("owed0@example.com").expect("a contact")["id"].to_string();
        world.expect(&world.site.webhook("update", &[("contact_id", &known), ("async", "1")]), 202, "queued", "");
        drain.join().expect("it drains");
    });
    let order = asked(&world);
    let of_contact = order.iter().skip(3).position(|what| *what == "contact").expect("it was asked for");
    let before = order[..3 + of_contact].iter().filter(|what| **what == "password").count();
    // A write is sent twice where its answer does not come, as far as there is time.
    assert!(before <= 2, "one password at a time: {order:?}");
    world.crm.set_faults(Faults::default());
    world.catch_up();
    for person in 0..3 {
        let contact = world.crm.contact_by_email(&format!("owed{person}@example.com")).expect("a contact");
        assert!(world.crm.property(contact["id"].as_u64().expect("an id"), FIELD).is_some(), "{:#?}", world.events());
    }
}

#[test]
fn contacts_come_first_on_mariadb() {
    contacts_come_first(Database::MariaDb);
}

#[test]
fn contacts_come_first_on_sqlite() {
    contacts_come_first(Database::Sqlite);
}

/// New users whose passwords are to be returned: the first one that is not taken in time is the last one that is waited for.
#[test]
fn a_slow_write_is_met_once_in_a_drain() {
    let world = world(Database::MariaDb);
    world.store(12);
    world.crm.set_faults(swallows_the_write());
    world.wp_given(&json!(6_000), "return AgileBridge\\Plugin\\Work\\Drain::run($given);");
    assert_eq!(world.user_count(), 13, "{:?}", world.crm.requests());
    // A write is sent twice where its answer does not come, as far as there is time.
    assert!(world.crm.counts().of("PUT", PUT) <= 2, "{:?}", world.crm.requests());
    let owed = world.events().into_iter().filter(|event| event["action"] == "return_password").count();
    assert_eq!(owed, 12);
    world.crm.set_faults(Faults::default());
    world.catch_up();
    let returned = (0..12).filter(|person| {
        let contact = world.crm.contact_by_email(&format!("p{person}@example.com")).expect("a contact");
        world.crm.property(contact["id"].as_u64().expect("an id"), FIELD).is_some()
    });
    assert_eq!(returned.count(), 12, "{:#?}", world.events());
}

/// A webhook does not wait for the drain on their account.
#[test]
fn a_webhook_is_processed_at_once_while_one_is_tried() {
    let world = world(Database::MariaDb);
    // More than the drain claims at once.
    owed(&world, 10);
    world.crm.set_faults(swallows_the_write());
    let known = world.crm.contact_by_email("owed0@example.com").expect("a contact")["id"].to_string();
    std::thread::scope(|scope| {
        let drain = scope.spawn(|| world.drain());
        let is_tried = || asked(&world).contains(&"password");
        assert!(await_until(Duration::from_secs(20), is_tried), "{:?}", world.crm.requests());
        world.expect(&world.site.webhook("update", &[("contact_id", &known)]), 200, "unchanged", "");
        world.crm.set_faults(Faults::default());
        drain.join().expect("it drains");
    });
}

/// The screen counts those that nobody can return any more.
#[test]
fn those_given_up_are_counted_and_shown() {
    let world = world(Database::MariaDb);
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let screen = || {
        let page = "/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=advanced";
        world.site.send(&site::Request::new("GET", page).header("Cookie", &cookie)).body()
    };
    owed(&world, 3);
    assert!(!screen().contains("id=\"agile-bridge-passwords\""), "they are tried again");
    world
        .site
        .sql("UPDATE wp_agile_bridge_events SET attempts = 7 WHERE action = 'return_password' ORDER BY id LIMIT 2");
    world.drain_and_rest();
    let page = screen();
    assert!(page.contains("2 generated passwords could not be returned to Agile CRM"), "{page}");
    assert!(page.contains("Agile CRM did not take the password of the new user."), "and listed: {page}");
    // One whose seal does not open any more is as lost.
    world.site.set_constant("AUTH_KEY", "another secret key than the one it was sealed with");
    world.advance(Duration::from_secs(3 * 3600));
    world.drain_and_rest();
    let counts = world.site.wp("return get_object_vars(AgileBridge\\Plugin\\Inbox\\Replay::count_events());");
    assert_eq!((number(&counts["passwords"]), number(&counts["dead"])), (3, 0), "{counts}");
}
