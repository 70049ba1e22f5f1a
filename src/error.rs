//! What can go wrong with Agile CRM, grouped by what the caller does next.
//!
//! Messages are for the admin who reads them in a log or on the settings screen. They never hold a key, an address
//! or a body.

use std::fmt;

/// Why Agile CRM gave us no usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// Stop and tell the admin: the account's domain, e-mail or API key is missing or malformed.
    NotConfigured(String),
    /// Nothing to do: the account has no such contact.
    ContactNotFound,
    /// Stop and tell the admin: Agile CRM refuses us. `status` is its HTTP status (401, 403 or a 3xx).
    Unauthorized { status: u16 },
    /// Try again later: no answer, or not one to build on.
    Unavailable { detail: String, timed_out: bool },
}

impl Error {
    /// The CRM answered, but with something other than was asked for.
    pub fn unusable(detail: impl Into<String>) -> Self {
        Self::Unavailable { detail: detail.into(), timed_out: false }
    }

    /// The HTTP status the webhook is answered with (contract, section 6).
    pub fn http_status(&self) -> u16 {
        match self {
            Self::NotConfigured(_) => 503,
            Self::ContactNotFound => 404,
            Self::Unavailable { timed_out: true, .. } => 504,
            Self::Unauthorized { .. } | Self::Unavailable { .. } => 502,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConfigured(what) => write!(f, "the connection to Agile CRM is not configured: {what}"),
            Self::ContactNotFound => f.write_str("Agile CRM has no such contact"),
            Self::Unauthorized { status: status @ 300..=399 } => {
                write!(f, "Agile CRM redirected the call (status {status}): there is no account under this subdomain")
            }
            Self::Unauthorized { status } => {
                write!(f, "Agile CRM refused the e-mail address or the API key (status {status})")
            }
            Self::Unavailable { detail, timed_out: true } => write!(f, "Agile CRM did not answer in time: {detail}"),
            Self::Unavailable { detail, timed_out: false } => write!(f, "Agile CRM gave no usable answer: {detail}"),
        }
    }
}

impl std::error::Error for Error {}
