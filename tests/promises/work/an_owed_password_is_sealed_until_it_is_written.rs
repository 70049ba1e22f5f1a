//! A generated password that the CRM does not take undoes nobody: the user is there, the answer says so, and the password is
//! kept, sealed, and tried again by the schedule, for which an outage does not count; then it is wiped. What the CRM has in
//! the end opens the account.

use crate::stage::inbox::number;
use crate::stage::password::{FIELD, PUT, expect_nowhere};
use crate::stage::world::{World, ana};
use sandbox::Faults;
use serde_json::{Value, json};
use site::{Answer, Database};
use std::time::Duration;

const STEPS: [f64; 7] = [10.0, 60.0, 300.0, 1_800.0, 7_200.0, 21_600.0, 86_400.0];

fn world(database: Database) -> World {
    World::with(|site| site.database(database).constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)]))
}

/// The CRM takes no password, and is well otherwise.
fn refuses_the_write() -> Faults {
    Faults { status: Some(400), only_route: Some(format!("PUT {PUT}")), ..Faults::default() }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A user whose password the CRM did not take: the contact, the answer, the password as it was sent.
fn owed(world: &World) -> (u64, Answer, String) {
    world.crm.set_faults(refuses_the_write());
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    assert_eq!(answer.notes(), ["password_not_returned"], "{}", answer.json);
    let put = world.crm.requests().into_iter().rfind(|request| request.method == "PUT").expect("it was tried");
    let sent: Value = serde_json::from_str(&put.body).expect("JSON");
    (id.parse().expect("a number"), answer, sent["properties"][0]["value"].as_str().expect("a password").to_owned())
}

/// The event of the password.
#[track_caller]
fn debt(world: &World) -> Value {
    let event = world.events().into_iter().rfind(|event| event["action"] == "return_password");
    event.unwrap_or_else(|| panic!("nothing is owed: {:#?}", world.events()))
}

#[track_caller]
fn expect_sealed(world: &World, password: &str) {
    let event = debt(world);
    let owed: Value = serde_json::from_str(event["owed"].as_str().expect("something is owed")).expect("JSON");
    assert!(owed["password"].as_str().is_some_and(|sealed| sealed.starts_with("v1:")), "{owed}");
    expect_nowhere(world, password);
}

/// Whose account these open.
fn who(world: &World, password: &str) -> Value {
    world.wp_given(
        &json!(password),
        "$user = wp_authenticate('ana@example.com', $given); return is_wp_error($user) ? null : $user->ID;",
    )
}

fn tried_again_and_wiped(database: Database) {
    let world = world(database);
    let (id, answer, password) = owed(&world);
    world.await_rest();
    let user = world.user(answer.user_id().expect("a user"));
    assert_eq!((&user["roles"], &user["agilecrm_tags"]), (&json!(["subscriber"]), &json!(["Lead"])), "a whole user");
    world.expect_event(&world.events()[0], "done", "created", "");
    for (attempts, step) in (0..).zip(&STEPS[..4]) {
        let event = debt(&world);
        assert_eq!((&event["state"], number(&event["attempts"])), (&json!("waiting"), attempts), "{event:#}");
        #[expect(clippy::cast_precision_loss, reason = "minutes, in milliseconds")]
        let delay = (number(&event["due_at"]) - number(&event["updated_at"])) as f64 / 1000.0;
        assert!((0.8 * step - 0.01..=1.2 * step + 0.01).contains(&delay), "{delay} s, not {step}");
        expect_sealed(&world, &password);
        if attempts == 3 {
            world.crm.set_faults(Faults::default());
        }
        world.advance(Duration::from_secs_f64(world.due_in(&event).max(0.0) + 0.5));
        world.drain_and_rest();
    }
    let event = debt(&world);
    world.expect_event(&event, "done", "updated", "");
    assert_eq!((&event["owed"], &event["open_key"]), (&Value::Null, &Value::Null), "it is wiped");
    assert_eq!(world.crm.property(id, FIELD).as_deref(), Some(&*password));
    assert_eq!(who(&world, &password), answer.json["wp_user_id"]);
    expect_nowhere(&world, &password);
    world.crm.reset_counts();
    world.advance(seconds(86_400));
    assert_eq!((world.drain(), world.crm.counts().total), (0, 0));
}

#[test]
fn tried_again_and_wiped_on_mariadb() {
    tried_again_and_wiped(Database::MariaDb);
}

#[test]
fn tried_again_and_wiped_on_sqlite() {
    tried_again_and_wiped(Database::Sqlite);
}

/// Given up like every event, and wiped: nobody can replay it.
#[test]
fn given_up_in_the_end() {
    let world = world(Database::MariaDb);
    let (_, answer, password) = owed(&world);
    world.await_rest();
    for _ in 0..7 {
        assert_eq!(debt(&world)["state"], "waiting", "{:#?}", debt(&world));
        world.advance(Duration::from_secs_f64(world.due_in(&debt(&world)).max(0.0) + 0.5));
        world.drain_and_rest();
    }
    let event = debt(&world);
    world.expect_event(&event, "dead", "failed", "password_not_returned");
    assert_eq!(event["owed"], Value::Null, "it is wiped");
    assert_eq!(world.crm.counts().of("PUT", PUT), 8, "eight tries: {:?}", world.crm.counts());
    expect_nowhere(&world, &password);
    let replayed = world.wp_given(
        &event["id"],
        "return [AgileBridge\\Plugin\\Inbox\\Replay::replay_event((int) $given), AgileBridge\\Plugin\\Inbox\\Replay::replay_dead_events()];",
    );
    assert_eq!(replayed, json!([false, 0]));
    // The user is there all the same.
    assert_eq!(world.user(answer.user_id().expect("a user"))["first_name"], "Ana");
}

fn an_outage_does_not_count(database: Database) {
    let world = world(database);
    let (id, answer, password) = owed(&world);
    world.await_rest();
    world.crm.set_faults(Faults { status: Some(503), ..Faults::default() });
    for _ in 0..20 {
        world.advance(seconds(6 * 3600));
        world.drain_and_rest();
        let event = debt(&world);
        assert_eq!((&event["state"], number(&event["attempts"])), (&json!("waiting"), 0), "{event:#}");
    }
    expect_sealed(&world, &password);
    world.crm.set_faults(Faults::default());
    world.advance(seconds(120));
    world.drain_and_rest();
    world.await_all_done();
    world.expect_event(&debt(&world), "done", "updated", "");
    assert_eq!(world.crm.property(id, FIELD).as_deref(), Some(&*password));
    assert_eq!(who(&world, &password), answer.json["wp_user_id"]);
}

#[test]
fn an_outage_does_not_count_on_mariadb() {
    an_outage_does_not_count(Database::MariaDb);
}

#[test]
fn an_outage_does_not_count_on_sqlite() {
    an_outage_does_not_count(Database::Sqlite);
}

/// Where the CRM says nothing of use about the contact either, it is not known to be gone: tried again like any failure.
#[test]
fn a_contact_that_cannot_be_asked_for_is_not_gone() {
    let world = world(Database::MariaDb);
    let (id, _, password) = owed(&world);
    world.await_rest();
    let contact = world.crm.contact(id).expect("the contact");
    world.crm.replace_contact(id, json!(["no contact"]));
    for attempts in 0..4 {
        let event = debt(&world);
        assert_eq!((&event["state"], number(&event["attempts"])), (&json!("waiting"), attempts), "{event:#}");
        assert_eq!(number(&event["crashes"]), 0, "nobody was killed: {event:#}");
        world.advance(Duration::from_secs_f64(world.due_in(&event).max(0.0) + 0.5));
        world.drain_and_rest();
    }
    expect_sealed(&world, &password);
    world.crm.replace_contact(id, contact);
    world.crm.set_faults(Faults::default());
    world.catch_up();
    assert_eq!(world.crm.property(id, FIELD).as_deref(), Some(&*password));
}

/// Credentials that are refused meanwhile are an outage of their own kind.
#[test]
fn nor_do_credentials_that_are_refused() {
    let world = world(Database::MariaDb);
    let (id, _, password) = owed(&world);
    world.await_rest();
    world.crm.set_faults(Faults { unauthorized: Some(sandbox::Form::Json), ..Faults::default() });
    for _ in 0..12 {
        world.advance(seconds(3 * 3600));
        world.drain_and_rest();
        assert_eq!((&debt(&world)["state"], number(&debt(&world)["attempts"])), (&json!("waiting"), 0));
    }
    world.crm.set_faults(Faults::default());
    world.catch_up();
    assert_eq!(world.crm.property(id, FIELD).as_deref(), Some(&*password));
}

/// A seal that does not open any more is the end of the password, and of nothing else.
#[test]
fn changed_salts_lose_it_and_nothing_else() {
    let world = world(Database::MariaDb);
    let (id, _, password) = owed(&world);
    world.await_rest();
    world.crm.set_faults(Faults::default());
    world.site.set_constant("AUTH_KEY", "another secret key than the one it was sealed with");
    world.crm.reset_counts();
    world.catch_up();
    world.expect_event(&debt(&world), "dead", "failed", "");
    assert_eq!((&debt(&world)["owed"], world.crm.counts().of("PUT", PUT)), (&Value::Null, 0));
    assert_eq!(world.crm.property(id, FIELD), None);
    expect_nowhere(&world, &password);
    world.expect(&world.site.webhook("update", &[("contact_id", &id.to_string())]), 200, "unchanged", "");
}
