//! Agile CRM's REST API: the four calls the bridge needs, and what each answer means.
//!
//! Source of the facts: the vendor's `rest-api` documentation and recorded calls. XML is the default representation, so
//! JSON is asked for every time; an unknown contact is 204 with an empty body; an unknown subdomain redirects to a page.

use crate::contact::{Contact, ContactId};
use crate::email;
use crate::error::Error;
use crate::http::{Answer, Call, Failure, Http, Options};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, Url};
use serde::Deserialize;
use std::time::{Duration, Instant};

/// One whole call, its retry included.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(3);

/// What may stand unescaped in a path segment (RFC 3986 `unreserved`); Agile wants `+` as `%2B`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// Which account, and with whose key. Empty texts are missing ones.
#[derive(Clone, Default)]
pub struct Settings {
    /// `demo` of `https://demo.agilecrm.com`.
    pub domain: String,
    /// The account user's e-mail address.
    pub email: String,
    /// The REST API key (Admin Settings, API & Analytics), not the one for JavaScript.
    pub api_key: String,
    /// For development only: a base URL in place of the account's.
    pub api_url: String,
    pub proxy: String,
}

/// An account whose settings make sense.
pub struct Account {
    base: Url,
    email: String,
    api_key: String,
    options: Options,
}

/// The account's user whose key it is.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub struct CurrentUser {
    pub email: Option<String>,
    pub name: Option<String>,
    pub domain: Option<String>,
}

/// Calls on behalf of one account, all of which end by `deadline`.
pub struct AgileCrm<'a> {
    pub http: &'a Http,
    pub account: &'a Account,
    pub deadline: Option<Instant>,
}

impl Account {
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let missing = |what: &str| Error::NotConfigured(format!("the {what} is missing"));
        let malformed = |what: &str| Error::NotConfigured(format!("the {what} is malformed"));
        if settings.domain.is_empty() {
            return Err(missing("subdomain"));
        }
        if !is_subdomain(&settings.domain) {
            return Err(malformed("subdomain"));
        }
        for (what, text) in [("e-mail address", &settings.email), ("API key", &settings.api_key)] {
            if text.is_empty() {
                return Err(missing(what));
            }
            if text.chars().any(char::is_control) {
                return Err(malformed(what));
            }
        }
        // RFC 7617: the user's name ends at the first colon.
        if settings.email.contains(':') {
            return Err(malformed("e-mail address"));
        }
        let development = !settings.api_url.is_empty();
        let base = if development {
            settings.api_url.trim_end_matches('/').to_owned()
        } else {
            format!("https://{}.agilecrm.com", settings.domain)
        };
        let base = Url::parse(&format!("{base}/dev/api/")).map_err(|_| malformed("development URL"))?;
        let proxy = Some(settings.proxy.clone()).filter(|proxy| !proxy.is_empty());
        Ok(Self {
            options: Options { plain_http: development && base.scheme() == "http", proxy },
            base,
            email: settings.email.clone(),
            api_key: settings.api_key.clone(),
        })
    }

    /// What the HTTP client has to be made for.
    pub fn options(&self) -> &Options {
        &self.options
    }
}

impl AgileCrm<'_> {
    pub fn contact(&self, id: ContactId) -> Result<Contact, Error> {
        let contact = contact_in(&self.get(&format!("contacts/{id}"))?)?;
        if contact.id != id {
            return Err(Error::unusable("it answered with another contact than the one asked for"));
        }
        Ok(contact)
    }

    /// `address` is normalised; the contact found must carry it.
    pub fn contact_by_email(&self, address: &str) -> Result<Contact, Error> {
        let segment = utf8_percent_encode(address, SEGMENT);
        let contact = contact_in(&self.get(&format!("contacts/search/email/{segment}"))?)?;
        if !email::choose(&contact).all.iter().any(|known| known == address) {
            return Err(Error::unusable("it answered with a contact that does not carry the address asked for"));
        }
        Ok(contact)
    }

    /// The connection test.
    pub fn current_user(&self) -> Result<CurrentUser, Error> {
        let answer = self.get("users/current-user")?;
        serde_json::from_slice(&answer.body).map_err(|_| Error::unusable("its answer is not the JSON of a user"))
    }

    /// Sets one custom field and leaves all else as it is. Agile stores a name it does not know without complaint, and
    /// null or empty values have damaged contacts, so those are never sent.
    pub fn set_custom_field(&self, id: ContactId, name: &str, value: &str) -> Result<(), Error> {
        if name.is_empty() || value.is_empty() {
            return Err(Error::unusable("a custom field needs a name and a value"));
        }
        let property = serde_json::json!({ "type": "CUSTOM", "name": name, "value": value });
        let body = format!(r#"{{"id":{id},"properties":[{property}]}}"#);
        let answer = self.call(Method::PUT, "contacts/edit-properties", Some(ascii(&body)))?;
        if contact_in(&answer)?.id == id { Ok(()) } else { Err(Error::unusable("it changed another contact")) }
    }

    fn get(&self, path: &str) -> Result<Answer, Error> {
        self.call(Method::GET, path, None)
    }

    fn call(&self, method: Method, path: &str, json: Option<String>) -> Result<Answer, Error> {
        let url = self.account.base.join(path).map_err(|_| Error::unusable("its URL cannot be formed"))?;
        let left = self.deadline.map_or(CALL_TIMEOUT, |deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            let detail = "the time for this webhook was up before it was asked".to_owned();
            return Err(Error::Unavailable { detail, timed_out: true });
        }
        let (user, password) = (self.account.email.clone(), self.account.api_key.clone());
        let answer = self.http.send(&Call { method, url, user, password, json }, left.min(CALL_TIMEOUT));
        match answer {
            Ok(answer) => meaning(answer),
            Err(Failure::TimedOut(detail)) => Err(Error::Unavailable { detail, timed_out: true }),
            Err(Failure::Failed(detail)) => Err(Error::unusable(detail)),
        }
    }
}

