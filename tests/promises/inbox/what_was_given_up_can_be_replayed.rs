//! What was given up can be sent through once more, one event or all of them, by code and by a button of the settings screen:
//! as the webhook said it, and without harm however often it is done.

use crate::stage::inbox::{at_once, number};
use crate::stage::world::{World, ana, nonce};
use sandbox::Contact;
use serde_json::{Value, json};
use site::{Database, Request, form};

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=advanced";
const BUTTON: &str = "Process those given up again";
const FORM: &str = "application/x-www-form-urlencoded";

/// Calls a function of `inbox/replay.php`.
fn call(world: &World, function: &str) -> Value {
    world.site.wp(&format!("return AgileBridge\\Plugin\\Inbox\\Replay::{function};"))
}

/// A webhook that was given up, as the retry schedule leaves one.
fn give_up(world: &World, parameters: &[(&str, &str)]) -> i64 {
    world.pause(true);
    world.expect(&world.site.webhook("add", parameters), 202, "queued", "");
    world.pause(false);
    let id = number(&world.events().pop().expect("an event")["id"]);
    let message = "\"Agile CRM: it answered with no contact <b>\"";
    world.site.sql(&format!(
        "UPDATE wp_agile_bridge_events SET state = 'dead', open_key = NULL, status = 'failed', code = 'crm_unavailable', \
         attempts = 8, message = '{message}' WHERE id = {id}"
    ));
    id
}

fn state(world: &World, id: i64) -> (String, String) {
    let row = &world.site.sql(&format!("SELECT state, code FROM wp_agile_bridge_events WHERE id = {id}"))[0];
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    (text("state"), text("code"))
}

fn one_event(database: Database) {
    let world = World::with(|site| site.database(database));
    let id = world.contact(ana());
    let dead = give_up(&world, &[("contact_id", &id), ("role", "author"), ("send_notification", "1")]);
    assert_eq!(call(&world, &format!("replay_event({dead})")), true);
    assert_eq!(state(&world, dead), ("done".into(), "replayed".into()));
    let event = world.event_of(&id);
    let words = ["state", "action", "role", "origin"].map(|name| event[name].as_str().unwrap_or_default());
    assert_eq!(words, ["waiting", "add", "\"author\"", "replay"], "as the webhook said it: {event:#}");
    assert_eq!((number(&event["send_notification"]), number(&event["attempts"])), (1, 0));
    // Once more, before and after it is done: one event is open, one user is made, one mail is sent.
    assert_eq!(call(&world, &format!("replay_event({dead})")), true);
    assert_eq!(
        call(&world, &format!("replay_event({})", event["id"].as_str().map_or(event["id"].to_string(), Into::into))),
        false,
        "it is open"
    );
    assert_eq!(world.events().len(), 2, "{:#?}", world.events());
    assert_eq!(world.drain(), 1);
    assert_eq!(world.user(2)["roles"], json!(["author"]));
    for _ in 0..2 {
        assert_eq!(call(&world, &format!("replay_event({dead})")), true);
        world.drain_and_rest();
        world.expect_event(&world.event_of(&id), "done", "unchanged", "");
    }
    assert_eq!((world.user_count(), world.site.mails().len()), (2, 1));
    assert_eq!(call(&world, "replay_event(4711)"), false, "no such event");
}

#[test]
fn one_event_on_mariadb() {
    one_event(Database::MariaDb);
}

#[test]
fn one_event_on_sqlite() {
    one_event(Database::Sqlite);
}

/// What a later webhook has repaired stays as the later one left it.
#[test]
fn what_was_repaired_since_is_not_undone() {
    let world = World::new();
    let id = world.contact(ana());
    let dead = give_up(&world, &[("contact_id", &id)]);
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 200, "created", "");
    world.crm.set_property(id.parse().expect("a number"), "SYSTEM", "first_name", "", "Anna");
    world.expect(&world.site.webhook("update", &[("contact_id", &id)]), 200, "updated", "");
    let users = world.user_tables();
    assert_eq!(call(&world, &format!("replay_event({dead})")), true);
    world.drain_and_rest();
    world.expect_event(&world.event_of(&id), "done", "unchanged", "");
    assert_eq!(world.user_tables(), users);
}

/// A role and the welcome mail are the word of one webhook, and a later one has had its own.
#[test]
fn a_later_webhook_has_the_last_word() {
    let world = World::new();
    let id = world.contact(ana());
    let early = give_up(&world, &[("contact_id", &id), ("role", "contributor"), ("send_notification", "1")]);
    let answer = world.site.webhook("add", &[("contact_id", &id), ("role", "author")]);
    world.expect(&answer, 200, "created", "");
    let roles = || world.user(2)["roles"].clone();
    assert_eq!(call(&world, &format!("replay_event({early})")), true);
    world.drain_and_rest();
    assert_eq!((roles(), world.site.mails().len()), (json!(["author"]), 0), "{:#?}", world.events());

    // The same where the later one still waits; what it says itself it keeps.
    let early = give_up(&world, &[("contact_id", &id), ("role", "contributor")]);
    world.pause(true);
    world.expect(&world.site.webhook("update", &[("contact_id", &id), ("role", "subscriber")]), 202, "queued", "");
    assert_eq!(call(&world, &format!("replay_event({early})")), true);
    world.pause(false);
    world.drain_and_rest();
    assert_eq!(roles(), json!(["subscriber"]), "{:#?}", world.events());
}

