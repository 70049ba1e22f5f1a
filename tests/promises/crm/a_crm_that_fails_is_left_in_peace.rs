//! After five failures in a row that speak of the CRM as a whole it is asked no more, but for one probe every 30 seconds; when
//! it refuses our credentials, at once, but for one probe an hour and as soon as the settings change. Meanwhile webhooks wait,
//! no try is counted, and the admin is told why. An outage of a week loses nothing.

use crate::stage::inbox::{at_once, number};
use crate::stage::world::World;
use sandbox::{Contact, Faults, Form};
use serde_json::{Value, json};
use site::{Database, Request};
use std::time::Duration;

const PROBE: &str = "users/current-user";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn outage() -> Faults {
    Faults { status: Some(503), ..Faults::default() }
}

fn refusal() -> Faults {
    Faults { unauthorized: Some(Form::Json), ..Faults::default() }
}

/// One webhook of a new person; it is to be queued.
fn send(world: &World, person: usize) -> String {
    let (id, answer) = world.add(Contact::person(&format!("p{person}@example.com")));
    world.expect(&answer, 202, "queued", "");
    world.await_rest();
    id
}

/// What is known about the CRM: why it is not asked, `""` if it is, and failures in a row.
fn known(world: &World) -> (String, i64) {
    let row = &world.site.sql("SELECT failures, details FROM wp_agile_bridge_leases WHERE name = 'crm'")[0];
    let details: Value = serde_json::from_str(row["details"].as_str().unwrap_or_default()).unwrap_or_default();
    (details["reason"].as_str().unwrap_or_default().to_owned(), number(&row["failures"]))
}

/// The CRM is asked nothing, or who we are and nothing else (once, and once more for what may have been an accident).
#[track_caller]
fn expect_asked(world: &World, probe: bool, what: &str) {
    let counts = world.crm.counts();
    let times = counts.of("GET", PROBE);
    assert_eq!(counts.total, times, "{what}: {counts:?}");
    assert!(if probe { (1..=2).contains(&times) } else { times == 0 }, "{what}: {counts:?}");
    world.crm.reset_counts();
}

fn dashboard(world: &World, cookie: &str) -> String {
    let answer = world.site.send(&Request::new("GET", "/wp-admin/index.php").header("Cookie", cookie));
    assert_eq!(answer.status, 200, "{}", world.site.log());
    answer.body()
}

fn admin(world: &World) -> String {
    world.site.login(site::ADMIN.0, site::ADMIN.1)
}

fn after_five_failures(database: Database) {
    let world = World::with(|site| site.database(database));
    let cookie = admin(&world);
    world.crm.set_faults(outage());
    for person in 0..4 {
        send(&world, person);
    }
    assert_eq!(known(&world), (String::new(), 4));
    assert!(!dashboard(&world, &cookie).contains("id=\"agile-bridge-crm\""), "four are no outage yet");
    send(&world, 4);
    assert_eq!(known(&world), ("outage".into(), 5));

    world.crm.reset_counts();
    send(&world, 5);
    send(&world, 6);
    assert_eq!(world.drain(), 0);
    expect_asked(&world, false, "while it fails");
    let page = dashboard(&world, &cookie);
    assert!(page.contains("id=\"agile-bridge-crm\"") && page.contains("7 webhooks wait"), "the admin is told");
    for _ in 0..3 {
        world.advance(seconds(31));
        world.drain_and_rest();
        expect_asked(&world, true, "every 30 seconds");
        world.drain_and_rest();
        expect_asked(&world, false, "and no more");
    }
    // Whoever comes first asks for all.
    world.advance(seconds(31));
    at_once(4, |_| world.drain());
    expect_asked(&world, true, "four at once");
    assert!(world.events().iter().all(|event| event["state"] == "waiting"), "{:#?}", world.events());

    world.crm.set_faults(Faults::default());
    world.advance(seconds(31));
    world.drain_and_rest();
    assert_eq!(known(&world), (String::new(), 0));
    assert_eq!(world.crm.counts().of("GET", PROBE), 1, "{:?}", world.crm.counts());
    world.catch_up();
    assert_eq!(world.user_count(), 8, "{:#?}", world.events());
    assert!(!dashboard(&world, &cookie).contains("id=\"agile-bridge-crm\""));
    assert!(
        world.site.webhook("add", &[("contact_id", &world.contact(Contact::person("p8@example.com")))]).status == 200
    );
}

