//! The JSON body of an account webhook (Agile CRM's 'Method Two'): which contact it is about, and nothing else.
//!
//! The vendor's samples disagree on what `eventData` holds, and nothing signs it, so only its id, its type and the
//! event's name are read; the contact itself is always fetched.

use crate::contact::ContactId;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// Deeper bodies are refused before they are parsed.
const MAX_DEPTH: usize = 128;

/// What an account webhook says.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// A contact, a company or something without a type: `kind` is Agile's type, if it says one.
    Contact { id: ContactId, kind: Option<String> },
    /// A deal. Its id is a deal's and never used as a contact's.
    Deal,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "eventName", default, borrow)]
    name: Option<&'a RawValue>,
    #[serde(rename = "eventData", default, borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    id: Option<Box<RawValue>>,
    #[serde(rename = "type", default)]
    kind: Option<Box<RawValue>>,
    /// Only deals have it; even a null one is not a contact's.
    #[serde(default, deserialize_with = "is_present")]
    contact_ids: bool,
}

fn is_present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(value).map(|_| true)
}

/// Reads the body; the error ends a sentence that begins with 'The JSON body'.
pub fn read(body: &[u8]) -> Result<Event, &'static str> {
    if depth(body) > MAX_DEPTH {
        return Err("is nested deeper than 128 levels");
    }
    // JSON is UTF-8 throughout, also where serde_json skips over what nobody reads.
    let body = std::str::from_utf8(body).map_err(|_| "is not valid UTF-8")?;
    let wire: Wire = object(body)?;
    if text(wire.name).is_some_and(|name| name.starts_with("Opportunity")) {
        return Ok(Event::Deal);
    }
    let data: Data = wire.data.map_or(Err("has no eventData"), |data| object(data.get()))?;
    if data.contact_ids {
        return Ok(Event::Deal);
    }
    let id = data.id.as_deref().and_then(ContactId::from_json).ok_or("has no usable eventData.id")?;
    Ok(Event::Contact { id, kind: text(data.kind.as_deref()).filter(|kind| !kind.is_empty()) })
}

/// Serde reads a list into a struct as well, by position; here that would make a contact's id of any number.
fn object<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, &'static str> {
    if !json.trim_start().starts_with('{') {
        return Err("is not the JSON of an Agile CRM webhook: an object is expected");
    }
    serde_json::from_str(json)
        .map_err(|_| "is not the JSON of an Agile CRM webhook: it does not parse, or repeats a key")
}

fn text(value: Option<&RawValue>) -> Option<String> {
    value.and_then(|value| serde_json::from_str(value.get()).ok())
}

/// How deep arrays and objects are nested; brackets inside strings do not count.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match (in_string, *byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'[' | b'{') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
