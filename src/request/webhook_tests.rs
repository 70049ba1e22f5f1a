use super::*;
use crate::request::raw::MAX_BODY;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

const KEY: &str = "sesame-sesame";
const FORM_TYPE: &str = "application/x-www-form-urlencoded";

fn receive(request: Request<'_>) -> Received {
    let mut digest = String::new();
    for byte in Sha256::digest(KEY.as_bytes()) {
        write!(digest, "{byte:02x}").unwrap();
    }
    super::receive(&request, [digest.as_str()])
}

fn get(query: &str) -> Received {
    let query = format!("access_key={KEY}&{query}");
    receive(Request { method: b"GET", query: query.as_bytes(), ..Request::default() })
}

fn post(query: &str, content_type: &str, body: &str) -> Received {
    let query = format!("access_key={KEY}&{query}");
    let (content_type, body) = (content_type.as_bytes(), body.as_bytes());
    receive(Request { method: b"POST", query: query.as_bytes(), content_type, body })
}

fn accepted(received: Received) -> Webhook {
    match received {
        Received::Accepted(webhook) => webhook,
        other => panic!("not accepted: {other:?}"),
    }
}

fn status(received: &Received) -> u16 {
    match received {
        Received::Refused(refusal) => refusal.status,
        other => panic!("not refused: {other:?}"),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what a webhook holds")]
fn id(text: &str) -> Option<Named> {
    Some(Named::Id(ContactId::parse(text).unwrap()))
}

#[test]
fn only_an_exact_wpf_action_is_ours() {
    for query in ["", "wpf.action=add", "wpf_action[]=add", "WPF_ACTION=add", "x=wpf_action"] {
        assert_eq!(get(query), Received::NotOurs, "{query}");
    }
    assert_eq!(post("", "multipart/form-data; boundary=x", "wpf_action=add"), Received::NotOurs);
    assert_eq!(post("", "application/json", r#"{"wpf_action":"add"}"#), Received::NotOurs);
}

#[test]
fn refusals_come_in_the_contracts_order() {
    let query = b"wpf_action=nonsense&access_key=wrong-wrong".as_slice();
    let large = vec![b'x'; MAX_BODY + 1];
    let request = Request { method: b"PUT", query, content_type: b"text/xml", body: &large };
    assert_eq!(status(&receive(request)), 405);
    assert_eq!(status(&receive(Request { method: b"POST", ..request })), 403);
    let query = b"wpf_action=nonsense&access_key=sesame-sesame".as_slice();
    assert_eq!(status(&receive(Request { method: b"POST", query, ..request })), 413);
    assert_eq!(status(&receive(Request { method: b"POST", query, body: b"x", ..request })), 415);
    assert_eq!(status(&receive(Request { method: b"POST", query, body: b"", content_type: b"" })), 400);
    assert_eq!(status(&receive(Request { method: b"HEAD", query, ..request })), 405);
}

#[test]
fn the_key_is_read_from_the_query_or_a_form() {
    let form = format!("wpf_action=test&access_key={KEY}");
    let request = Request { method: b"POST", content_type: b"application/x-www-form-urlencoded", ..Request::default() };
    assert_eq!(accepted(receive(Request { body: form.as_bytes(), ..request })).action, Action::Test);
    let json =
        Request { query: b"wpf_action=test", content_type: b"application/json", body: form.as_bytes(), ..request };
    assert_eq!(status(&receive(json)), 403);
    for query in [
        "wpf_action=test&access_key=sesame-sesame&access_key=another-one",
        "wpf_action=test&access_key=sesame-sesame&access_key[]=sesame-sesame",
        "wpf_action=test&access_key=sesame-sesame%00",
        "wpf_action=test&access_key=%ff",
        "wpf_action=test&access_key=",
        "wpf_action=test",
    ] {
        let request = Request { method: b"GET", query: query.as_bytes(), ..Request::default() };
        assert_eq!(status(&receive(request)), 403, "{query}");
    }
    let same_twice = b"wpf_action=test&access_key=&access_key=sesame-sesame".as_slice();
    accepted(receive(Request { method: b"GET", query: same_twice, ..Request::default() }));
}

#[test]
fn a_large_form_holds_no_key() {
    let body = format!("wpf_action=add&access_key={KEY}&x={}", "x".repeat(MAX_BODY));
    let content_type = b"application/x-www-form-urlencoded".as_slice();
    let request = Request { method: b"POST", query: b"wpf_action=add", content_type, body: body.as_bytes() };
    assert_eq!(status(&receive(request)), 403);
    assert_eq!(status(&receive(Request { query: b"", ..request })), 403);
    assert_eq!(receive(Request { query: b"", content_type: b"text/plain", ..request }), Received::NotOurs);
}

#[test]
fn method_one_reads_the_same_parameters_from_query_and_form() {
    let parameters = "wpf_action=ADD&contact_id=5667649732214784&role=Shop+Manager&send_notification=YES&async=0";
    let expected = Webhook {
        action: Action::Add,
        contact: id("5667649732214784"),
        role: Some("Shop Manager".to_owned()),
        send_notification: Some(true),
        is_async: false,
        ignored: None,
    };
    assert_eq!(accepted(get(parameters)), expected);
    assert_eq!(accepted(post("", "Application/X-WWW-Form-Urlencoded; charset=UTF-8", parameters)), expected);
    assert_eq!(accepted(post("", "", parameters)), expected);
    assert_eq!(accepted(post(parameters, "application/json", "")), expected);
}

#[test]
fn method_two_reads_the_json_body() {
    let body = r#"{"eventName":"Contact is Updated","eventData":{"id":5667649732214784,"type":"PERSON"}}"#;
    assert_eq!(accepted(post("wpf_action=update", "application/json", body)).contact, id("5667649732214784"));
    assert_eq!(accepted(post("wpf_action=update", "", body)).contact, id("5667649732214784"));
    let company = r#"{"eventData":{"id":5,"type":"COMPANY"}}"#;
    assert_eq!(accepted(post("wpf_action=add", "application/json", company)).ignored, Some("not_a_person"));
    let deal = r#"{"eventName":"Opportunity is Created","eventData":{"id":5,"contact_ids":["7"]}}"#;
    let webhook = accepted(post("wpf_action=add", "application/json", deal));
    assert_eq!((webhook.ignored, webhook.contact), (Some("deal_event"), None));
    assert_eq!(status(&post("wpf_action=add", "application/json", "{")), 400);
}

#[test]
fn the_id_wins_over_the_email_and_the_email_over_the_body() {
    let body = r#"{"eventData":{"id":5}}"#;
    assert_eq!(accepted(get("wpf_action=add&contact_id=5&email=a@b.co")).contact, id("5"));
    let by_email = accepted(post("wpf_action=add&email=a@b.co", "application/json", body)).contact;
    assert_eq!(by_email, Some(Named::Email("a@b.co".to_owned())));
    assert_eq!(accepted(post("wpf_action=add&contact_id=5", "application/json", body)).contact, id("5"));
    assert_eq!(status(&post("wpf_action=add&contact_id=6", "application/json", body)), 400);
}

#[test]
fn malformed_parameters_are_named_and_their_values_are_not() {
    for (query, name) in [
        ("wpf_action=", "wpf_action"),
        ("wpf_action=delete", "wpf_action"),
        ("wpf_action=add&wpf_action=update", "wpf_action"),
        ("wpf_action=add&contact_id=12a", "contact_id"),
        ("wpf_action=add&contact_id=012", "contact_id"),
        ("wpf_action=add&contact_id=1&contact_id=2", "contact_id"),
        ("wpf_action=add&email=secret", "email"),
        ("wpf_action=add&email=secret%40ex%c3%a4mple.com", "email"),
        ("wpf_action=add&contact_id=1&role[]=secret", "role"),
        ("wpf_action=add&contact_id=1&async=%00", "async"),
        ("wpf_action=add&contact_id=1&send_notification=%ff", "send_notification"),
        ("wpf_action=add", "contact_id"),
        ("wpf_action=add&contact_id=", "contact_id"),
    ] {
        match get(query) {
            Received::Refused(Refusal { status: 400, code: "invalid_request", message }) => {
                assert!(message.contains(name) && !message.contains("secret"), "{query}: {message}");
            }
            other => panic!("{query}: {other:?}"),
        }
    }
}

#[test]
fn an_email_is_entity_decoded_once_and_trimmed() {
    let email = |query: &str| accepted(get(query)).contact;
    let named = |address: &str| Some(Named::Email(address.to_owned()));
    assert_eq!(email("wpf_action=add&email=O%26%2339%3BBrien%40Example.com+"), named("o'brien@example.com"));
    assert_eq!(email("wpf_action=add&email=a%2Bb%40example.com"), named("a+b@example.com"));
    // `&amp;amp;` decoded once is `&amp;`, and a semicolon is in no plain address.
    assert_eq!(status(&get("wpf_action=add&email=a%26amp%3Bamp%3Bb%40example.com")), 400);
}

#[test]
fn switches_are_on_or_off() {
    for (value, on) in
        [("true", true), ("1", true), ("Yes", true), ("ON", true), ("false", false), ("2", false), ("", false)]
    {
        assert_eq!(accepted(get(&format!("wpf_action=test&async={value}"))).is_async, on, "{value}");
    }
}

#[test]
fn beside_an_id_no_address_is_looked_at() {
    for email in
        ["email=nobody", "email[]=a@b.co", "email=a@b.co&email=c@d.co", "email=%ff%00", "email=%7B%7Bemail%7D%7D"]
    {
        assert_eq!(accepted(get(&format!("wpf_action=add&contact_id=5&{email}"))).contact, id("5"), "{email}");
        assert_eq!(status(&get(&format!("wpf_action=add&contact_id=x&{email}"))), 400, "{email}");
        assert_eq!(status(&get(&format!("wpf_action=add&contact_id=&{email}"))), 400, "{email}");
    }
}

#[test]
fn json_is_json_whatever_its_type_says() {
    let event = r#"{"eventName":"Contact is Updated","eventData":{"id":5}}"#;
    for kind in
        ["", "application/json", "text/plain", FORM_TYPE, "application/x-json; charset=utf-8", "multipart/form-data"]
    {
        for before in ["", " \r\n", "\u{feff}", "\n\u{feff}\n"] {
            let webhook = accepted(post("wpf_action=add", kind, &format!("{before}{event}")));
            assert_eq!(webhook.contact, id("5"), "{kind} {before:?}");
        }
        assert_eq!(status(&post("wpf_action=add", kind, "{")), 400, "{kind}");
    }
    assert_eq!(status(&post("wpf_action=add", "text/plain", "[]")), 415);
}

#[test]
fn where_the_url_says_all_only_an_event_counts_of_the_body() {
    for (kind, body) in [
        ("application/json", "{"),
        ("application/json", "[1]"),
        ("application/json", r#"{"first_name":"Ana"}"#),
        ("", r#"{"eventData":{"id":"x"}}"#),
        ("multipart/form-data; boundary=x", ""),
        ("multipart/form-data; boundary=x", "--x"),
        ("text/xml", "<x/>"),
    ] {
        assert_eq!(accepted(post("wpf_action=add&contact_id=7", kind, body)).contact, id("7"), "{kind} {body}");
        let refused = status(&post("wpf_action=add&email=a@b.co", kind, body));
        assert!(matches!(refused, 400 | 415), "{kind} {body}: {refused}");
    }
    let event = r#"{"eventData":{"id":5}}"#;
    assert_eq!(status(&post("wpf_action=add&contact_id=7", "text/plain", event)), 400);
    let deal = r#"{"eventName":"opportunity is Created","eventData":{"id":5}}"#;
    assert_eq!(accepted(post("wpf_action=add&contact_id=7", "text/plain", deal)).ignored, Some("deal_event"));
    assert_eq!(status(&post("wpf_action=add&contact_id=7", "text/plain", &"x".repeat(MAX_BODY + 1))), 413);
}

#[test]
fn a_body_that_a_redirect_has_dropped_is_spoken_of() {
    let message = |received: Received| match received {
        Received::Refused(Refusal { status: 400, message, .. }) => message,
        other => panic!("{other:?}"),
    };
    for bare in [get("wpf_action=add"), post("wpf_action=add", "application/json", ""), post("wpf_action=add", "", "")]
    {
        let message = message(bare);
        assert!(message.contains("redirect") && message.contains("contact_id"), "{message}");
    }
    assert!(!message(post("wpf_action=add", FORM_TYPE, "role=editor")).contains("redirect"));
    assert!(!message(post("wpf_action=add", "application/json", "{}")).contains("redirect"));
}
