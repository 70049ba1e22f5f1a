//! JSON as it may come: whole, odd and broken.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What stands for a text in JSON: with a reading, or with none.
#[derive(Debug, Clone)]
pub struct Text {
    pub json: Vec<u8>,
    /// `None`: nobody can tell what is meant.
    pub reading: Option<String>,
}

pub fn readable_text() -> impl Strategy<Value = Text> {
    any_text().prop_map(|text| Text { json: serde_json::to_vec(&text).unwrap(), reading: Some(text) })
}

/// Texts of people, of computers, and of those who try.
pub fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![select(&ODD[..]).prop_map(str::to_owned), "[ -~]{0,12}", any::<String>()]
}

pub fn unreadable_text() -> impl Strategy<Value = Text> {
    ("[a-z ]{0,4}", select(&HALVES[..]), "[a-z ]{0,4}").prop_map(|(before, part, after)| {
        let json = [b"\"", before.as_bytes(), part, after.as_bytes(), b"\""].concat();
        Text { json, reading: None }
    })
}

/// Any JSON at all, with the keys that we read among others.
pub fn any_json() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        select(&["null", "true", "0", "-1", "5667649732214784", "1.5", "1e3", "1479580200"][..])
            .prop_map(|text| text.as_bytes().to_vec()),
        readable_text().prop_map(|text| text.json),
        unreadable_text().prop_map(|text| text.json),
        select(&["\"PERSON\"", "\"CUSTOM\"", "\"email\"", "\"Plan\"", "\"ana@example.com\"", "\"7\""][..])
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(|items| enclosed(b"[", &items, b"]")),
            vec((key(), inner), 0..8).prop_map(|pairs| {
                let pairs: Vec<Vec<u8>> =
                    pairs.into_iter().map(|(key, value)| [&*key, b":", &*value].concat()).collect();
                enclosed(b"{", &pairs, b"}")
            }),
        ]
    })
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    const KEYS: [&str; 14] = [
        "id",
        "type",
        "tags",
        "tag",
        "properties",
        "name",
        "subtype",
        "value",
        "trashed_time",
        "cursor",
        "eventName",
        "eventData",
        "contact_ids",
        "city",
    ];
    prop_oneof![
        8 => select(&KEYS[..]).prop_map(|key| format!("\"{key}\"").into_bytes()),
        1 => readable_text().prop_map(|text| text.json),
        1 => unreadable_text().prop_map(|text| text.json),
    ]
}

/// The same, cut off or with some bytes changed.
pub fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let broken = (
        any_json(),
        vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        any::<prop::sample::Index>(),
        any::<bool>(),
    );
    let broken = broken.prop_map(|(mut json, changes, cut, is_cut)| {
        for (at, byte) in changes {
            let at = at.index(json.len());
            json[at] = byte;
        }
        if is_cut {
            json.truncate(cut.index(json.len() + 1));
        }
        json
    });
    prop_oneof![3 => any_json(), 3 => broken, 1 => vec(any::<u8>(), 0..200)]
}

pub fn enclosed(open: &[u8], items: &[Vec<u8>], close: &[u8]) -> Vec<u8> {
    [open, &items.join(&b","[..]), close].concat()
}

const ODD: [&str; 23] = [
    "",
    " ",
    "0",
    "null",
    "[]",
    "{}",
    "a, b",
    "\u{200b}",
    "\u{feff}x",
    "José",
    "🙂",
    "<b>x</b>",
    "1.0E7",
    "1479580200",
    "11/20/2026 12:00 PM",
    "on",
    "\\",
    "\"",
    "a\u{1}b",
    "a\0b",
    "\u{fffd}",
    "{\"city\":\"x\"}",
    "[\"a\",\"b\"]",
];

/// What is no text in JSON, but looks like a part of one.
const HALVES: [&[u8]; 8] =
    [br"\ud800", br"\udfff", br"\ud800\u0041", br"\udc00\ud800", b"\xff", b"\xe2\x82", b"\xed\xa0\x80", b"\xc0\xaf"];
