//! Which e-mail address stands for a contact, and whether WordPress could hold it.

use crate::contact::json::Told;
use crate::contact::{Contact, Property, limits};

/// `wp_users.user_email` is `varchar(100)`.
const MAX_BYTES: usize = 100;
/// RFC 5321, section 4.5.3.1.
const MAX_LOCAL_BYTES: usize = 64;
const MAX_LABEL_BYTES: usize = 63;

/// Subtypes in the order in which they are asked; what is left comes in the CRM's order.
const PREFERRED: [&str; 5] = ["work", "", "primary", "personal", "home"];

/// Soft hyphen, Mongolian vowel separator, zero-width space, joiners and word joiner, byte order mark.
const INVISIBLE: [char; 7] = ['\u{ad}', '\u{180e}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];
/// Unicode's `Bidi_Control`.
const DIRECTIONS: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}',
    '\u{2067}', '\u{2068}', '\u{2069}',
];

/// A contact's addresses, looked at once.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// The address that stands for the contact, or why there is none.
    pub chosen: Result<String, Problem>,
    /// Every valid address that counts, normalised, in the CRM's order.
    pub all: Vec<String>,
    /// Whether those are all: none is there that nobody can read, or that does not count, and that may be any address.
    pub is_whole: bool,
}

/// Why a contact cannot be a user's address book entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Missing,
    Invalid,
}

impl Problem {
    /// Its code in an answer (contract, section 6).
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "email_missing",
            Self::Invalid => "email_invalid",
        }
    }
}

/// The first non-empty address in the order of preference decides, valid or not, readable or not: falling through to another
/// one would make a typo in the main address change who the user is.
pub fn choose(contact: &Contact) -> Choice {
    let addresses = || addresses(contact).take(limits::ADDRESSES);
    let with = |subtype: &str| addresses().find(|email| email.subtype.as_deref() == Some(subtype));
    let chosen = PREFERRED.iter().find_map(|subtype| with(subtype)).or_else(|| addresses().next());
    let readable = addresses().filter_map(|email| email.value.as_ref().readable());
    Choice {
        chosen: verdict(chosen.map_or(Told::Missing, |email| email.value.as_ref())),
        all: readable.filter_map(|address| normalize(address)).collect(),
        is_whole: contact.properties.is_some() && !are_too_many(contact) && !contact.values("email").any(is_unreadable),
    }
}

/// Whether this normalised address is one of the contact's, or may be one of those that do not count.
pub fn carries(contact: &Contact, address: &str) -> bool {
    are_too_many(contact) || choose(contact).all.iter().any(|known| known == address)
}

/// Whether the contact has more addresses than count.
pub fn are_too_many(contact: &Contact) -> bool {
    addresses(contact).count() > limits::ADDRESSES
}

fn is_unreadable(address: &Property) -> bool {
    !address.has_readable_kind() || !address.is_custom() && address.value == Told::Unreadable
}

/// The e-mail addresses that are not empty. A custom field labelled `email` is none: it must not decide who a user is.
fn addresses(contact: &Contact) -> impl Iterator<Item = &Property> {
    let is_empty = |property: &Property| property.value.as_ref().readable().is_some_and(|text| trim(text).is_empty());
    contact.values("email").filter(move |property| property.is_address() && !is_empty(property))
}

/// The address normalised, or what is wrong with it.
pub fn verdict(address: Told<&String>) -> Result<String, Problem> {
    match address {
        Told::Missing => Err(Problem::Missing),
        Told::Read(address) if trim(address).is_empty() => Err(Problem::Missing),
        Told::Read(address) => normalize(address).ok_or(Problem::Invalid),
        Told::Unreadable => Err(Problem::Invalid),
    }
}

/// Trimmed and ASCII lower-cased; `None` unless it is a plain ASCII address (dot-atom, at least two domain labels) that
/// WordPress stores as it stands. Stricter than the RFC: WordPress 'repairs' what it does not like into another address.
pub fn normalize(address: &str) -> Option<String> {
    let address = trim(address).to_ascii_lowercase();
    let (local, domain) = address.split_once('@')?;
    let local_is_plain = local.len() <= MAX_LOCAL_BYTES && local.split('.').all(is_atom);
    let domain_is_plain = domain.contains('.') && domain.split('.').all(is_label);
    (address.len() <= MAX_BYTES && local_is_plain && domain_is_plain).then_some(address)
}

/// Without blanks around it, and without what nobody sees: zero-width characters and marks of direction, which come along when
/// an address is copied from a page or a mail.
fn trim(address: &str) -> &str {
    address.trim_matches(|c: char| c.is_whitespace() || INVISIBLE.contains(&c) || DIRECTIONS.contains(&c))
}

/// RFC 5322 `atext`, the set that WordPress' `is_email` keeps.
fn is_atom(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b))
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_LABEL_BYTES
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
#[path = "email_tests.rs"]
mod tests;
