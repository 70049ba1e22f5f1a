//! The API as a table: which call a method and a path mean (section 2), and which function answers it.
//!
//! Paths are split before they are decoded: an e-mail is one segment, and its `+` must come as `%2B`.

pub(crate) mod answer;
mod contacts;
pub(crate) mod listing;
mod settings;
mod xml;

use crate::account::Account;
use crate::faults::Faults;
use answer::Answer;
use bytes::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::{HeaderMap, Method};
use parking_lot::Mutex;
use std::sync::Arc;

/// A call of the API, with what its path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    Contact(String),
    SearchByEmail(String),
    EditProperties,
    EditTags,
    DeleteTags,
    ListContacts,
    CreateContact,
    ReplaceContact,
    DeleteContact(String),
    DynamicFilter,
    Tags,
    CustomFields,
    CurrentUser,
    Unknown,
}

impl Call {
    /// `path` is what follows `/dev/api/`, as sent.
    pub(crate) fn read(method: &Method, path: &str) -> Self {
        let segments: Vec<String> = path.split('/').map(decode).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (method.as_str(), segments.as_slice()) {
            ("GET", ["contacts"]) => Self::ListContacts,
            ("POST", ["contacts"]) => Self::CreateContact,
            ("PUT", ["contacts"]) => Self::ReplaceContact,
            ("GET", ["contacts", "search", "email", email]) => Self::SearchByEmail((*email).to_owned()),
            ("PUT", ["contacts", "edit-properties"]) => Self::EditProperties,
            ("PUT", ["contacts", "edit", "tags"]) => Self::EditTags,
            ("PUT", ["contacts", "delete", "tags"]) => Self::DeleteTags,
            ("GET", ["contacts", id]) => Self::Contact((*id).to_owned()),
            ("DELETE", ["contacts", id]) => Self::DeleteContact((*id).to_owned()),
            ("POST", ["filters", "filter", "dynamic-filter"]) => Self::DynamicFilter,
            ("GET", ["tags"]) => Self::Tags,
            ("GET", ["custom-fields", "scope", "position"]) => Self::CustomFields,
            ("GET", ["users", "current-user"]) => Self::CurrentUser,
            _ => Self::Unknown,
        }
    }

    /// The contact that the path names by its id.
    pub(crate) fn contact(&self) -> Option<u64> {
        if let Self::Contact(id) = self { id.parse().ok() } else { None }
    }

    /// The route template, as it is counted.
    pub(crate) fn route(&self) -> &'static str {
        match self {
            Self::Contact(_) | Self::DeleteContact(_) => "contacts/{id}",
            Self::SearchByEmail(_) => "contacts/search/email/{email}",
            Self::EditProperties => "contacts/edit-properties",
            Self::EditTags => "contacts/edit/tags",
            Self::DeleteTags => "contacts/delete/tags",
            Self::ListContacts | Self::CreateContact | Self::ReplaceContact => "contacts",
            Self::DynamicFilter => "filters/filter/dynamic-filter",
            Self::Tags => "tags",
            Self::CustomFields => "custom-fields/scope/position",
            Self::CurrentUser => "users/current-user",
            Self::Unknown => "(unknown)",
        }
    }
}

/// What a call came with.
pub(crate) struct Asked {
    pub(crate) call: Call,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) faults: Faults,
    /// What the documents say a client must not do, written down for tests to read.
    pub(crate) complaints: Mutex<Vec<String>>,
}

impl Asked {
    pub(crate) fn complain(&self, what: impl Into<String>) {
        self.complaints.lock().push(what.into());
    }

    fn content_type(&self) -> String {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_ascii_lowercase()
    }

    fn is_json(&self) -> bool {
        self.content_type().starts_with("application/json")
    }

    /// A JSON body. Without a charset it is read as Latin-1, the old servlets' default: nobody documents
    /// the server's own (section 1), and so a client that neither escapes nor declares is found out.
    fn json(&self) -> Result<serde_json::Value, Answer> {
        if !self.is_json() {
            return Err(Answer::WrongType);
        }
        if !self.body.is_ascii() {
            self.complain("JSON that is not ASCII-escaped: the server's charset is unknown");
        }
        let text = if self.content_type().contains("utf-8") {
            String::from_utf8_lossy(&self.body).into_owned()
        } else {
            self.body.iter().map(|byte| char::from(*byte)).collect()
        };
        serde_json::from_str(&text).map_err(|_| Answer::BadRequest("Invalid JSON."))
    }

    fn query(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(held, _)| held == name)
            .map(|(_, value)| value.into_owned())
    }
}

pub(crate) fn answer(account: &Arc<Account>, asked: &Asked) -> Answer {
    match &asked.call {
        Call::Contact(id) => contacts::get(account, id),
        Call::SearchByEmail(email) => contacts::search_by_email(account, asked, email),
        Call::EditProperties => contacts::edit_properties(account, asked),
        Call::EditTags => contacts::edit_tags(account, asked),
        Call::DeleteTags => contacts::delete_tags(account, asked),
        Call::CreateContact => contacts::create(account, asked),
        Call::ReplaceContact => contacts::replace(account, asked),
        Call::DeleteContact(id) => contacts::delete(account, id),
        Call::ListContacts => listing::contacts(account, asked),
        Call::DynamicFilter => listing::dynamic_filter(account, asked),
        Call::Tags => settings::tags(account),
        Call::CustomFields => settings::custom_fields(account, asked),
        Call::CurrentUser => settings::current_user(account),
        Call::Unknown => Answer::NoSuchPage,
    }
}

/// A blank may come as `+`, as in a form: so an address with a raw `+` is not found (section 2).
fn decode(segment: &str) -> String {
    percent_encoding::percent_decode_str(&segment.replace('+', " ")).decode_utf8_lossy().into_owned()
}
