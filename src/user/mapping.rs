//! Contact + field map = user data: flat pairs of key and value, as WordPress' plugins know them.

use crate::contact::email::{self, Problem};
use crate::contact::json::{self, Object, Told};
use crate::contact::{Contact, limits, markup};
use crate::user::field_map::{self, Entry, Stored, Type};
use crate::user::value::{self, Value};
use std::collections::BTreeMap;

/// Passwords outside these bounds are refused: WordPress itself refuses longer ones at login (4096 bytes).
const PASSWORD_BYTES: std::ops::RangeInclusive<usize> = 8..=4096;

/// Columns of `wp_users`, in characters, and what is shown beside them on screens. The e-mail has its own check.
const MOST_CHARACTERS: [(&str, usize); 6] = [
    ("user_login", 60),
    ("user_url", 100),
    ("display_name", 250),
    ("first_name", 250),
    ("last_name", 250),
    ("nickname", 250),
];

/// What a contact says about a user.
#[derive(Debug, PartialEq, Eq)]
pub struct UserData {
    /// By WordPress key, in alphabetical order. An empty text empties the user meta of that key.
    pub data: BTreeMap<String, Value>,
    /// The valid addresses of the contact that count, normalised.
    pub emails: Vec<String>,
    /// Whether those are all; else one of the contact's addresses may be any.
    pub emails_whole: bool,
    /// Why `data` has no `user_email`.
    pub email_problem: Option<Problem>,
    /// Keys whose value could not be read or held.
    pub refused: Vec<String>,
    /// A password was mapped, but is not between 8 and 4096 bytes.
    pub password_refused: bool,
}

/// Reads the contact by the rules of the map. `zone` is the site's, as WordPress names it.
pub fn user_data(contact: &Contact, map: &[Stored], zone: &str) -> UserData {
    let zone = value::zone(zone);
    let choice = email::choose(contact);
    let mut user = UserData {
        data: BTreeMap::new(),
        emails: choice.all,
        emails_whole: choice.is_whole,
        email_problem: None,
        refused: email::are_too_many(contact).then(|| "user_email".to_owned()).into_iter().collect(),
        password_refused: false,
    };
    for entry in field_map::effective(map) {
        if entry.wp == "user_email" {
            let address = match entry.crm.as_str() {
                "email" => choice.chosen.clone(),
                other => email::verdict(source(contact, other).as_ref()),
            };
            match address {
                Ok(address) => {
                    user.data.insert(entry.wp, Value::Text(address));
                }
                Err(problem) => user.email_problem = Some(problem),
            }
            continue;
        }
        let value = match entry.crm.as_str() {
            "email" if contact.properties.is_some() => told(&choice.chosen),
            other => source(contact, other),
        };
        match value.as_ref().and_then(|text| value::read(text, entry.kind, &zone)) {
            Told::Missing => user.empty(entry),
            Told::Unreadable => user.refuse(entry),
            Told::Read(value) => user.put(entry, value),
        }
    }
    user
}

impl UserData {
    fn put(&mut self, entry: Entry, value: Value) {
        let value = match value {
            Value::Text(text) if entry.kind == Type::Text && entry.wp != "user_pass" => {
                Value::Text(markup::stripped(&text))
            }
            other => other,
        };
        match value {
            // `[]` is how the CRM writes an empty list; and a text of nothing but markup is none.
            Value::List(items) if items.is_empty() => self.empty(entry),
            Value::Text(text) if text.is_empty() => self.empty(entry),
            value if fits(&entry.wp, &value) => {
                self.data.insert(entry.wp, value);
            }
            _ => self.refuse(entry),
        }
    }

    fn empty(&mut self, entry: Entry) {
        if entry.clear {
            self.data.insert(entry.wp, Value::empty());
        }
    }

    /// What is stored stays, whatever an empty value would do.
    fn refuse(&mut self, entry: Entry) {
        if entry.wp == "user_pass" {
            self.password_refused = true;
        } else {
            self.refused.push(entry.wp);
        }
    }
}

/// The same guards for what a filter of the site returns: allowed keys, shapes and lengths. Keys that fail are named.
pub fn guard(data: BTreeMap<String, Option<Value>>) -> (BTreeMap<String, Value>, Vec<String>) {
    let (mut kept, mut refused) = (BTreeMap::new(), Vec::new());
    for (key, value) in data {
        let value =
            if field_map::check_target(&key).is_ok() { value.and_then(|value| guarded(&key, value)) } else { None };
        match value {
            Some(value) => {
                kept.insert(key, value);
            }
            None => refused.push(key),
        }
    }
    (kept, refused)
}

fn guarded(key: &str, value: Value) -> Option<Value> {
    match (key, value) {
        ("user_email", Value::Text(address)) => email::normalize(&address).map(Value::Text),
        (_, Value::List(_)) if field_map::is_account_field(key) => None,
        (_, value) => (fits(key, &value) && !holds_nul(&value)).then_some(value),
    }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.contains('\0'),
        Value::List(items) => items.iter().any(|item| item.contains('\0')),
    }
}

fn fits(key: &str, value: &Value) -> bool {
    let text = match value {
        Value::Text(text) => text,
        Value::List(items) => {
            return items.len() <= limits::ITEMS && items.iter().map(String::len).sum::<usize>() <= limits::TEXT_BYTES;
        }
    };
    if key == "user_pass" {
        return PASSWORD_BYTES.contains(&text.len());
    }
    text.len() <= limits::TEXT_BYTES
        && MOST_CHARACTERS.iter().all(|(name, most)| key != *name || text.chars().count() <= *most)
}

fn told(chosen: &Result<String, Problem>) -> Told<String> {
    match chosen {
        Ok(address) => Told::Read(address.clone()),
        Err(Problem::Missing) => Told::Missing,
        Err(Problem::Invalid) => Told::Unreadable,
    }
}

/// The value a rule's left side names: a whole name comes before a `name+subtype`. Where nobody can read what there is of the
/// contact, or of which kind it is, the value is not missing.
fn source(contact: &Contact, crm: &str) -> Told<String> {
    if contact.properties.is_none() {
        return Told::Unreadable;
    }
    let plain = contact.values(crm).find(|property| property.subtype.as_deref() == Some(""));
    if let Some(property) = plain.or_else(|| contact.values(crm).next()) {
        return property.value.clone();
    }
    let Some((name, part)) = crm.rsplit_once('+') else { return Told::Missing };
    if name == "address" {
        return address_part(contact, part);
    }
    let of_subtype = |subtype: Option<&str>| contact.values(name).find(|held| held.subtype.as_deref() == subtype);
    match of_subtype(Some(part)) {
        Some(property) => property.value.clone(),
        None if of_subtype(None).is_some() => Told::Unreadable,
        None => Told::Missing,
    }
}

/// An address is JSON in a string, its keys in any order, some missing; sometimes it is plain or broken text. Of several one
/// counts, the first that can be read: a city of one and a street of another would be nobody's.
fn address_part(contact: &Contact, part: &str) -> Told<String> {
    let addresses = contact.values("address").map(|property| property.value.as_ref().readable());
    let mut nothing = Told::Missing;
    for address in addresses {
        match address.and_then(|text| Object::read(text)) {
            Some(address) => return address.get(part).and_then(json::word).trimmed(),
            None => nothing = Told::Unreadable,
        }
    }
    nothing
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
