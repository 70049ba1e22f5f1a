//! JSON of which a part may be unreadable.
//!
//! A struct of serde's is read whole or not at all: half a surrogate pair in a property that nobody maps, or a number for a
//! name, and the whole contact is gone. So objects are read key by key and each value by itself. What is not there and what
//! cannot be read stay apart: the one empties a field, the other must not.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// What somebody said about one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told<T> {
    /// Nothing: no such key, null, or an empty text.
    Missing,
    /// Something, and nobody can tell what.
    Unreadable,
    Read(T),
}

impl<T> Told<T> {
    /// Read on; `None` cannot be read.
    pub fn and_then<U>(self, read: impl FnOnce(T) -> Option<U>) -> Told<U> {
        match self {
            Self::Missing => Told::Missing,
            Self::Unreadable => Told::Unreadable,
            Self::Read(value) => read(value).map_or(Told::Unreadable, Told::Read),
        }
    }

    /// For where it makes no difference why there is nothing.
    pub fn readable(self) -> Option<T> {
        match self {
            Self::Read(value) => Some(value),
            Self::Missing | Self::Unreadable => None,
        }
    }

    pub fn as_ref(&self) -> Told<&T> {
        match self {
            Self::Missing => Told::Missing,
            Self::Unreadable => Told::Unreadable,
            Self::Read(value) => Told::Read(value),
        }
    }

    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl<'a> Told<&'a RawValue> {
    /// For where nothing is as good as an empty text; `None` cannot be read.
    pub fn or_empty(self, read: impl FnOnce(&'a RawValue) -> Option<String>) -> Option<String> {
        match self.and_then(read) {
            Told::Missing => Some(String::new()),
            told => told.readable(),
        }
    }
}

impl Told<String> {
    /// An empty text is as good as none.
    pub fn of_text(text: &str) -> Self {
        if text.is_empty() { Self::Missing } else { Self::Read(text.to_owned()) }
    }

    #[must_use]
    pub fn trimmed(self) -> Self {
        match self {
            Self::Read(text) => Self::of_text(text.trim()),
            other => other,
        }
    }
}

/// A JSON object as it stands: its keys may be there twice, and unreadable themselves.
pub struct Object<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'a> Object<'a> {
    /// `None` unless the text is one JSON object.
    pub fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub fn of(value: &'a RawValue) -> Option<Self> {
        Self::read(value.get())
    }

    /// What stands under this key. Null is nothing, and of two values nobody can tell which one is meant.
    pub fn get(&self, key: &str) -> Told<&'a RawValue> {
        let mut values = self.0.iter().filter(|(name, _)| is_key(name, key)).map(|(_, value)| *value);
        match (values.next(), values.next()) {
            (None, _) => Told::Missing,
            (Some(value), None) if value.get() == "null" => Told::Missing,
            (Some(value), None) => Told::Read(value),
            (Some(_), Some(_)) => Told::Unreadable,
        }
    }

    /// Whether the key is there, be it with null.
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| is_key(name, key))
    }
}

impl<'a> Deserialize<'a> for Object<'a> {
    fn deserialize<D: Deserializer<'a>>(json: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'a> Visitor<'a> for Pairs {
            type Value = Object<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Object<'a>, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Object(pairs))
            }
        }
        json.deserialize_map(Pairs)
    }
}

fn is_key(name: &RawValue, key: &str) -> bool {
    let raw = name.get();
    if raw.contains('\\') {
        return serde_json::from_str::<String>(raw).is_ok_and(|name| name == key);
    }
    raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) == Some(key)
}

/// A JSON string's text, or what else stands there as it is written (a number's digits, an object's text).
pub fn text(value: &RawValue) -> Option<String> {
    let raw = value.get();
    if raw.starts_with('"') { string(value) } else { Some(raw.to_owned()) }
}

/// A JSON string's text.
pub fn string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// A JSON string's or number's text.
pub fn word(value: &RawValue) -> Option<String> {
    let is_word = value.get().starts_with(|first: char| matches!(first, '"' | '-' | '0'..='9'));
    text(value).filter(|_| is_word)
}

/// A number written as an integer, or a string of such digits.
pub fn integer(value: &RawValue) -> Option<i64> {
    text(value)?.parse().ok()
}

/// The items of a JSON array; null is left out.
pub fn items(value: &RawValue) -> Option<Vec<&RawValue>> {
    let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
    Some(items.into_iter().filter(|item| item.get() != "null").collect())
}

/// JSON is UTF-8. A text that is not would make all of it unreadable, so what is no UTF-8 becomes what no reader takes for a
/// text, and is only that: two halves of which no neighbour can be the other.
pub fn utf8(json: &[u8]) -> Option<Cow<'_, str>> {
    if let Ok(text) = std::str::from_utf8(json) {
        return Some(Cow::Borrowed(text));
    }
    let mut text = String::with_capacity(json.len());
    for chunk in json.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            let backslashes = text.bytes().rev().take_while(|byte| *byte == b'\\').count();
            if backslashes % 2 == 1 {
                return None;
            }
            text.push_str(r"\ud800\ud800");
        }
    }
    Some(Cow::Owned(text))
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
