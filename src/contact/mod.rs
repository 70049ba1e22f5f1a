//! A contact as Agile CRM sends it, made even: trimmed values, one form for what comes as null, `""` or not at all.
//!
//! Facts from the vendor's samples: an `id` is a number or a string of digits; property values are strings, in some
//! samples numbers; every key but `id` and `type` may be missing or null; unknown keys come and go.

pub mod email;

use serde::Deserialize;
use serde_json::value::RawValue;
use std::fmt;

/// A contact's id: 1 to 2^63-1, never read by way of a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContactId(i64);

impl ContactId {
    /// Canonical decimal only: no sign, no blank, no leading zero.
    pub fn parse(text: &str) -> Option<Self> {
        let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        text.parse().ok().filter(|_| canonical).map(Self)
    }

    /// From JSON: a number written as an integer, or a string of digits.
    pub fn from_json(value: &RawValue) -> Option<Self> {
        Self::parse(&text_of(value)?)
    }
}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a contact is named by who wants it: its id, or an address of its.
#[derive(Debug, PartialEq, Eq)]
pub enum Named {
    Id(ContactId),
    Email(String),
}

/// One contact. `tags` is `None` where the answer did not say, which is not the same as none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub id: ContactId,
    /// `PERSON`, `COMPANY` or `LEAD`; as Agile sends it.
    pub kind: String,
    /// In the CRM's order, byte for byte, each once.
    pub tags: Option<Vec<String>>,
    /// Epoch seconds.
    pub created_time: Option<i64>,
    /// Epoch seconds; 0 if never updated.
    pub updated_time: Option<i64>,
    pub properties: Vec<Property>,
}

/// One property: `kind` is `SYSTEM` or `CUSTOM` (or empty), `subtype` empty where there is none, `value` trimmed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Property {
    pub kind: String,
    pub name: String,
    pub subtype: String,
    pub value: String,
}

/// A part of a list of contacts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub contacts: Vec<Contact>,
    /// Where the next page begins; `None` on the last one.
    pub cursor: Option<String>,
}

impl Page {
    /// Reads the API's bare array, whose last item bears the cursor; `None` if it is none. Items that are not whole
    /// contacts are left out.
    pub fn from_json(json: &[u8]) -> Option<Self> {
        let items: Vec<&RawValue> = serde_json::from_slice(json).ok()?;
        let contacts = items.iter().filter_map(|item| Contact::from_json(item.get().as_bytes())).collect();
        let last = items.last().filter(|item| item.get().starts_with('{'));
        let last: Option<Last> = last.and_then(|item| serde_json::from_str(item.get()).ok());
        let cursor = last.and_then(|last| last.cursor).filter(|cursor| cursor.get().starts_with('"')).and_then(text_of);
        Some(Self { contacts, cursor: cursor.filter(|cursor| !cursor.is_empty()) })
    }
}

impl Contact {
    /// Reads the API's JSON; `None` if it is not a contact.
    pub fn from_json(json: &[u8]) -> Option<Self> {
        // Serde reads a list into a struct as well, by position.
        let json = std::str::from_utf8(json).ok().filter(|json| json.trim_start().starts_with('{'))?;
        let wire: Wire = serde_json::from_str(json).ok()?;
        Some(Self {
            id: ContactId::from_json(wire.id)?,
            kind: wire.kind.filter(|kind| !kind.is_empty())?,
            tags: wire.tags.map(each_once),
            created_time: wire.created_time.and_then(integer),
            updated_time: wire.updated_time.and_then(integer),
            properties: wire.properties.unwrap_or_default().into_iter().filter_map(Property::from_wire).collect(),
        })
    }

    /// All non-empty values of a property, the CRM's own before custom fields that somebody labelled the same, else in the
    /// CRM's order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        let named = |custom: bool| {
            let fits = move |property: &&Property| property.is_custom() == custom && property.name == name;
            self.properties.iter().filter(fits).filter(|property| !property.value.is_empty())
        };
        named(false).chain(named(true))
    }

    /// The e-mail addresses. A custom field labelled `email` is none: it must not decide who a user is.
    pub fn emails(&self) -> impl Iterator<Item = &Property> {
        self.values("email").filter(|property| !property.is_custom())
    }
}

impl Property {
    fn is_custom(&self) -> bool {
        self.kind == "CUSTOM"
    }

    fn from_wire(wire: WireProperty) -> Option<Self> {
        Some(Self {
            kind: wire.kind.unwrap_or_default(),
            name: wire.name?,
            subtype: wire.subtype.unwrap_or_default(),
            value: wire.value.and_then(text_of).unwrap_or_default().trim().to_owned(),
        })
    }
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    tags: Option<Vec<String>>,
    #[serde(default, borrow)]
    created_time: Option<&'a RawValue>,
    #[serde(default, borrow)]
    updated_time: Option<&'a RawValue>,
    #[serde(default, borrow)]
    properties: Option<Vec<WireProperty<'a>>>,
}

#[derive(Deserialize)]
struct Last<'a> {
    #[serde(default, borrow)]
    cursor: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireProperty<'a> {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    subtype: Option<String>,
    #[serde(default, borrow)]
    value: Option<&'a RawValue>,
}

/// A JSON string's text, or what else stands there as it is written (a number's digits, an object's text).
fn text_of(value: &RawValue) -> Option<String> {
    let raw = value.get();
    if raw.starts_with('"') { serde_json::from_str(raw).ok() } else { Some(raw.to_owned()) }
}

fn integer(value: &RawValue) -> Option<i64> {
    text_of(value)?.parse().ok()
}

fn each_once(tags: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    tags.into_iter().filter(|tag| seen.insert(tag.clone())).collect()
}

#[cfg(test)]
#[path = "contact_tests.rs"]
mod tests;
