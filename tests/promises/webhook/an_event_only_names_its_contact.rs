//! Method Two sends an event whose content nobody vouches for: its id, its type and its name are used, and the contact is
//! fetched. A deal's id is never used as a contact's.

use crate::stage::world::{World, ana};
use sandbox::{Contact, event};
use serde_json::{Value, json};
use site::{Answer, Request};

fn post(world: &World, parameters: &[(&str, &str)], body: &str) -> Answer {
    let target = world.site.webhook_target("add", parameters);
    world.site.answer(&Request::new("POST", &target).body("application/json", body))
}

#[test]
fn its_id_is_enough_and_nothing_else_is_believed() {
    let world = World::new();
    let id = world.contact(ana());
    let lie = json!({"eventName": event::CONTACT_UPDATED, "role": "administrator", "eventData": {
        "id": id.parse::<u64>().expect("an id"), "type": "PERSON", "tags": ["Administrator"], "role": "administrator",
        "properties": [{"type": "SYSTEM", "name": "email", "value": "admin@example.org"}, {"name": "first_name", "value": "Eve"}]}});
    let answer = world.site.webhook_json("add", &[], &lie);
    world.expect(&answer, 200, "created", "");
    let user = world.user(answer.user_id().expect("a user"));
    assert_eq!((&user["user_email"], &user["first_name"]), (&json!("ana@example.com"), &json!("Ana")));
    assert_eq!((&user["agilecrm_tags"], &user["roles"]), (&json!(["Lead"]), &json!(["subscriber"])));

    let whole =
        json!({"eventName": event::CONTACT_CREATED, "eventData": world.crm.event_data(id.parse().expect("an id"))});
    let deep = |levels: usize| {
        format!(r#"{{"eventData": {{"id": {id}, "x": {}1{}}}}}"#, "[".repeat(levels - 2), "]".repeat(levels - 2))
    };
    for body in [
        whole.to_string(),
        format!(r#"{{"eventName": "Contact is Updated", "eventData": {{"id": "{id}", "type": "PERSON"}}}}"#),
        format!(r#"{{"eventName": "Contact is Merged", "eventData": {{"id": {id}}}}}"#),
        format!(r#"{{"eventName": null, "eventData": {{"id": {id}, "type": null}}}}"#),
        format!(r#"{{"eventData": {{"id": {id}, "type": "", "x": 1, "x": 2}}}}"#),
        deep(128),
    ] {
        world.crm.reset_counts();
        let answer = post(&world, &[], &body);
        assert_eq!(
            (answer.status, answer.wp_status()),
            (200, "unchanged"),
            "{body}: {}\n{}",
            answer.json,
            world.site.log()
        );
        assert_eq!(world.crm.counts().of("GET", "contacts/{id}"), 1, "{body}");
        // Named twice by the same id, once as a text and once as a number.
        world.expect(&post(&world, &[("contact_id", &id)], &body), 200, "unchanged", "");
    }

    // An address in the URL names the contact, and the event does not.
    let bo = world.contact(Contact::person("bo@example.com").first_name("Bo"));
    let answer = post(&world, &[("email", "bo@example.com")], &whole.to_string());
    world.expect(&answer, 200, "created", "");
    assert_eq!(answer.contact_id(), Some(&*bo), "{}", answer.json);

    world.crm.reset_counts();
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "ID",
        r#"{"eventName": "Contact is Created"}"#,
        r#"{"eventData": {}}"#,
        r#"{"eventData": [ID]}"#,
        r#"["Contact is Created", {"id": ID}]"#,
        r#"{"eventData": {"id": null}}"#,
        r#"{"eventData": {"id": true}}"#,
        r#"{"eventData": {"id": [ID]}}"#,
        r#"{"eventData": {"id": -ID}}"#,
        r#"{"eventData": {"id": ID.0}}"#,
        r#"{"eventData": {"id": ID.5}}"#,
        r#"{"eventData": {"id": 1e3}}"#,
        r#"{"eventData": {"id": " ID"}}"#,
        r#"{"eventData": {"id": "0ID"}}"#,
        r#"{"eventData": {"id": 0}}"#,
        r#"{"eventData": {"id": 9223372036854775808}}"#,
        r#"{"eventData": {"id": ID}} {}"#,
        r#"{"eventData": {"id": ID},}"#,
        r#"{"eventData": {"id": ID}, "eventData": {"id": ID}}"#,
        r#"{"eventData": {"id": ID, "id": ID}}"#,
        r#"{"eventData": {"id": ID, "type": "PERSON", "type": "COMPANY"}}"#,
        r#"{"eventName": "Contact is Created", "eventName": "Opportunity is Created", "eventData": {"id": ID}}"#,
        &deep(129),
        &"[".repeat(200_000),
    ] {
        let body = body.replace("ID", &id);
        let answer = post(&world, &[], &body);
        let start: String = body.chars().take(100).collect();
        assert_eq!(
            (answer.status, answer.wp_code()),
            (400, "invalid_request"),
            "{start}: {}\n{}",
            answer.json,
            world.site.log()
        );
        assert_eq!(answer.wp_status(), "rejected", "{start}");
    }
    let answer = post(&world, &[("contact_id", &bo)], &whole.to_string());
    world.expect(&answer, 400, "rejected", "invalid_request");
    assert_eq!(world.crm.counts().total, 0, "{:?}", world.crm.requests());
}

#[test]
fn deals_and_companies_are_politely_ignored() {
    let world = World::new();
    // A deal whose id a contact has as well: the two are numbered apart.
    let id = world.contact(ana());
    let number: u64 = id.parse().expect("an id");
    let deal = event::deal(number, "A deal", &[number]);
    let ignored = |parameters: &[(&str, &str)], body: &Value, code: &str| {
        for action in ["add", "update", "update_tags"] {
            let answer = world.site.webhook_json(action, parameters, body);
            let got = (answer.status, answer.wp_status(), answer.wp_code(), answer.success());
            assert_eq!(got, (200, "ignored", code, true), "{action} {body}: {}\n{}", answer.json, world.site.log());
            assert_eq!(answer.user_id(), None);
        }
    };

    for body in [
        json!({"eventName": event::DEAL_CREATED, "eventData": deal}),
        json!({"eventName": event::DEAL_UPDATED, "eventData": {"id": number}}),
        json!({"eventName": "Opportunity is Deleted", "eventData": {"id": number, "type": "PERSON"}}),
        json!({"eventName": "Something new", "eventData": deal}),
        json!({"eventData": {"id": number, "type": "PERSON", "contact_ids": []}}),
    ] {
        ignored(&[], &body, "deal_event");
        ignored(&[("contact_id", &id)], &body, "deal_event");
    }
    assert_eq!(world.crm.counts().total, 0, "{:?}", world.crm.requests());

    let company = world.crm.create_contact(Contact::company("Acme"));
    let lead = world.crm.create_contact(Contact::of_type("LEAD").email("work", "lead@example.com"));
    for (id, kind) in [(company, "COMPANY"), (lead, "LEAD")] {
        ignored(
            &[],
            &json!({"eventName": event::CONTACT_CREATED, "eventData": {"id": id, "type": kind}}),
            "not_a_person",
        );
        // What the event leaves out, or gets wrong, the fetched contact tells.
        ignored(&[], &json!({"eventName": event::CONTACT_CREATED, "eventData": {"id": id}}), "not_a_person");
        ignored(
            &[],
            &json!({"eventName": event::CONTACT_CREATED, "eventData": {"id": id, "type": "PERSON"}}),
            "not_a_person",
        );
        let answer = world.site.webhook("add", &[("contact_id", &id.to_string())]);
        world.expect(&answer, 200, "ignored", "not_a_person");
    }
    let answer = world.site.webhook("add", &[("email", "lead@example.com")]);
    world.expect(&answer, 200, "ignored", "not_a_person");
    assert_eq!(world.user_count(), 1);
}