#[test]
fn after_five_failures_on_mariadb() {
    after_five_failures(Database::MariaDb);
}

#[test]
fn after_five_failures_on_sqlite() {
    after_five_failures(Database::Sqlite);
}

/// Only in a row, and only those that speak of the CRM as a whole.
#[test]
fn a_success_between_them_begins_the_count_anew() {
    let world = World::new();
    for round in 0..2 {
        world.crm.set_faults(outage());
        for person in 0..4 {
            send(&world, 10 * round + person);
        }
        assert_eq!(known(&world), (String::new(), 4));
        world.crm.set_faults(Faults::default());
        let (_, answer) = world.add(Contact::person(&format!("well{round}@example.com")));
        world.expect(&answer, 200, "created", "");
        assert_eq!(known(&world), (String::new(), 0));
    }
    world.crm.set_faults(Faults { html_200: true, ..Faults::default() });
    for person in 20..27 {
        send(&world, person);
    }
    assert_eq!(known(&world), (String::new(), 0), "bad answers about contacts are no outage");
    world.crm.set_faults(Faults::default());
    world.catch_up();
    assert_eq!(world.user_count(), 1 + 8 + 2 + 7);
}

fn an_outage_of_a_week_loses_nothing(database: Database) {
    let world = World::with(|site| site.database(database));
    world.crm.set_faults(outage());
    for person in 0..5 {
        send(&world, person);
    }
    assert_eq!(known(&world).0, "outage");
    let attempts = || world.events().iter().map(|event| number(&event["attempts"])).sum::<i64>();
    let before = attempts();
    assert!(before <= 5, "{:#?}", world.events());
    for half_day in 0..14 {
        world.advance(seconds(12 * 3600));
        world.drain_and_rest();
        if half_day % 4 == 0 {
            send(&world, 5 + half_day);
        }
    }
    assert!(world.events().iter().all(|event| event["state"] == "waiting"), "{:#?}", world.events());
    assert_eq!(attempts(), before, "no try is counted: {:#?}", world.events());
    world.crm.set_faults(Faults::default());
    world.advance(seconds(31));
    world.drain_and_rest();
    // Those whose hour had come before the CRM was well.
    world.await_all_done();
    assert_eq!(world.user_count(), 1 + 5 + 4);
}

#[test]
fn an_outage_of_a_week_loses_nothing_on_mariadb() {
    an_outage_of_a_week_loses_nothing(Database::MariaDb);
}

#[test]
fn an_outage_of_a_week_loses_nothing_on_sqlite() {
    an_outage_of_a_week_loses_nothing(Database::Sqlite);
}

fn refused_credentials(database: Database) {
    let world = World::with(|site| site.database(database));
    let cookie = admin(&world);
    world.crm.set_faults(refusal());
    let first = send(&world, 0);
    assert_eq!(known(&world).0, "refusal", "at the first one");
    assert_eq!(number(&world.event_of(&first)["attempts"]), 0, "it is no try");
    let page = dashboard(&world, &cookie);
    assert!(page.contains("id=\"agile-bridge-crm\"") && page.contains("refuses the credentials"), "the admin is told");
    world.crm.reset_counts();
    send(&world, 1);
    for _ in 0..2 {
        world.advance(seconds(29 * 60));
        world.drain_and_rest();
        expect_asked(&world, false, "within the hour");
    }
    world.advance(seconds(5 * 60));
    world.drain_and_rest();
    expect_asked(&world, true, "after an hour");
    world.advance(seconds(55 * 60));
    world.drain_and_rest();
    expect_asked(&world, false, "within the next hour");
    world.crm.set_faults(Faults::default());
    world.advance(seconds(6 * 60));
    world.drain_and_rest();
    world.await_all_done();
    assert_eq!((known(&world).0, world.user_count()), (String::new(), 3), "{:#?}", world.events());
    assert!(!dashboard(&world, &cookie).contains("id=\"agile-bridge-crm\""));
}

