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
mod tests {
    use super::*;

    fn contact() -> Contact {
        Contact::from_json(
            br#"{"id":1,"type":"PERSON","properties":[
              {"type":"SYSTEM","name":"first_name","value":"Ana"},
              {"type":"SYSTEM","name":"email","subtype":"personal","value":"Ana.R@example.org"},
              {"type":"SYSTEM","name":"email","subtype":"work","value":"ana@example.com"},
              {"type":"SYSTEM","name":"phone","subtype":"home fax","value":"1"},
              {"type":"SYSTEM","name":"phone","subtype":"work","value":"2"},
              {"type":"SYSTEM","name":"address","subtype":"home","value":"plain text"},
              {"type":"SYSTEM","name":"address","value":"{\"zip\":41001,\"city\":\"Sevilla \",\"state\":\"\"}"},
              {"type":"CUSTOM","name":"Plan","value":"gold"},
              {"type":"CUSTOM","name":"A+B","value":"sum"},
              {"type":"CUSTOM","name":"Secret","value":"short"},
              {"type":"CUSTOM","name":"Empty","value":" "},
              {"type":"CUSTOM","name":"Birthday","value":"soon"}]}"#,
        )
        .unwrap()
    }

    fn rule(crm: &str, wp: &str) -> Stored {
        Stored { crm: crm.to_owned(), wp: wp.to_owned(), ..Stored::default() }
    }

    fn mapped(map: &[Stored]) -> UserData {
        user_data(&contact(), map, "UTC")
    }

    fn text(user: &UserData, key: &str) -> Option<String> {
        match user.data.get(key) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        }
    }

    #[test]
    fn without_a_map_the_defaults_are_mapped() {
        let user = mapped(&[]);
        assert_eq!(user.data.keys().collect::<Vec<_>>(), ["first_name", "user_email"]);
        assert_eq!(text(&user, "user_email").as_deref(), Some("ana@example.com"));
        assert_eq!(user.emails, ["ana.r@example.org", "ana@example.com"]);
    }

    #[test]
    fn properties_are_named_in_wp_fusions_notation() {
        for (crm, expected) in [
            ("phone+home fax", Some("1")),
            ("phone", Some("1")),
            ("phone+mobile", None),
            ("address+city", Some("Sevilla")),
            ("address+zip", Some("41001")),
            ("address+state", None),
            ("Plan", Some("gold")),
            ("plan", None),
            ("A+B", Some("sum")),
            ("email", Some("ana@example.com")),
            ("email+personal", Some("Ana.R@example.org")),
        ] {
            assert_eq!(text(&mapped(&[rule(crm, "x")]), "x").as_deref(), expected, "{crm}");
        }
    }

    #[test]
    fn an_explicit_email_has_no_fallback() {
        let user = mapped(&[rule("email+personal", "user_email")]);
        assert_eq!(text(&user, "user_email").as_deref(), Some("ana.r@example.org"));
        let user = mapped(&[rule("email+home", "user_email")]);
        assert_eq!((text(&user, "user_email"), user.email_problem), (None, Some(Problem::Missing)));
        let user = mapped(&[rule("Plan", "user_email")]);
        assert_eq!((text(&user, "user_email"), user.email_problem), (None, Some(Problem::Invalid)));
    }

    #[test]
    fn empty_values_keep_or_clear() {
        let clear = Stored { when_empty: "clear".to_owned(), ..rule("Empty", "cleared") };
        let user = mapped(&[clear, rule("Empty", "kept")]);
        assert_eq!(text(&user, "cleared").as_deref(), Some(""));
        assert!(!user.data.contains_key("kept"));
    }

    #[test]
    fn an_empty_list_is_an_empty_value() {
        let json = br#"{"id":1,"type":"PERSON","properties":[{"type":"CUSTOM","name":"Friends","value":"[]"}]}"#;
        let contact = Contact::from_json(json).unwrap();
        let list = |wp: &str, when_empty: &str| Stored {
            kind: "multiselect".to_owned(),
            when_empty: when_empty.to_owned(),
            ..rule("Friends", wp)
        };
        let user = user_data(&contact, &[list("kept", "keep"), list("cleared", "clear")], "UTC");
        assert_eq!(user.data.into_iter().collect::<Vec<_>>(), [("cleared".to_owned(), Value::empty())]);
    }

    #[test]
    fn what_cannot_be_read_or_held_is_named() {
        let date = Stored { kind: "date".to_owned(), ..rule("Birthday", "birthday") };
        let user = mapped(&[date, rule("Secret", "user_pass"), rule("Plan", "plan")]);
        assert_eq!((user.refused, user.password_refused), (vec!["birthday".to_owned()], true));
        assert_eq!(user.text, ["plan", "first_name"]);
    }

    #[test]
    fn filters_pass_the_same_guards() {
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let list = || Some(Value::List(vec!["a".to_owned()]));
        let data = [
            ("user_email", text("Ana@Example.com")),
            ("first_name", list()),
            ("plan", list()),
            ("wp_capabilities", list()),
            ("user_pass", text("short")),
            ("user_login", text(&"x".repeat(61))),
            ("nul", text("a\0")),
            ("object", None),
        ];
        let (kept, refused) = guard(data.map(|(key, value)| (key.to_owned(), value)).into());
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["plan", "user_email"]);
        assert_eq!(kept.get("user_email"), text("ana@example.com").as_ref());
        assert_eq!(refused.len(), 6);
    }
}
