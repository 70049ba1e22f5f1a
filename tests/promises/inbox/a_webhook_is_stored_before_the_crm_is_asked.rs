//! Every authentic, well-formed webhook is a row of the inbox before anybody asks the CRM, and no secret is in that row. One
//! that cannot be stored is answered 5xx, and the CRM is not asked.

use crate::stage::inbox::number;
use crate::stage::world::{World, ana};
use sandbox::Faults;
use serde_json::{Value, json};
use site::{ACCESS_KEY, Database, Request};
use std::time::Duration;

/// Waits until the CRM was asked and has not answered yet.
fn await_the_question(world: &World) {
    while world.crm.counts().in_flight == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn stored_first(database: Database) {
    let world = World::with(|site| site.database(database));
    // Its tables are made by now.
    world.add(sandbox::Contact::person("first@example.com"));
    let id = world.contact(ana());
    world.crm.set_faults(Faults { latency: Duration::from_secs(2), ..Faults::default() });
    let parameters = [("contact_id", &*id), ("role", "author"), ("send_notification", "1")];
    let (answer, event, now) = std::thread::scope(|scope| {
        let webhook = scope.spawn(|| world.site.webhook_form("add", &parameters));
        await_the_question(&world);
        let event = world.event_of(&id);
        assert!(!webhook.is_finished(), "looked too late for this test");
        let now = world.now();
        (webhook.join().expect("an answer"), event, now)
    });
    world.expect(&answer, 200, "created", "");
    let words = ["state", "action", "role", "origin", "email"].map(|column| event[column].as_str().unwrap_or_default());
    assert_eq!(words, ["running", "add", "\"author\"", "webhook", ""], "{event:#}");
    let numbers = ["send_notification", "webhooks", "taken", "attempts", "crashes"].map(|name| number(&event[name]));
    assert_eq!(numbers, [1, 1, 1, 1, 0], "{event:#}");
    let lease = number(&event["lease_until"]) - now;
    assert!((1..=60_000).contains(&lease), "a minute's lease: {lease}");
    let owner = event["owner"].as_str().expect("an owner");
    assert!(owner.len() == 32 && owner.bytes().all(|byte| byte.is_ascii_hexdigit()), "{owner}");
    for row in [&event, &world.event_of(&id)] {
        let row = row.to_string();
        for secret in [ACCESS_KEY, world.crm.api_key()] {
            assert!(!row.contains(secret), "a secret is in the inbox: {row}");
        }
    }
    let done = world.event_of(&id);
    world.expect_event(&done, "done", "created", "");
    assert_eq!((&done["owner"], &done["open_key"], &done["owed"]), (&json!(""), &Value::Null, &Value::Null));
    assert_eq!(number(&done["user_id"]), i64::try_from(answer.user_id().expect("a user")).expect("an id"));
}

#[test]
fn stored_first_on_mariadb() {
    stored_first(Database::MariaDb);
}

#[test]
fn stored_first_on_sqlite() {
    stored_first(Database::Sqlite);
}

/// What is not about a contact, or not authentic, or not well-formed, is no event.
#[test]
fn nothing_else_is_stored() {
    let world = World::new();
    let id = world.contact(ana());
    world.add(sandbox::Contact::person("first@example.com"));
    let (known, rows) = (world.events().len(), world.rows());
    world.crm.reset_counts();
    world.expect(&world.site.webhook("test", &[]), 200, "ok", "");
    world.expect(&world.site.webhook("test", &[("contact_id", &id)]), 200, "ok", "");
    world.expect(&world.site.webhook("add", &[("contact_id", "0")]), 400, "rejected", "invalid_request");
    world.expect(&world.site.webhook("add", &[]), 400, "rejected", "invalid_request");
    world.expect(
        &world.site.webhook("add", &[("contact_id", &id), ("role[]", "x")]),
        400,
        "rejected",
        "invalid_request",
    );
    let deal = json!({"eventName": "Opportunity is Created", "eventData": {"id": 5_667_649_732_214_784_u64}});
    world.expect(&world.site.webhook_json("add", &[], &deal), 200, "ignored", "deal_event");
    let wrong = world.site.webhook_target("add", &[("contact_id", &id)]).replace(ACCESS_KEY, "another-key");
    world.expect(&world.site.answer(&Request::new("GET", &wrong)), 403, "rejected", "invalid_access_key");
    let target = world.site.webhook_target("add", &[("contact_id", &id)]);
    let post = |content_type: &str, bytes: usize| Request::new("POST", &target).body(content_type, " ".repeat(bytes));
    // (nginx has an answer of its own for the folder.)
    let put = Request::new("PUT", &format!("/index.php{}", &target[1..]));
    world.expect(&world.site.answer(&put), 405, "rejected", "method_not_allowed");
    world.expect(&world.site.answer(&post("application/json", 1_048_577)), 413, "rejected", "body_too_large");
    // (Where the URL names the contact, such a body is nobody's business.)
    let by_email = world.site.webhook_target("add", &[("email", "ana@example.com")]);
    let xml = Request::new("POST", &by_email).body("text/xml", "<x/>");
    world.expect(&world.site.answer(&xml), 415, "rejected", "unsupported_media_type");
    assert_eq!((world.events().len(), world.crm.counts().total), (known, 0), "{:#?}", world.events());
    // Nor anywhere else, but for the one record of refused keys.
    assert_eq!(world.changes_since(&rows), Vec::<String>::new());
}

#[test]
fn what_cannot_be_stored_is_told_and_asks_nobody() {
    let world = World::new();
    world.add(sandbox::Contact::person("first@example.com"));
    let known = world.events().len();
    let id = world.contact(ana());
    world.crm.reset_counts();
    world
        .site
        .sql("CREATE TRIGGER broken BEFORE INSERT ON wp_agile_bridge_events FOR EACH ROW SIGNAL SQLSTATE '45000'");
    for more in [&[][..], &[("async", "1")]] {
        let answer = world.site.webhook("add", &[&[("contact_id", &*id)], more].concat());
        world.expect(&answer, 503, "failed", "site_unavailable");
        assert!(answer.response.header("Retry-After").is_some(), "{:?}", answer.response.headers);
    }
    assert_eq!((world.events().len(), world.crm.counts().total), (known, 0));
    assert_eq!(world.user_with("ana@example.com"), Value::Null);
    world.site.sql("DROP TRIGGER broken");
    world.expect(&world.site.webhook("add", &[("contact_id", &id)]), 200, "created", "");
}
