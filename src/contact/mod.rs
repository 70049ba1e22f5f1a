//! A contact as Agile CRM sends it, made even: trimmed values, one form for what comes as null, `""` or not at all.
//!
//! Facts from the vendor's samples: an `id` is a number or a string of digits; property values are strings, in some
//! samples numbers; every key but `id` and `type` may be missing or null; unknown keys come and go. What cannot be read is
//! left out by itself: `json.rs`.

mod elements;
pub mod email;
pub mod json;
pub mod limits;
pub mod markup;
pub mod page;

use crate::contact::json::{Object, Told};
use serde_json::value::RawValue;
use std::collections::HashSet;
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
        Self::parse(&json::text(value)?)
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

/// One contact. `tags` and `properties` are `None` where the answer did not say, or so that nobody can read it: that is not
/// the same as none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub id: ContactId,
    /// `PERSON`, `COMPANY` or `LEAD`; as Agile sends it.
    pub kind: String,
    /// In the CRM's order, without markup, else byte for byte; each once.
    pub tags: Option<Vec<String>>,
    /// Epoch seconds.
    pub created_time: Option<i64>,
    /// Epoch seconds; 0 if never updated.
    pub updated_time: Option<i64>,
    /// Of the e-mail addresses one more than count (`limits.rs`), so that it shows that there are more.
    pub properties: Option<Vec<Property>>,
    /// Whether it lies in the bin: the API answers it still, and for us it is gone.
    pub in_bin: bool,
}

/// The kind of a property whose kind nobody can read: custom, so that it decides nothing.
pub const UNREADABLE_KIND: &str = "?";

/// One property: `kind` is `SYSTEM` or `CUSTOM` (or empty), `value` trimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    pub kind: String,
    pub name: String,
    /// Empty where there is none; `None` where nobody can read it.
    pub subtype: Option<String>,
    pub value: Told<String>,
}

impl Contact {
    /// Reads the API's JSON; `None` if it is not a contact.
    pub fn from_json(json: &[u8]) -> Option<Self> {
        Self::read(&json::utf8(json)?)
    }

    fn read(json: &str) -> Option<Self> {
        let contact = Object::read(json)?;
        let time = |key| contact.get(key).and_then(json::integer).readable();
        Some(Self {
            id: contact.get("id").and_then(ContactId::from_json).readable()?,
            kind: contact.get("type").and_then(json::string).readable().filter(|kind| !kind.is_empty())?,
            tags: contact.get("tags").and_then(tags).readable(),
            created_time: time("created_time"),
            updated_time: time("updated_time"),
            properties: contact.get("properties").and_then(properties).readable(),
            in_bin: in_bin(contact.get("trashed_time"), contact.get("restored_time")),
        })
    }

    /// All values of a property that are not empty, the CRM's own before custom fields that somebody labelled the same, else in
    /// the CRM's order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        let named = move |custom: bool| {
            let fits = move |property: &&Property| property.is_custom() == custom && property.name == name;
            self.properties.iter().flatten().filter(fits).filter(|property| !property.value.is_missing())
        };
        named(false).chain(named(true))
    }
}

impl Property {
    /// Of whatever is not said to be the CRM's own somebody else may have chosen the name.
    pub fn is_custom(&self) -> bool {
        !self.kind.is_empty() && !self.kind.eq_ignore_ascii_case("SYSTEM")
    }

    /// Whether it may be an e-mail address of the contact: a custom field labelled `email` is none.
    pub fn is_address(&self) -> bool {
        self.name == "email" && !self.is_custom() && !self.value.is_missing()
    }

    pub fn has_readable_kind(&self) -> bool {
        self.kind != UNREADABLE_KIND
    }

    /// `None` if it has no name that could be mapped.
    fn read(property: &RawValue) -> Option<Self> {
        let property = Object::of(property)?;
        Some(Self {
            kind: property.get("type").or_empty(word).unwrap_or_else(|| UNREADABLE_KIND.to_owned()),
            name: property.get("name").and_then(word).readable()?,
            subtype: property.get("subtype").or_empty(word),
            value: property.get("value").and_then(value).trimmed(),
        })
    }
}

fn properties(list: &RawValue) -> Option<Vec<Property>> {
    let mut addresses = 0;
    let counts = |property: &Property| {
        addresses += usize::from(property.is_address());
        !property.is_address() || addresses <= limits::ADDRESSES + 1
    };
    let properties = json::items(list)?.into_iter().filter_map(Property::read).filter(counts);
    let properties: Vec<Property> = properties.take(limits::PROPERTIES + 1).collect();
    (properties.len() <= limits::PROPERTIES).then_some(properties)
}

fn word(value: &RawValue) -> Option<String> {
    json::word(value).filter(|word| word.len() <= limits::WORD_BYTES)
}

fn value(value: &RawValue) -> Option<String> {
    json::text(value).filter(|text| text.trim().len() <= limits::TEXT_BYTES)
}

/// Tags grant access: a list of which a part cannot be read is no list, nor is one that is too long. What is nothing but markup
/// is no tag.
fn tags(list: &RawValue) -> Option<Vec<String>> {
    let items = json::items(list)?;
    if items.len() > limits::TAGS {
        return None;
    }
    let tags: Vec<String> = items.into_iter().map(tag).collect::<Option<_>>()?;
    let mut seen = HashSet::new();
    let named = tags.into_iter().filter_map(|tag| {
        let name = markup::name_without(&tag);
        (tag.is_empty() || !name.is_empty()).then_some(name)
    });
    Some(named.filter(|tag| seen.insert(tag.clone())).collect())
}

/// A name, or an object that has one, as in `tagsWithTime`.
fn tag(item: &RawValue) -> Option<String> {
    let tag = json::string(item).or_else(|| Object::of(item)?.get("tag").and_then(json::string).readable());
    tag.filter(|tag| tag.len() <= limits::TAG_BYTES)
}

/// Only what says so without a doubt lies in the bin.
fn in_bin(trashed: Told<&RawValue>, restored: Told<&RawValue>) -> bool {
    let restored = match restored {
        Told::Missing => Some(0),
        told => told.and_then(json::integer).readable(),
    };
    let trashed = trashed.and_then(json::integer).readable().filter(|trashed| *trashed > 0);
    trashed.zip(restored).is_some_and(|(trashed, restored)| trashed > restored)
}

#[cfg(test)]
#[path = "contact_tests.rs"]
mod tests;
