//! What was sent to the site and what came back: one shape for both methods, and the log the page shows.

use parking_lot::{Condvar, Mutex};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Deliveries remembered.
const KEPT: usize = 2_000;

/// Who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sender {
    /// Method One: a campaign's JSON IO node.
    Node,
    /// Method Two: the account's webhook, by itself after a change.
    Webhook,
    /// The body of a webhook, sent because someone asked for it.
    Hand,
}

/// The branch that a campaign takes. An account's webhook has none; there it only says how the node would see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Branch {
    Success,
    Failure,
}

/// One request to the site and its answer.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    pub sender: Sender,
    /// `Contact is Updated`, or for a node the contact's id.
    pub subject: String,
    pub method: &'static str,
    /// With the query string that was sent.
    pub url: String,
    /// The body that was sent.
    pub sent: String,
    /// None: no answer came; see `error`.
    pub status: Option<u16>,
    pub headers: Vec<(String, String)>,
    /// The answer's body, at most 1 MiB.
    pub body: String,
    pub branch: Branch,
    /// On failure, the answer's `message`: all that an admin of Agile CRM can see (section 6).
    pub message: Option<String>,
    /// What later nodes of the campaign can use: the answer's keys.
    pub new_fields: Map<String, Value>,
    /// Why no answer came.
    pub error: Option<String>,
    #[serde(rename = "elapsed_ms", serialize_with = "milliseconds")]
    pub elapsed: Duration,
}

impl Delivery {
    /// The answer as JSON; `Null` if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// One header of the answer, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(held, _)| held.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Every delivery, oldest first.
#[derive(Default)]
pub(crate) struct Log {
    lines: Mutex<VecDeque<Delivery>>,
    grown: Condvar,
}

impl Log {
    pub(crate) fn add(&self, delivery: Delivery) {
        let mut lines = self.lines.lock();
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(delivery);
        self.grown.notify_all();
    }

    pub(crate) fn all(&self) -> Vec<Delivery> {
        self.lines.lock().iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.lines.lock().clear();
    }

    /// The account's webhooks, as soon as there are `n` of them; those there are when the time is up.
    pub(crate) fn wait_for_webhooks(&self, n: usize, timeout: Duration) -> Vec<Delivery> {
        let until = Instant::now() + timeout;
        let mut lines = self.lines.lock();
        loop {
            let webhooks = lines.iter().filter(|line| line.sender == Sender::Webhook);
            if webhooks.clone().count() >= n || Instant::now() >= until {
                return webhooks.cloned().collect();
            }
            self.grown.wait_until(&mut lines, until);
        }
    }
}

fn milliseconds<S: serde::Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(u64::try_from(value.as_millis()).unwrap_or(u64::MAX))
}
