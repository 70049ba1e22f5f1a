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
    /// Ask in another way: the account does not list contacts by when they changed. `status` is its HTTP status.
    FilterRefused { status: u16 },
    /// Ask for less: the answer is larger than we read.
    TooLarge(String),
    /// Try again later: no answer, or not one to build on.
    Unavailable {
        detail: String,
        timed_out: bool,
        /// It speaks of the CRM as a whole: another contact would fare no better. Otherwise it may be about this contact
        /// or request alone.
        outage: bool,
        /// Seconds that the CRM asked us to wait.
        retry_after: Option<u32>,
    },
}

impl Error {
    /// The CRM answered, but with something other than was asked for.
    pub fn unusable(detail: impl Into<String>) -> Self {
        Self::Unavailable { detail: detail.into(), timed_out: false, outage: false, retry_after: None }
    }

    /// The CRM cannot be reached or answers nobody. `retry_after`: seconds that it asked us to wait.
    pub fn outage(detail: impl Into<String>, retry_after: Option<u32>) -> Self {
        Self::Unavailable { detail: detail.into(), timed_out: false, outage: true, retry_after }
    }

    /// The CRM did not answer in time. If it was not even asked (`asked` is false), that tells nothing of it.
    pub fn timed_out(detail: impl Into<String>, asked: bool) -> Self {
        Self::Unavailable { detail: detail.into(), timed_out: true, outage: asked, retry_after: None }
    }

    /// A list that comes too slowly, or is too large: a shorter page of it may do.
    pub fn is_too_much_at_once(&self) -> bool {
        matches!(self, Self::TooLarge(_) | Self::Unavailable { timed_out: true, outage: true, .. })
    }

    /// The name by which the plugin knows it. (A refused filter has none of its own: it is told by its exception.)
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotConfigured(_) => "not_configured",
            Self::ContactNotFound => "contact_not_found",
            Self::Unauthorized { .. } => "crm_unauthorized",
            Self::FilterRefused { .. } | Self::TooLarge(_) | Self::Unavailable { .. } => "crm_unavailable",
        }
    }

    /// The HTTP status the webhook is answered with (contract, section 6).
    pub fn http_status(&self) -> u16 {
        match self {
            Self::NotConfigured(_) => 503,
            Self::ContactNotFound => 404,
            Self::Unavailable { timed_out: true, .. } => 504,
            Self::Unauthorized { .. } | Self::FilterRefused { .. } | Self::TooLarge(_) | Self::Unavailable { .. } => {
                502
            }
        }
    }

    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Unavailable { outage: true, .. })
    }

    pub fn retry_after(&self) -> Option<u32> {
        if let Self::Unavailable { retry_after, .. } = self { *retry_after } else { None }
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
            Self::FilterRefused { status } => {
                write!(f, "Agile CRM refused to list the contacts by when they changed (status {status})")
            }
            Self::Unavailable { detail, timed_out: true, .. } => {
                write!(f, "Agile CRM did not answer in time: {detail}")
            }
            Self::TooLarge(detail) | Self::Unavailable { detail, timed_out: false, .. } => {
                write!(f, "Agile CRM gave no usable answer: {detail}")
            }
        }
    }
}

impl std::error::Error for Error {}
