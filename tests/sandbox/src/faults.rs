//! Faults by switch: what section 7 wants a client to survive. All off by default; they concern API calls only.
//!
//! Faults are not drawn by lot: a rate of 0.1 fails every tenth request, so that a test that fails, fails again.

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::watch;

/// The two forms in which the CRM words an error (section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    #[default]
    Json,
    Html,
}

/// A 500 for a share of the requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Error500 {
    /// 0.0 to 1.0; 0.25 is every fourth request.
    pub rate: f64,
    pub form: Form,
    /// The call is done and then answered 500: 'also on writes that succeeded' (section 4).
    pub after_write: bool,
    /// The `exception message`; one about calls per day means a used-up quota.
    pub message: String,
}

impl Default for Error500 {
    fn default() -> Self {
        Self { rate: 1.0, form: Form::Json, after_write: false, message: "Internal error".into() }
    }
}

impl Error500 {
    pub fn json() -> Self {
        Self::default()
    }

    pub fn html() -> Self {
        Self { form: Form::Html, ..Self::default() }
    }

    #[must_use]
    pub fn rate(self, rate: f64) -> Self {
        Self { rate, ..self }
    }
}

/// A 429.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RateLimit {
    /// The header as it is sent: seconds, a date, or nonsense. Without it the header is left out.
    pub retry_after: Option<String>,
}

/// Which faults are on. `Faults::default()` is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch, and tests combine them")]
pub struct Faults {
    /// Waited before every answer.
    #[serde(rename = "latency_ms", with = "ms")]
    pub latency: Duration,
    pub error_500: Option<Error500>,
    pub rate_limit: Option<RateLimit>,
    pub unauthorized: Option<Form>,
    /// 302 to this URL, as an unknown subdomain does.
    pub redirect: Option<String>,
    /// Any other status, with an HTML page: 403, 502, 503, 504.
    pub status: Option<u16>,
    /// 200 with an HTML page.
    pub html_200: bool,
    /// 200 with JSON that stops in the middle, though the HTTP answer is whole.
    pub truncated_json: bool,
    /// The next contact's number in place of the one asked for.
    pub wrong_id: bool,
    /// The request is read and never answered.
    pub stalled_headers: bool,
    /// The connection is closed without an answer.
    pub hang_up: bool,
    /// The connection is closed half-way through the body.
    pub half_body: bool,
    /// The body never ends: blanks, as fast as they are read.
    pub endless_body: bool,
    /// A connection is closed when it was idle for this long after an answer.
    #[serde(rename = "close_idle_ms", with = "optional_ms")]
    pub close_idle: Option<Duration>,
    /// Searches do not see what was written within this time (section 2).
    #[serde(rename = "search_lag_ms", with = "ms")]
    pub search_lag: Duration,
    /// The account refuses to filter by `updated_time` (section 2).
    pub refuse_updated_time_filter: bool,
    /// `AFTER` a moment means after the (UTC) day of it: the other reading of the document (section 2).
    pub after_means_day: bool,
    /// A page of more contacts than this is never answered (section 2: large ones meet a cap).
    pub longest_page: Option<usize>,
    /// Account webhooks leave this much later (section 5: up to a minute).
    #[serde(rename = "webhook_delay_ms", with = "ms")]
    pub webhook_delay: Duration,
    /// Each account webhook is sent this many times more (section 5).
    pub webhook_duplicates: u32,
    /// The first so many requests do not meet the faults: an account that fails in the middle of a list.
    pub spares: u64,
    /// Only the next so many requests meet the faults; then all are off, or others are on.
    pub only_next: Option<u64>,
    /// What is on after `only_next`.
    pub then: Option<Box<Faults>>,
    /// Only this route meets them, for instance `PUT contacts/edit-properties`.
    pub only_route: Option<String>,
    /// Only calls for these contacts by their ids meet them.
    pub only_contacts: Vec<u64>,
}

/// Holds the faults and hands each request its own.
pub(crate) struct Switchboard {
    /// Watched by idle connections, which must notice `close_idle` without a request.
    faults: watch::Sender<Faults>,
    owed: Mutex<f64>,
}

impl Switchboard {
    pub(crate) fn new() -> Self {
        Self { faults: watch::Sender::new(Faults::default()), owed: Mutex::new(0.0) }
    }

    pub(crate) fn set(&self, faults: Faults) {
        *self.owed.lock() = 0.0;
        self.faults.send_replace(faults);
    }

    pub(crate) fn get(&self) -> Faults {
        self.faults.borrow().clone()
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Faults> {
        self.faults.subscribe()
    }

    /// The faults that this request meets.
    pub(crate) fn take(&self, route: &str, contact: Option<u64>) -> Faults {
        let mut owed = self.owed.lock();
        let mut taken = self.get();
        if taken.only_route.as_deref().is_some_and(|only| only != route) {
            return Faults::default();
        }
        let only = &taken.only_contacts;
        if !only.is_empty() && !contact.is_some_and(|contact| only.contains(&contact)) {
            return Faults::default();
        }
        if taken.spares > 0 {
            self.faults.send_modify(|faults| faults.spares -= 1);
            return Faults::default();
        }
        match taken.only_next {
            Some(0 | 1) => drop(self.faults.send_replace(taken.then.as_deref().cloned().unwrap_or_default())),
            Some(left) => self.faults.send_modify(|faults| faults.only_next = Some(left - 1)),
            None => {}
        }
        if let Some(error) = &taken.error_500 {
            *owed += error.rate;
            // The small part forgives ten times 0.1 for not being one.
            if *owed + 1e-9 >= 1.0 {
                *owed -= 1.0;
            } else {
                taken.error_500 = None;
            }
        }
        taken
    }
}

mod ms {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::time::Duration;

    pub(super) fn serialize<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
        u64::try_from(value.as_millis()).unwrap_or(u64::MAX).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

mod optional_ms {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::time::Duration;

    #[expect(clippy::ref_option, reason = "serde's `with` asks for this shape")]
    pub(super) fn serialize<S: Serializer>(value: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        value.map(|value| u64::try_from(value.as_millis()).unwrap_or(u64::MAX)).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        Option::<u64>::deserialize(from).map(|value| value.map(Duration::from_millis))
    }
}
