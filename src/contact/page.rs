//! A part of a list of contacts.

use crate::contact::Contact;
use crate::contact::json::{self, Object, Told};
use serde_json::value::RawValue;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub contacts: Vec<Contact>,
    /// Where the next page begins; `None` on the last one.
    pub cursor: Option<String>,
}

impl Page {
    /// Reads the API's bare array, whose last item bears the cursor; `None` if it is none, or if nobody can tell whether there
    /// is more. Items that are not whole contacts are left out, and those in the bin.
    pub fn from_json(json: &[u8]) -> Option<Self> {
        let json = json::utf8(json)?;
        let items: Vec<&RawValue> = serde_json::from_str(&json).ok()?;
        let contacts = items.iter().filter_map(|item| Contact::read(item.get())).filter(|contact| !contact.in_bin);
        let last = items.last().and_then(|last| Object::of(last));
        let cursor = match last.map_or(Told::Missing, |last| last.get("cursor")).and_then(json::string) {
            Told::Unreadable => return None,
            told => told.readable(),
        };
        Some(Self { contacts: contacts.collect(), cursor: cursor.filter(|cursor| !cursor.is_empty()) })
    }
}
