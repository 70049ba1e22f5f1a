//! Contact + field map = user data: flat pairs of key and value, as WordPress' plugins know them.

use crate::contact::Contact;
use crate::contact::email::{self, Problem};
use crate::user::field_map::{self, Entry, Stored, Type};
use crate::user::value::{self, Value};
use std::collections::BTreeMap;

/// Passwords outside these bounds are refused: WordPress itself refuses longer ones at login (4096 bytes).
const PASSWORD_BYTES: std::ops::RangeInclusive<usize> = 8..=4096;

/// Columns of `wp_users`, in characters. The e-mail has its own check.
const COLUMN_CHARACTERS: [(&str, usize); 3] = [("user_login", 60), ("user_url", 100), ("display_name", 250)];

/// What a contact says about a user.
#[derive(Debug, PartialEq, Eq)]
pub struct UserData {
    /// By WordPress key, in alphabetical order. An empty text empties the user meta of that key.
    pub data: BTreeMap<String, Value>,
    /// Keys of `data` whose type is `text`: WordPress still strips their tags.
    pub text: Vec<String>,
    /// Every valid address of the contact, normalised.
    pub emails: Vec<String>,
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
        text: Vec::new(),
        emails: choice.all,
        email_problem: None,
        refused: Vec::new(),
        password_refused: false,
    };
    for entry in field_map::effective(map) {
        let source = source(contact, &entry.crm, choice.chosen.as_deref().ok());
        if entry.wp == "user_email" {
            let address = if entry.crm == "email" { choice.chosen.clone() } else { email::verdict(source.as_deref()) };
            match address {
                Ok(address) => {
                    user.data.insert(entry.wp, Value::Text(address));
                }
                Err(problem) => user.email_problem = Some(problem),
            }
            continue;
        }
        match source {
            Some(text) => user.put(entry, &text, &zone),
            None if entry.clear => {
                user.data.insert(entry.wp, Value::empty());
            }
            None => {}
        }
    }
    user
}

impl UserData {
    fn put(&mut self, entry: Entry, text: &str, zone: &jiff::tz::TimeZone) {
        match value::read(text, entry.kind, zone) {
            // `[]` is how the CRM writes an empty list.
            Some(Value::List(items)) if items.is_empty() => {
                if entry.clear {
                    self.data.insert(entry.wp, Value::empty());
                }
            }
            Some(value) if fits(&entry.wp, &value) => {
                if entry.kind == Type::Text && entry.wp != "user_pass" {
                    self.text.push(entry.wp.clone());
                }
                self.data.insert(entry.wp, value);
            }
            _ if entry.wp == "user_pass" => self.password_refused = true,
            _ => self.refused.push(entry.wp),
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
    let Value::Text(text) = value else { return true };
    if key == "user_pass" {
        return PASSWORD_BYTES.contains(&text.len());
    }
    COLUMN_CHARACTERS.iter().all(|(column, most)| key != *column || text.chars().count() <= *most)
}

/// The non-empty value a rule's left side names: `email` is the chosen one, a whole name comes before a `name+subtype`.
fn source(contact: &Contact, crm: &str, chosen_email: Option<&str>) -> Option<String> {
    if crm == "email" {
        return chosen_email.map(str::to_owned);
    }
    if let Some(property) = contact.values(crm).find(|p| p.subtype.is_empty()).or_else(|| contact.values(crm).next()) {
        return Some(property.value.clone());
    }
    let (name, part) = crm.rsplit_once('+')?;
    if name == "address" {
        // One address, the first that can be read: a city of one and a street of another would be nobody's.
        let address = contact.values(name).find_map(|address| address_parts(&address.value))?;
        return address_part(&address, part);
    }
    contact.values(name).find(|property| property.subtype == part).map(|property| property.value.clone())
}

/// An address is JSON in a string, its keys in any order, some missing; sometimes it is plain or broken text.
fn address_parts(address: &str) -> Option<BTreeMap<String, serde_json::Value>> {
    serde_json::from_str(address).ok()
}

fn address_part(address: &BTreeMap<String, serde_json::Value>, part: &str) -> Option<String> {
    let text = match address.get(part)? {
        serde_json::Value::String(text) => text.trim().to_owned(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
