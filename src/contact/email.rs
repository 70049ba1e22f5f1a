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
mod tests {
    use super::*;

    fn contact(emails: &[(&str, &str)]) -> Contact {
        let emails = emails.iter().map(|(subtype, value)| {
            format!(r#"{{"type":"SYSTEM","name":"email","subtype":"{subtype}","value":"{value}"}}"#)
        });
        let emails = emails.collect::<Vec<_>>().join(",");
        Contact::from_json(format!(r#"{{"id":1,"type":"PERSON","properties":[{emails}]}}"#).as_bytes()).unwrap()
    }

    #[test]
    fn the_order_of_preference_decides() {
        let all = [
            ("x", "x@e.co"),
            ("home", "h@e.co"),
            ("personal", "p@e.co"),
            ("primary", "m@e.co"),
            ("", "n@e.co"),
            ("work", "W@e.co "),
        ];
        for (left, expected) in
            [(6, "w@e.co"), (5, "n@e.co"), (4, "m@e.co"), (3, "p@e.co"), (2, "h@e.co"), (1, "x@e.co")]
        {
            assert_eq!(choose(&contact(&all[..left])).chosen.as_deref(), Ok(expected));
        }
        assert_eq!(choose(&contact(&all)).all.len(), 6);
    }

    #[test]
    fn the_first_that_is_there_decides_even_if_it_is_wrong() {
        let choice = choose(&contact(&[("home", "h@e.co"), ("work", "broken"), ("work", "")]));
        assert_eq!(choice, Choice { chosen: Err(Problem::Invalid), all: vec!["h@e.co".to_owned()] });
        assert_eq!(choose(&contact(&[("work", " ")])).chosen, Err(Problem::Missing));
        assert_eq!(choose(&contact(&[("work", ""), ("home", "h@e.co")])).chosen.as_deref(), Ok("h@e.co"));
    }

    #[test]
    fn a_custom_field_of_that_name_is_no_address() {
        let json = br#"{"id":1,"type":"PERSON","properties":[{"type":"CUSTOM","name":"email","value":"evil@e.co"},
            {"name":"email","subtype":"home","value":"h@e.co"}]}"#;
        let choice = choose(&Contact::from_json(json).unwrap());
        assert_eq!(choice, Choice { chosen: Ok("h@e.co".to_owned()), all: vec!["h@e.co".to_owned()] });
    }

    #[test]
    fn plain_addresses_pass_and_others_do_not() {
        for good in ["a@b.co", "jane+news@example.com", "o'brien@x-y.example", "a.b@c.d.e"] {
            assert_eq!(normalize(good).as_deref(), Some(good));
        }
        assert_eq!(normalize(" Ana@Example.COM\t").as_deref(), Some("ana@example.com"));
        let long = format!("{}@{}.co", "a".repeat(64), "b".repeat(33));
        assert!(normalize(&long).is_none() && normalize(&long.replacen('a', "", 1)).is_some());
        for bad in [
            "",
            "a",
            "@b.co",
            "a@",
            "a@b",
            "a@b.",
            "a@.co",
            "a@-b.co",
            "a@b-.co",
            "a b@c.co",
            "a@b@c.co",
            ".a@b.co",
            "a..b@c.co",
            "a.@b.co",
            "\u{e1}dmin@example.com",
            "a@ex\u{e4}mple.com",
            "\u{ff41}@b.co",
            "\"a\"@b.co",
            "a@[127.0.0.1]",
            "a@b_c.co",
        ] {
            assert_eq!(normalize(bad), None, "{bad:?}");
        }
    }
}
