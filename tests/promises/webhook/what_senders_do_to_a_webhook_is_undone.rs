//! What campaigns, copied addresses, proxies and redirects do to a request is understood, as long as it can mean one thing only.

use crate::stage::world::{World, ana};
use sandbox::Contact;
use serde_json::{Value, json};
use site::{ACCESS_KEY, Answer, Request};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=xxx";

fn get(world: &World, query: &str) -> Answer {
    world.site.answer(&Request::new("GET", &format!("/?access_key={ACCESS_KEY}&{query}")))
}

fn post(world: &World, query: &str, kind: &str, body: &str) -> Answer {
    let request = Request::new("POST", &format!("/?access_key={ACCESS_KEY}&{query}"));
    world.site.answer(&request.body(kind, body))
}

#[test]
fn beside_a_contact_id_no_address_is_looked_at() {
    let world = World::new();
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    for email in
        ["email=nobody", "email=", "email[]=a@b.co", "email=a@b.co&email=c@d.co", "email=%FF", "email=a%00b@c.co"]
    {
        let query = format!("wpf_action=update&contact_id={id}&{email}");
        world.expect(&get(&world, &query), 200, "unchanged", "");
        world.expect(&post(&world, "", FORM, &query), 200, "unchanged", "");
    }
}

#[test]
fn a_plus_and_what_nobody_sees_do_not_hide_an_address() {
    let world = World::new();
    let plus = world.contact(Contact::person("jane+news@example.com"));
    let marked = world.contact(Contact::person("\u{200b}zoe@example.com\u{200e}"));
    for (query, contact, status) in [
        ("wpf_action=add&email=jane+news@example.com", &plus, "created"),
        ("wpf_action=update&email=Jane+News%40Example.com+", &plus, "unchanged"),
        ("wpf_action=update&email=jane+news@example.com&email=jane%2Bnews@example.com", &plus, "unchanged"),
        ("wpf_action=update&email=%E2%80%8Bjane%2Bnews@example.com%EF%BB%BF", &plus, "unchanged"),
    ] {
        let answer = get(&world, query);
        world.expect(&answer, 200, status, "");
        assert_eq!(answer.contact_id(), Some(contact.as_str()), "{query}");
    }
    world.expect(&get(&world, "wpf_action=add&email=jane%20news@example.com"), 400, "rejected", "invalid_request");
    world.expect(&get(&world, &format!("wpf_action=add&contact_id={marked}")), 200, "created", "");
    assert_eq!(world.user_with("zoe@example.com")["agilecrm_contact_id"], json!(marked));
    world.expect(&get(&world, &format!("wpf_action=add&contact_id={marked}")), 200, "unchanged", "");
}

#[test]
fn a_role_may_arrive_escaped() {
    let world = World::with(|site| {
        site.mu_plugin_file(
            "roles.php",
            "<?php add_action('init', function () {
                add_role('family', 'Friends & Family', array('read' => true));
                add_role('stored', 'R&amp;D', array('read' => true));
                add_role('quoted', \"O'Brien's \\\"club\\\"\", array('read' => true));
            });",
        )
    });
    for (number, (role, expected)) in [
        ("Friends & Family", "family"),
        ("friends &amp; family", "family"),
        ("R&amp;D", "stored"),
        ("O&#39;Brien&#x27;s &quot;club&quot;", "quoted"),
        ("Friends &amp;amp; Family", ""),
        ("&#97;dministrator", ""),
        ("administrator", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("p{number}@example.com");
        let id = world.contact(Contact::person(&email));
        let answer = world.site.webhook("add", &[("contact_id", &id), ("role", role)]);
        world.expect(&answer, 200, "created", "");
        let refused: &[&str] = if expected.is_empty() { &["role_refused"] } else { &[] };
        assert_eq!(answer.notes(), refused, "{role}");
        let roles = if expected.is_empty() { json!(["subscriber"]) } else { json!([expected]) };
        assert_eq!(world.user_with(&email)["roles"], roles, "{role}");
    }
}

#[test]
fn json_is_json_whatever_its_type_says() {
    let world = World::new();
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let event = format!(r#"{{"eventName": "Contact is Updated", "eventData": {{"id": {id}, "type": "PERSON"}}}}"#);
    for kind in ["", FORM, "text/plain", "text/json", "application/vnd.agile+json; charset=utf-8"] {
        for before in ["", "\r\n ", "\u{feff}"] {
            let answer = post(&world, "wpf_action=update", kind, &format!("{before}{event}"));
            world.expect(&answer, 200, "unchanged", "");
            assert_eq!(answer.contact_id(), Some(id.as_str()), "{kind}");
        }
        let broken = post(&world, "wpf_action=update", kind, "{\"eventData\":");
        world.expect(&broken, 400, "rejected", "invalid_request");
    }
}

#[test]
fn where_the_url_names_the_contact_a_body_that_is_no_event_is_ignored() {
    let world = World::new();
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let query = format!("wpf_action=update&contact_id={id}");
    let part = "--xxx\r\nContent-Disposition: form-data; name=\"first_name\"\r\n\r\nEve\r\n--xxx--\r\n";
    for (kind, body) in [
        (MULTIPART, part),
        ("text/plain", "Ana Ruiz"),
        ("text/xml", "<contact/>"),
        ("application/json", "[]"),
        ("application/json", "{"),
        ("application/json", r#"{"first_name": "Ana", "eventData": {"id": "?"}}"#),
        ("application/octet-stream", "\u{1}"),
    ] {
        world.expect(&post(&world, &query, kind, body), 200, "unchanged", "");
        let status = post(&world, "wpf_action=update", kind, body).status;
        assert!(matches!(status, 400 | 415), "{kind} {body}: {status}");
    }
    // An event is one, and a form may not say otherwise than the URL.
    let other = r#"{"eventName": "Contact is Updated", "eventData": {"id": 5}}"#;
    world.expect(&post(&world, &query, "text/plain", other), 400, "rejected", "invalid_request");
    world.expect(&post(&world, &query, FORM, "contact_id=5"), 400, "rejected", "invalid_request");
}

#[test]
fn a_deal_is_one_in_any_case_and_what_has_no_readable_name_is_refused() {
    let world = World::new();
    let (id, answer) = world.add(ana());
    world.expect(&answer, 200, "created", "");
    let send = |name: &Value| {
        let body = json!({"eventName": name, "eventData": {"id": id, "type": "PERSON"}});
        world.site.webhook_json("update", &[], &body)
    };
    for name in ["OPPORTUNITY IS CREATED", "opportunity is updated", " Opportunity", "\topportunity\n"] {
        world.expect(&send(&json!(name)), 200, "ignored", "deal_event");
    }
    for name in [json!(5), json!(true), json!([]), json!({"Opportunity": 1})] {
        world.expect(&send(&name), 400, "rejected", "invalid_request");
    }
    world.expect(&send(&json!("contact is updated")), 200, "unchanged", "");
}

#[test]
fn who_lost_the_body_is_told_so() {
    let world = World::new();
    let redirected = |answer: &Answer| answer.json["message"].as_str().is_some_and(|text| text.contains("redirect"));
    for answer in [get(&world, "wpf_action=add"), post(&world, "wpf_action=add", "application/json", "")] {
        world.expect(&answer, 400, "rejected", "invalid_request");
        assert!(redirected(&answer), "{}", answer.json);
    }
    let answer = post(&world, "wpf_action=add", FORM, "role=author");
    world.expect(&answer, 400, "rejected", "invalid_request");
    assert!(!redirected(&answer), "{}", answer.json);
}
