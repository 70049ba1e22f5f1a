//! Whose account it is: what the settings say, checked before anything is sent.

use crate::crm::error::Error;
use crate::crm::http::Options;
use reqwest::Url;

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
    /// Ends in `/dev/api/`.
    pub(crate) base: Url,
    pub(crate) email: String,
    pub(crate) api_key: String,
    options: Options,
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

fn is_subdomain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('-') && !text.ends_with('-')
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
}