#[test]
fn refused_credentials_on_mariadb() {
    refused_credentials(Database::MariaDb);
}

#[test]
fn refused_credentials_on_sqlite() {
    refused_credentials(Database::Sqlite);
}

/// Other settings deserve a try at once, and other wrong ones a refusal of their own.
#[test]
fn changed_settings_are_tried_at_once() {
    let world = World::new();
    let cookie = admin(&world);
    for (person, wrong) in ["wrong-1", "wrong-2"].into_iter().enumerate() {
        world.site.set_constant("AGILE_BRIDGE_API_KEY", wrong);
        world.crm.reset_counts();
        send(&world, person);
        // About the contact, and who we are.
        let asked = world.crm.counts().total;
        assert!((1..=2).contains(&asked), "{wrong}: {:?}", world.crm.counts());
        send(&world, person + 10);
        world.drain_and_rest();
        assert_eq!(world.crm.counts().total, asked, "{wrong}: {:?}", world.crm.counts());
        assert!(dashboard(&world, &cookie).contains("id=\"agile-bridge-crm\""));
    }
    world.site.set_constant("AGILE_BRIDGE_API_KEY", world.crm.api_key());
    // The one that met the refusal has its ten seconds; the hour is not waited for.
    world.advance(seconds(15));
    assert!(!dashboard(&world, &cookie).contains("id=\"agile-bridge-crm\""), "nobody knows yet that it is wrong");
    let (_, answer) = world.add(Contact::person("right@example.com"));
    world.expect(&answer, 200, "created", "");
    world.drain_and_rest();
    world.await_all_done();
    assert_eq!((known(&world).0, world.user_count()), (String::new(), 6), "{:#?}", world.events());
}

/// A refusal of one contact says nothing about the others: it is a failed try of that one.
#[test]
fn a_contact_that_is_refused_does_not_hold_up_the_others() {
    let world = World::new();
    let contacts_only = Some("GET contacts/{id}".to_owned());
    world.crm.set_faults(Faults {
        status: Some(403),
        only_route: contacts_only,
        only_next: Some(1),
        ..Faults::default()
    });
    let refused = send(&world, 0);
    assert_eq!(known(&world).0, "", "we are known to the CRM");
    let event = world.event_of(&refused);
    assert_eq!((&event["state"], number(&event["attempts"])), (&json!("waiting"), 1), "{event:#}");
    let (_, answer) = world.add(Contact::person("p1@example.com"));
    world.expect(&answer, 200, "created", "");
    world.catch_up();
    assert_eq!(world.user_count(), 3);
}

#[test]
fn what_was_given_up_is_told_to_who_can_do_something_about_it() {
    let world = World::new();
    let id = world.contact(Contact::person("ana@example.com"));
    world.crm.set_faults(Faults { html_200: true, ..Faults::default() });
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 202, "queued", "");
    world.await_rest();
    let cookie = admin(&world);
    world.existing_user("eve", "eve@example.com", "editor");
    let editor = world.site.login("eve", "a-long-password");
    assert!(!dashboard(&world, &cookie).contains("id=\"agile-bridge-dead\""), "it is tried again");
    world.site.sql("UPDATE wp_agile_bridge_events SET attempts = 7, due_at = 0");
    world.drain_and_rest();
    world.expect_event(&world.event(), "dead", "failed", "crm_unavailable");
    assert!(dashboard(&world, &cookie).contains("id=\"agile-bridge-dead\""));
    assert!(!dashboard(&world, &editor).contains("id=\"agile-bridge-dead\""), "it is not an editor's business");
    world.crm.set_faults(Faults::default());
    world.site.wp("return AgileBridge\\Plugin\\Inbox\\Replay::replay_dead_events();");
    assert!(!dashboard(&world, &cookie).contains("id=\"agile-bridge-dead\""));
    world.drain_and_rest();
    assert_eq!(world.user_with("ana@example.com")["agilecrm_contact_id"], json!(id));
}
