//! Who we are to Agile CRM.

use crate::contact::json::{self, Object};

/// The account's user whose key it is, as far as it can be read.
#[derive(Debug, PartialEq, Eq)]
pub struct CurrentUser {
    pub email: Option<String>,
    pub name: Option<String>,
    pub domain: Option<String>,
}

impl CurrentUser {
    /// `None` if it is no JSON object.
    pub fn from_json(json: &[u8]) -> Option<Self> {
        let json = json::utf8(json)?;
        let user = Object::read(&json)?;
        let text = |key| user.get(key).and_then(json::string).readable();
        Some(Self { email: text("email"), name: text("name"), domain: text("domain") })
    }
}
