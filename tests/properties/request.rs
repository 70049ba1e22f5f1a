//! A request and the event in it: without the key nothing is read, and what is accepted means one contact.

use crate::config;
use crate::json::{any_bytes, any_text};
use agile_bridge::contact::{Named, email};
use agile_bridge::request::raw::{Body, Request};
use agile_bridge::request::webhook::{self, Received};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const KEY: &str = "sesame-sesame";
/// The SHA-256 of the key.
const DIGESTS: [&str; 1] = ["63ce1112dbfb4b21db168d07cdc5b70f4a47c2c73a586e0d7dc1286d60917f63"];

const EVENT: &[u8] = br#"{"eventName": "Contact is Updated", "eventData": {"id": 7, "type": "PERSON"}}"#;

/// Pieces of which requests are made.
const PIECES: [&str; 34] = [
    "wpf_action",
    "access_key",
    "contact_id",
    "email",
    "role",
    "send_notification",
    "async",
    "=",
    "&",
    "&",
    "&",
    "=",
    "+",
    "%",
    "%2B",
    "%20",
    "%00",
    "%ff",
    "%E2%80%8B",
    "[]",
    "[",
    "add",
    "test",
    "update",
    "sesame-sesame",
    "7",
    "-1",
    "9223372036854775808",
    "ana@example.com",
    "a+b@example.com",
    "wpf_action=add&",
    "access_key=sesame-sesame&",
    "contact_id=7&",
    "o%26%2339%3Bbrien@example.com",
];

fn query() -> impl Strategy<Value = Vec<u8>> {
    let piece =
        prop_oneof![9 => select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()), 1 => vec(any::<u8>(), 0..4)];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn content_type() -> impl Strategy<Value = &'static [u8]> {
    select(&TYPES[..]).prop_map(str::as_bytes)
}

fn method() -> impl Strategy<Value = &'static [u8]> {
    select(&["GET", "POST", "POST", "POST", "HEAD", "", "post"][..]).prop_map(str::as_bytes)
}

/// As `webhook/intake.php` does it: an empty pair in place of each that is named so, and what was there is not empty after that.
fn without_key(text: &[u8]) -> Vec<u8> {
    let is_key = |pair: &&[u8]| pair.splitn(2, |byte| *byte == b'=').next() == Some(&b"access_key"[..]);
    let pairs: Vec<&[u8]> =
        text.split(|byte| *byte == b'&').map(|pair| if is_key(&pair) { &[][..] } else { pair }).collect();
    let left = pairs.join(&b'&');
    if left.is_empty() && !text.is_empty() { b"&".to_vec() } else { left }
}

fn receive(request: &Request<'_>, digests: &[&str]) -> Received {
    webhook::receive(request, digests.iter().copied())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_comes_is_read_the_same_twice_and_not_at_all_without_a_key(
        method in method(), query in query(), kind in content_type(), body in prop_oneof![any_bytes(), query()],
    ) {
        let request = Request { method, query: &query, content_type: kind, body: &body };
        let received = receive(&request, &DIGESTS);
        prop_assert_eq!(&received, &receive(&request, &DIGESTS));
        prop_assert!(!matches!(receive(&request, &[]), Received::Accepted(_)));
        match received {
            Received::Accepted(webhook) => {
                let text = String::from_utf8_lossy(&[&query[..], b"&", &body].concat()).into_owned();
                prop_assert!(text.contains("sesame"));
                if let Some(Named::Email(address)) = &webhook.contact {
                    prop_assert_eq!(email::normalize(address), Some(address.clone()));
                }
                prop_assert!(webhook.role.iter().all(|role| !role.is_empty() && !role.contains(char::is_control)));
            }
            Received::Refused(refusal) => prop_assert!(!refusal.message.contains("sesame")),
            Received::NotOurs => {}
        }
    }

    /// What was kept without its key, while the extension was missing, is read as the request that came.
    #[test]
    fn a_kept_request_is_read_as_it_came(
        method in method(), query in query(), kind in content_type(), body in prop_oneof![any_bytes(), query(), Just(EVENT.to_vec())],
    ) {
        let query = [&query[..], b"&access_key=sesame-sesame"].concat();
        let request = Request { method, query: &query, content_type: kind, body: &body };
        let received = receive(&request, &DIGESTS);
        if !matches!(&received, Received::Refused(refusal) if refusal.status == 403) {
            let (query, body) = (without_key(&query), if request.read_body() == Body::Form { without_key(&body) } else { body.clone() });
            let kept = Request { query: &query, body: &body, ..request };
            prop_assert_eq!(webhook::receive_kept(&kept), received);
        }
    }

    /// The model: a deal's id is never a contact's, whatever else the event says.
    #[test]
    fn a_deal_is_never_a_contact(
        name in prop_oneof!["[ \t]{0,2}[oO][pP]{2}[oO][rR][tT][uU][nN][iI][tT][yY].{0,9}", any_text()],
        has_contact_ids in any::<bool>(), id in 1..i64::MAX,
    ) {
        let mut data = serde_json::json!({"id": id, "type": "PERSON"});
        if has_contact_ids {
            data["contact_ids"] = serde_json::Value::Null;
        }
        let body = serde_json::json!({"eventName": name, "eventData": data}).to_string();
        let query = format!("wpf_action=update&access_key={KEY}");
        let request = Request { method: b"POST", query: query.as_bytes(), content_type: b"", body: body.as_bytes() };
        let Received::Accepted(webhook) = receive(&request, &DIGESTS) else { panic!("{body}") };
        let is_deal = has_contact_ids || name.trim().to_lowercase().starts_with("opportunity");
        prop_assert_eq!(webhook.ignored, is_deal.then_some("deal_event"));
        let named = match webhook.contact { Some(Named::Id(id)) => Some(id.to_string()), _ => None };
        prop_assert_eq!(named, (!is_deal).then(|| id.to_string()));
    }

    /// However an address is written into a URL, the contact is the one with this address.
    #[test]
    fn an_address_survives_every_way_to_write_it(
        local in "[a-z0-9]{1,6}(\\+[a-z0-9]{1,6}){0,2}(['._-][a-z]{1,3})?", escape in vec(any::<bool>(), 30), is_html in any::<bool>(),
    ) {
        let address = format!("{local}@example.com");
        let html = if is_html { address.replace('\'', "&#39;") } else { address.clone() };
        let written: String = html.bytes().zip(escape.iter().cycle()).map(|(byte, escape)| {
            if *escape || matches!(byte, b'&' | b'#' | b';') { format!("%{byte:02X}") } else { char::from(byte).to_string() }
        }).collect();
        let query = format!("wpf_action=add&access_key={KEY}&email=%E2%80%8B{written}");
        let received = receive(&Request { method: b"GET", query: query.as_bytes(), ..Request::default() }, &DIGESTS);
        let Received::Accepted(webhook) = received else { panic!("{query}: {received:?}") };
        prop_assert_eq!(webhook.contact, Some(Named::Email(address)));
    }
}

const TYPES: [&str; 7] = [
    "",
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data; boundary=x",
    ";",
    "\u{1}",
];
