//! A part of a list of contacts.

use crate::contact::json::{self, Object, Told};
use crate::contact::{Contact, ContactId, limits};
use serde_json::value::RawValue;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub contacts: Vec<Contact>,
    /// Who is left out because no webhook could read them either: they are too large.
    pub skipped: Vec<ContactId>,
    /// Where the next page begins; `None` on the last one.
    pub cursor: Option<String>,
}

impl Page {
    /// Reads the API's bare array, whose last item bears the cursor; `None` if it is none, or if nobody can tell whether there
    /// is more. Items that are not whole contacts are left out, and those in the bin.
    pub fn from_json(json: &[u8]) -> Option<Self> {
        let json = json::utf8(json)?;
        let items: Vec<&RawValue> = serde_json::from_str(&json).ok()?;
        let is_whole = |item: &&&RawValue| item.get().len() <= limits::CONTACT_BYTES;
        let contacts = items.iter().filter(is_whole).filter_map(|item| Contact::read(item.get()));
        let large = items.iter().filter(|item| !is_whole(item)).filter_map(|item| Object::of(item));
        let last = items.last().and_then(|last| Object::of(last));
        let cursor = match last.map_or(Told::Missing, |last| last.get("cursor")).and_then(json::string) {
            Told::Unreadable => return None,
            told => told.readable(),
        };
        Some(Self {
            contacts: contacts.filter(|contact| !contact.in_bin).collect(),
            skipped: large.filter_map(|item| item.get("id").and_then(ContactId::from_json).readable()).collect(),
            cursor: cursor.filter(|cursor| !cursor.is_empty()),
        })
    }

    /// How many properties its contacts have.
    pub fn properties(&self) -> usize {
        self.contacts.iter().flat_map(|contact| &contact.properties).map(Vec::len).sum()
    }
}
