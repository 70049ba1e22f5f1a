//! The JSON body of an account webhook (Agile CRM's 'Method Two'): which contact it is about, and nothing else.
//!
//! The vendor's samples disagree on what `eventData` holds, and nothing signs it, so only its id, its type and the
//! event's name are read; the contact itself is always fetched.

use crate::contact::ContactId;
use crate::contact::json::{self, Object, Told};
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

/// The body without blanks and a byte order mark before it.
pub fn without_mark(body: &[u8]) -> &[u8] {
    let body = body.trim_ascii_start();
    body.strip_prefix("\u{feff}".as_bytes()).map_or(body, <[u8]>::trim_ascii_start)
}

/// Reads the body, which begins without a byte order mark; the error ends a sentence that begins with 'The JSON body'.
pub fn read(body: &[u8]) -> Result<Event, &'static str> {
    if depth(body) > MAX_DEPTH {
        return Err("is nested deeper than 128 levels");
    }
    // JSON is UTF-8 throughout, also where nobody reads.
    let body = std::str::from_utf8(body).map_err(|_| "is not valid UTF-8")?;
    let event = Object::read(body).ok_or("is not the JSON of an Agile CRM webhook: it does not parse as an object")?;
    let name = match once(&event, "eventName")? {
        Some(name) => json::string(name).ok_or("has an eventName that is no text")?,
        None => String::new(),
    };
    let data = once(&event, "eventData")?;
    if is_of_a_deal(&name) {
        return Ok(Event::Deal);
    }
    let data = Object::of(data.ok_or("has no eventData")?).ok_or("has an eventData that is no object")?;
    if data.has("contact_ids") {
        return Ok(Event::Deal);
    }
    let id = once(&data, "id")?.and_then(ContactId::from_json).ok_or("has no usable eventData.id")?;
    // Of a type that cannot be read the fetched contact has a better one.
    let kind = once(&data, "type")?.and_then(json::string).filter(|kind| !kind.is_empty());
    Ok(Event::Contact { id, kind })
}

/// Whatever the case: a deal's id must not be taken for a contact's.
fn is_of_a_deal(name: &str) -> bool {
    name.trim().to_lowercase().starts_with("opportunity")
}

/// Null is nothing. Of two values nobody can tell which one is meant, and who sends both may hope that we differ from others.
fn once<'a>(object: &Object<'a>, key: &str) -> Result<Option<&'a RawValue>, &'static str> {
    match object.get(key) {
        Told::Missing => Ok(None),
        Told::Unreadable => Err("repeats a key"),
        Told::Read(value) => Ok(Some(value)),
    }
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