fn meaning(answer: Answer) -> Result<Answer, Error> {
    match answer.status {
        200 => Ok(answer),
        204 => Err(Error::ContactNotFound),
        status @ (401 | 403 | 300..=399) => Err(Error::Unauthorized { status }),
        429 => Err(Error::unusable("it says that there were too many requests (status 429)")),
        status => Err(Error::unusable(format!("it answered with status {status}"))),
    }
}

fn contact_in(answer: &Answer) -> Result<Contact, Error> {
    Contact::from_json(&answer.body).ok_or_else(|| Error::unusable("its answer is not the JSON of a contact"))
}

fn is_subdomain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('-') && !text.ends_with('-')
}

/// JSON with everything beyond ASCII escaped: which charset the server takes for its default is unknown.
fn ascii(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            let mut units = [0; 2];
            escaped.extend(character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let (domain, email, api_key) = ("demo".to_owned(), "owner@example.com".to_owned(), "key".to_owned());
        Settings { domain, email, api_key, ..Settings::default() }
    }

    #[test]
    fn an_account_needs_all_three_and_a_plain_subdomain() {
        let account = Account::new(&settings()).ok().unwrap();
        assert_eq!(account.base.as_str(), "https://demo.agilecrm.com/dev/api/");
        assert!(!account.options().plain_http);
        for (domain, email, api_key) in [
            ("", "a@b.co", "k"),
            ("demo", "", "k"),
            ("demo", "a@b.co", ""),
            ("evil.example/", "a@b.co", "k"),
            ("a.b", "a@b.co", "k"),
            ("-a", "a@b.co", "k"),
            ("demo", "a:b@b.co", "k"),
            ("demo", "a@b.co", "k\n"),
        ] {
            let (domain, email, api_key) = (domain.to_owned(), email.to_owned(), api_key.to_owned());
            let settings = Settings { domain, email, api_key, ..Settings::default() };
            assert!(matches!(Account::new(&settings), Err(Error::NotConfigured(_))));
        }
    }

    #[test]
    fn unencrypted_calls_are_for_the_development_url_alone() {
        let plain = Settings { api_url: "http://127.0.0.1:8090/".to_owned(), ..settings() };
        let account = Account::new(&plain).ok().unwrap();
        assert_eq!(account.base.as_str(), "http://127.0.0.1:8090/dev/api/");
        assert!(account.options().plain_http);
    }

    #[test]
    fn an_address_is_one_path_segment() {
        assert_eq!(utf8_percent_encode("a+b/c?d#e%@x.co", SEGMENT).to_string(), "a%2Bb%2Fc%3Fd%23e%25@x.co");
    }

    #[test]
    fn json_is_escaped_to_ascii() {
        assert_eq!(ascii("\"\u{e9}\u{1f600}\""), "\"\\u00e9\\ud83d\\ude00\"");
    }

    #[test]
    fn statuses_mean_what_the_contract_says() {
        let status = |status| meaning(Answer { status, body: vec![] }).map(|_| ()).map_err(|e| e.http_status());
        assert_eq!(status(200), Ok(()));
        assert_eq!(status(204), Err(404));
        for refused in [301, 302, 401, 403, 404, 429, 500, 503] {
            assert_eq!(status(refused), Err(502), "{refused}");
        }
        assert!(matches!(meaning(Answer { status: 302, body: vec![] }), Err(Error::Unauthorized { .. })));
        assert!(matches!(meaning(Answer { status: 404, body: vec![] }), Err(Error::Unavailable { .. })));
    }
}
