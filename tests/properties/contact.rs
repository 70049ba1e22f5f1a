//! A contact and the field map: what is stored is what was readable, and only that.

use crate::config;
use crate::json::{Text, any_bytes, any_json, enclosed, readable_text, unreadable_text};
use agile_bridge::contact::json::Told;
use agile_bridge::contact::{Contact, markup};
use agile_bridge::user::field_map::Stored;
use agile_bridge::user::mapping::{self, UserData};
use agile_bridge::user::value::Value;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const NAMES: [&str; 3] = ["Plan", "Level", "Bio"];

/// Every type, with both ways to take an empty value.
fn map() -> Vec<Stored> {
    let mut map = Vec::new();
    let sources = ["Plan", "Level", "email", "email+work", "phone+work", "address+city", "first_name"];
    for (number, crm) in sources.into_iter().enumerate() {
        for kind in ["text", "date", "checkbox", "number", "multiselect", "raw"] {
            for when_empty in ["keep", "clear"] {
                let wp = format!("x{number}_{kind}_{when_empty}");
                let [crm, kind, when_empty] = [crm, kind, when_empty].map(str::to_owned);
                map.push(Stored { crm, wp, kind, when_empty });
            }
        }
    }
    for (crm, wp) in [("Plan", "user_pass"), ("Level", "user_login"), ("Bio", "user_url"), ("Bio", "display_name")] {
        map.push(Stored { crm: crm.to_owned(), wp: wp.to_owned(), ..Stored::default() });
    }
    map
}

fn clearing(name: &str) -> Stored {
    let [crm, wp, when_empty] = [name, &name.to_lowercase(), "clear"].map(str::to_owned);
    Stored { crm, wp, when_empty, ..Stored::default() }
}

/// One property: its name, what stands for its value (`None`: no such key, or null), whether the value is there twice.
#[derive(Debug, Clone)]
struct Property {
    name: &'static str,
    value: Option<Text>,
    is_twice: bool,
}

fn property() -> impl Strategy<Value = Property> {
    let text = prop_oneof![3 => readable_text(), 2 => unreadable_text()];
    let parts = (select(&NAMES[..]), proptest::option::weighted(0.8, text), proptest::bool::weighted(0.1));
    parts.prop_map(|(name, value, is_twice)| Property { name, value, is_twice })
}

impl Property {
    fn json(&self) -> Vec<u8> {
        let value = self.value.as_ref().map_or(&b"null"[..], |text| &text.json);
        let again = if self.is_twice { [b",\"value\":", value].concat() } else { Vec::new() };
        [br#"{"type":"CUSTOM","name":""#, self.name.as_bytes(), br#"","value":"#, value, &*again, b"}"].concat()
    }

    fn told(&self) -> Told<String> {
        match &self.value {
            _ if self.is_twice => Told::Unreadable,
            None => Told::Missing,
            Some(text) => text.reading.as_ref().map_or(Told::Unreadable, |text| Told::of_text(text.trim())),
        }
    }
}

fn read(json: &[u8], map: &[Stored]) -> Option<UserData> {
    Some(mapping::user_data(&Contact::from_json(json)?, map, "Asia/Kolkata"))
}

fn contact(properties: &[u8], tags: &[u8]) -> Vec<u8> {
    [br#"{"id":7,"type":"PERSON","properties":"#, properties, b",\"tags\":", tags, b"}"].concat()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_bytes_make_it_panic_and_the_same_bytes_say_the_same(bytes in any_bytes()) {
        prop_assert_eq!(read(&bytes, &map()), read(&bytes, &map()));
    }

    /// What WordPress gets passes the guards that what a filter returns has to pass: else every webhook would note it anew.
    #[test]
    fn what_is_mapped_passes_the_guards_unchanged(parts in vec(any_json(), 0..6), tags in any_json()) {
        let properties: Vec<Vec<u8>> = parts.iter().enumerate().map(|(number, value)| {
            let name = ["Plan", "Level", "email", "phone", "address", "Bio"][number];
            [format!(r#"{{"name":"{name}","subtype":"work","value":"#).as_bytes(), &**value, b"}"].concat()
        }).collect();
        let user = read(&contact(&enclosed(b"[", &properties, b"]"), &tags), &map()).expect("it is a contact");
        let given = user.data.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
        prop_assert_eq!(mapping::guard(given), (user.data.clone(), Vec::new()));
        for value in user.data.values() {
            let texts = match value { Value::Text(text) => std::slice::from_ref(text), Value::List(items) => &items[..] };
            prop_assert!(texts.iter().all(|text| !text.contains('\0')));
        }
    }

    /// The model: of the properties of a name the first that says anything decides.
    #[test]
    fn what_is_stored_is_what_was_readable(properties in vec(property(), 0..8)) {
        let json: Vec<Vec<u8>> = properties.iter().map(Property::json).collect();
        let user = read(&contact(&enclosed(b"[", &json, b"]"), b"[]"), &NAMES.map(clearing)).expect("it is a contact");
        for name in NAMES {
            let key = name.to_lowercase();
            let mut told = properties.iter().filter(|property| property.name == name).map(Property::told);
            let told = told.find(|told| !told.is_missing()).unwrap_or(Told::Missing);
            let is_text = |text: &String| !text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
            let (stored, refused) = match told {
                Told::Missing => (Some(String::new()), false),
                told => {
                    let text = told.readable().filter(is_text);
                    (text.as_deref().map(markup::stripped), text.is_none())
                }
            };
            let stored = stored.map(Value::Text);
            prop_assert_eq!(user.data.get(&key), stored.as_ref(), "{}", name);
            prop_assert_eq!(user.refused.contains(&key), refused, "{}", name);
        }
    }

    /// A part of a list of tags is never taken for the list.
    #[test]
    fn tags_are_all_of_them_or_none(tags in vec(tag(), 0..8)) {
        let json: Vec<Vec<u8>> = tags.iter().map(|tag| tag.json.clone()).collect();
        let contact = Contact::from_json(&contact(b"[]", &enclosed(b"[", &json, b"]"))).expect("it is a contact");
        let mut expected: Option<Vec<String>> = Some(Vec::new());
        for tag in tags.into_iter().filter(|tag| tag.json != b"null") {
            expected = expected.zip(tag.reading).map(|(mut all, tag)| {
                let name = markup::name_without(&tag);
                if !all.contains(&name) && (tag.is_empty() || !name.is_empty()) { all.push(name); }
                all
            });
        }
        prop_assert_eq!(contact.tags, expected);
    }
}

fn tag() -> impl Strategy<Value = Text> {
    let object = |text: Text| Text { json: [b"{\"createdTime\":1,\"tag\":", &*text.json, b"}"].concat(), ..text };
    let none = |json: &'static str| Text { json: json.as_bytes().to_vec(), reading: None };
    prop_oneof![
        6 => readable_text(),
        2 => readable_text().prop_map(object),
        1 => unreadable_text(),
        1 => unreadable_text().prop_map(object),
        1 => select(&["null", "null", "1", "true", "[]", "{}", "{\"tag\":null}", "{\"tag\":5}"][..]).prop_map(none),
    ]
}
