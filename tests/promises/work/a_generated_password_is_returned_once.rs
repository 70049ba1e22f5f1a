//! Return password: a generated password, and no other, is written once to the named field of the contact, after the user
//! is stored and before the answer, so that the campaign's next node can mail it. Where the CRM does not take it then, it is
//! kept sealed, written as soon as the CRM does, and forgotten.

use crate::stage::password::{FIELD, PUT, who};
use crate::stage::world::{World, ana};
use sandbox::{Contact, Error500, Faults, Form, Webhook};
use serde_json::{Value, json};
use site::Answer;
use std::time::Duration;

fn world() -> World {
    World::with(|site| {
        site.constants(&[("AGILE_BRIDGE_RETURN_PASSWORD_FIELD", FIELD)]).field_map(&[("Secret", "user_pass")])
    })
}

fn add(world: &World, contact: Contact) -> (u64, Answer) {
    let id = world.crm.create_contact(contact);
    let answer = world.site.webhook("add", &[("contact_id", &id.to_string())]);
    assert_eq!((answer.status, answer.wp_status()), (200, "created"), "{}\n{}", answer.json, world.site.log());
    (id, answer)
}

#[test]
fn only_a_generated_password_and_only_once() {
    let world = world();
    let crm = &world.crm;

    let (id, answer) = add(&world, ana());

    let password = crm.property(id, FIELD).expect("the password is there when the answer is");
    assert!(password.len() == 24 && password.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{password}");
    assert_eq!(who(&world, "ana@example.com", &password), answer.json["wp_user_id"]);
    assert!(world.site.login("ana@example.com", &password).contains("wordpress_logged_in"));
    assert_eq!(answer.notes(), Vec::<String>::new());
    let counts = crm.counts();
    assert_eq!((counts.total, counts.of("PUT", PUT)), (2, 1), "one event, two requests: {counts:?}");
    let put = crm.requests().pop().expect("the last request");
    let sent: Value = serde_json::from_str(&put.body).expect("JSON");
    let property = json!({"type": "CUSTOM", "name": FIELD, "value": password});
    assert_eq!(sent, json!({"id": id, "properties": [property]}));
    assert_eq!(crm.complaints(), Vec::<String>::new());
    // Nowhere else in clear.
    assert!(!answer.response.body().contains(&password));
    assert!(!world.rows().iter().any(|row| row.contains(&password)), "the password is in the database");
    assert!(!world.site.logs().contains(&password), "the password is in a log");

    // Her next events, a user who is there already, and a password of the CRM's own: nothing is written back.
    crm.reset_counts();
    for action in ["add", "update", "update_tags"] {
        let answer = world.site.webhook(action, &[("contact_id", &id.to_string())]);
        assert_eq!(answer.wp_status(), "unchanged", "{}\n{}", answer.json, world.site.log());
    }
    world.existing_user("known", "known@example.com", "subscriber");
    let known = world.contact(Contact::person("known@example.com"));
    assert_eq!(world.site.webhook("add", &[("contact_id", &known)]).wp_status(), "updated");
    let (_, answer) = add(&world, Contact::person("own@example.com").custom("Secret", "a password of her own"));
    assert_eq!(who(&world, "own@example.com", "a password of her own"), answer.json["wp_user_id"]);
    assert_eq!(crm.counts().of("PUT", PUT), 0, "{:?}", crm.requests());

    // Too short a one is refused; the one generated in its place is returned.
    let (id, answer) = add(&world, Contact::person("short@example.com").custom("Secret", "short"));
    assert_eq!(answer.notes(), ["password_refused"]);
    let password = crm.property(id, FIELD).expect("the password is there");
    assert_eq!(who(&world, "short@example.com", &password), answer.json["wp_user_id"]);
    assert_eq!(who(&world, "short@example.com", "short"), Value::Null);
}

#[test]
fn the_webhook_that_the_write_brings_finds_nothing_to_do() {
    let world = world();
    let id = world.contact(ana());
    let url = format!("{}{}", world.site.url(), world.site.webhook_target("add", &[]));
    world.crm.set_webhook(Some(Webhook::to(url)));

    let answer = world.site.webhook("add", &[("contact_id", &id)]);

    assert_eq!((answer.status, answer.wp_status()), (200, "created"), "{}\n{}", answer.json, world.site.log());
    let deliveries = world.crm.wait_for_deliveries(1, Duration::from_secs(10));
    assert_eq!(deliveries.len(), 1, "{deliveries:?}");
    let echo = deliveries[0].json();
    assert_eq!((&echo["wp_status"], &echo["wp_user_id"]), (&json!("unchanged"), &answer.json["wp_user_id"]), "{echo}");
    // And that is the end of it: no third event, no second password, no second user.
    assert_eq!(world.crm.counts().of("PUT", PUT), 1, "{:?}", world.crm.counts());
    assert_eq!(world.crm.wait_for_deliveries(2, Duration::from_millis(500)).len(), 1);
    assert_eq!(world.user_count(), 2);
}

#[test]
fn a_password_that_cannot_be_returned_undoes_nobody() {
    let world = world();
    let none = Faults::default;
    let on_the_write = |faults: Faults| Faults { only_route: Some(format!("PUT {PUT}")), ..faults };
    let done_but_500 = || Faults { error_500: Some(Error500 { after_write: true, ..Error500::json() }), ..none() };
    let returned: Vec<String> = Vec::new();
    let not_returned = vec!["password_not_returned".to_owned()];
    for (number, (what, faults, notes)) in [
        ("500", on_the_write(Faults { error_500: Some(Error500::html()), ..none() }), Some(&not_returned)),
        ("500, though it is done", on_the_write(done_but_500()), Some(&not_returned)),
        ("500 once, though it is done", on_the_write(Faults { only_next: Some(1), ..done_but_500() }), Some(&returned)),
        ("400", on_the_write(Faults { status: Some(400), ..none() }), Some(&not_returned)),
        ("401", on_the_write(Faults { unauthorized: Some(Form::Json), ..none() }), Some(&not_returned)),
        (
            "429",
            on_the_write(Faults { rate_limit: Some(sandbox::RateLimit::default()), ..none() }),
            Some(&not_returned),
        ),
        ("hang up", on_the_write(Faults { hang_up: true, ..none() }), Some(&not_returned)),
        ("slow write", on_the_write(Faults { latency: Duration::from_secs(20), ..none() }), Some(&not_returned)),
        ("stalled write", on_the_write(Faults { stalled_headers: true, ..none() }), Some(&not_returned)),
        // Whether the write still comes through is a matter of luck; that the answer is in time is not.
        ("slow read and slow write", Faults { latency: Duration::from_millis(2500), ..none() }, None),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("user{number}@example.com");
        world.crm.set_faults(faults);
        let (id, answer) = add(&world, Contact::person(&email).first_name("Ana").tag("Lead"));
        world.crm.set_faults(none());
        let put = || world.crm.requests().into_iter().rfind(|request| request.method == "PUT");
        let sent: Value = serde_json::from_str(&put().map(|put| put.body).unwrap_or_default()).unwrap_or_default();
        let sent = sent["properties"][0]["value"].as_str().unwrap_or("no password was sent").to_owned();
        let elapsed = answer.response.elapsed;
        assert!(elapsed < Duration::from_secs(4), "{what}: answered after {elapsed:?}");
        let user = world.user(answer.user_id().expect("a user"));
        assert_eq!((&user["user_email"], &user["first_name"]), (&json!(email), &json!("Ana")), "{what}");
        assert_eq!((&user["agilecrm_tags"], &user["roles"]), (&json!(["Lead"]), &json!(["subscriber"])), "{what}");
        if let Some(notes) = notes {
            assert_eq!(&answer.notes(), notes, "{what}: {}", answer.json);
        }
        // Written once more only where the CRM has not said that it is done.
        world.crm.reset_counts();
        world.catch_up();
        let retried = u64::from(answer.notes() == not_returned);
        assert_eq!(world.crm.counts().of("PUT", PUT), retried, "{what}: {:?}", world.crm.requests());
        assert_eq!(world.crm.counts().total, retried, "{what}: {:?}", world.crm.requests());
        let password = world.crm.property(id, FIELD).unwrap_or_else(|| panic!("{what}: {:#?}", world.events()));
        assert_eq!(who(&world, &email, &password), answer.json["wp_user_id"], "{what}: a password that opens nothing");
        for secret in [&sent, &password] {
            assert!(!world.site.logs().contains(secret), "{what}: the password is in a log");
            assert!(!json!(world.events()).to_string().contains(secret), "{what}: the password is in the inbox");
        }
        assert!(world.events().iter().all(|event| event["owed"].is_null()), "{what}: {:#?}", world.events());
    }
    // That is all: later events have nothing to return.
    world.crm.reset_counts();
    assert_eq!((world.drain(), world.crm.counts().total), (0, 0), "{:#?}", world.events());
}