fn all_of_them(database: Database) {
    let world = World::with(|site| site.database(database));
    let people: Vec<_> =
        (0..3).map(|number| world.contact(Contact::person(&format!("p{number}@example.com")))).collect();
    world.expect(&world.site.webhook("add", &[("contact_id", &people[0])]), 200, "created", "");
    let by_email = Contact::person("mail@example.com").first_name("Mail");
    world.contact(by_email);
    let mut dead: Vec<_> = people[1..].iter().map(|id| give_up(&world, &[("contact_id", id)])).collect();
    dead.push(give_up(&world, &[("email", "Mail@example.com")]));
    // A password that was wiped is gone.
    let wiped = give_up(&world, &[("contact_id", &people[0])]);
    world.site.sql(&format!("UPDATE wp_agile_bridge_events SET action = 'return_password' WHERE id = {wiped}"));
    let counts = call(&world, "count_events()");
    assert_eq!((&counts["dead"], &counts["waiting"], &counts["done"]), (&json!(3), &json!(0), &json!(1)), "{counts}");
    // Two admins press the button at the same moment.
    let replayed = at_once(2, |_| call(&world, "replay_dead_events()"));
    assert!(replayed.iter().map(number).sum::<i64>() >= 3, "{replayed:?}");
    assert_eq!(call(&world, "replay_dead_events()"), 0, "{:#?}", world.events());
    for id in dead {
        assert_eq!(state(&world, id), ("done".into(), "replayed".into()));
    }
    assert_eq!(state(&world, wiped).0, "dead");
    world.drain_and_rest();
    world.await_all_done();
    assert_eq!(world.user_count(), 5, "{:#?}", world.events());
    assert_eq!(world.user_with("mail@example.com")["first_name"], "Mail");
    assert_eq!(world.crm.counts().total, 4, "one request each: {:?}", world.crm.requests());
}

#[test]
fn all_of_them_on_mariadb() {
    all_of_them(Database::MariaDb);
}

#[test]
fn all_of_them_on_sqlite() {
    all_of_them(Database::Sqlite);
}

/// More than are read at once.
#[test]
fn hundreds_of_them() {
    let world = World::new();
    give_up(&world, &[("contact_id", "1000")]);
    world.site.sql(
        "INSERT INTO wp_agile_bridge_events (state, action, contact_id, message) \
         WITH RECURSIVE n AS (SELECT 1001 AS n UNION ALL SELECT n + 1 FROM n WHERE n < 1600) \
         SELECT 'dead', 'update', n, '' FROM n",
    );
    assert_eq!(call(&world, "replay_dead_events()"), 601);
    let counts = call(&world, "count_events()");
    assert_eq!((&counts["dead"], &counts["waiting"]), (&json!(0), &json!(601)), "{counts}");
}

#[test]
fn the_settings_screen_has_a_button_for_it() {
    let world = World::new();
    let ids = [0, 1].map(|number| world.contact(Contact::person(&format!("p{number}@example.com"))));
    let cookie = world.site.login(site::ADMIN.0, site::ADMIN.1);
    let screen = |target: &str| {
        let answer = world.site.send(&Request::new("GET", target).header("Cookie", &cookie));
        assert_eq!(answer.status, 200, "{}", world.site.log());
        answer.body()
    };
    assert!(!screen(SCREEN).contains(BUTTON), "there is nothing to process again");
    for id in &ids {
        give_up(&world, &[("contact_id", id)]);
    }
    let page = screen(SCREEN);
    for told in [BUTTON, &*ids[0], &*ids[1], "it answered with no contact &lt;b&gt;", "id=\"agile-bridge-dead\""] {
        assert!(page.contains(told), "the page does not tell {told}");
    }
    let nonce = nonce(&page, "id=\"agile-bridge-replay_dead-form\"");
    let press = |nonce: &str| {
        let fields = [("agile_bridge_action", "replay_dead"), ("_wpnonce", nonce)];
        world.site.send(&Request::new("POST", SCREEN).header("Cookie", &cookie).body(FORM, form(&fields)))
    };
    assert_eq!(press("0123456789").status, 403, "only from the page itself");
    let counts = call(&world, "count_events()");
    assert_eq!(counts["dead"], 2);
    let answer = press(&nonce);
    assert_eq!(answer.status, 302, "{}", answer.body());
    let target = answer.header("Location").expect("an address").replace(&world.site.url(), "");
    let page = screen(&target);
    assert!(page.contains("agile-bridge-result") && page.contains("are stored anew"), "it says what was done");
    assert!(!page.contains(BUTTON) && !page.contains("id=\"agile-bridge-dead\""));
    world.drain_and_rest();
    assert_eq!(world.user_count(), 3, "{:#?}", world.events());
}
