//! Which e-mail address stands for a contact, and whether WordPress could hold it.

use crate::contact::{Contact, Property};

/// `wp_users.user_email` is `varchar(100)`.
const MAX_BYTES: usize = 100;
/// RFC 5321, section 4.5.3.1.
const MAX_LOCAL_BYTES: usize = 64;
const MAX_LABEL_BYTES: usize = 63;

/// Subtypes in the order in which they are asked; what is left comes in the CRM's order.
const PREFERRED: [&str; 5] = ["work", "", "primary", "personal", "home"];

/// A contact's addresses, looked at once.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// The address that stands for the contact, or why there is none.
    pub chosen: Result<String, Problem>,
    /// Every valid address, normalised, in the CRM's order.
    pub all: Vec<String>,
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

/// The first non-empty address in the order of preference decides, valid or not: falling through to another one would
/// make a typo in the main address change who the user is.
pub fn choose(contact: &Contact) -> Choice {
    let preferred = PREFERRED.iter().find_map(|subtype| contact.emails().find(|email| email.subtype == *subtype));
    let chosen = preferred.or_else(|| contact.emails().next());
    Choice {
        chosen: verdict(chosen.map(|email: &Property| email.value.as_str())),
        all: contact.emails().filter_map(|email| normalize(&email.value)).collect(),
    }
}

/// The address normalised, or what is wrong with it.
pub fn verdict(address: Option<&str>) -> Result<String, Problem> {
    let address = address.filter(|address| !address.trim().is_empty()).ok_or(Problem::Missing)?;
    normalize(address).ok_or(Problem::Invalid)
}

/// Trimmed and ASCII lower-cased; `None` unless it is a plain ASCII address (dot-atom, at least two domain labels) that
/// WordPress stores as it stands. Stricter than the RFC: WordPress 'repairs' what it does not like into another address.
pub fn normalize(address: &str) -> Option<String> {
    let address = address.trim().to_ascii_lowercase();
    let (local, domain) = address.split_once('@')?;
    let local_is_plain = local.len() <= MAX_LOCAL_BYTES && local.split('.').all(is_atom);
    let domain_is_plain = domain.contains('.') && domain.split('.').all(is_label);
    (address.len() <= MAX_BYTES && local_is_plain && domain_is_plain).then_some(address)
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
