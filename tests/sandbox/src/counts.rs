//! Counts and a record of what was asked, so that a test can prove 'one request per event'
//! and 'the connection was reused'.

use parking_lot::Mutex;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::time::SystemTime;

/// Requests remembered; a soak test must not fill the memory.
const KEPT: usize = 10_000;

/// What was counted since the start or the last reset. The page and `/sandbox/…` count nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By method, route template (`contacts/{id}`) and status. Status 0: not answered (yet).
    pub requests: BTreeMap<(String, String, u16), u64>,
    /// Requests to the API.
    pub total: u64,
    /// Connections accepted, HTTP and HTTPS, but for those that only asked for the page or `/sandbox/…`.
    pub connections_opened: u64,
    /// Connections that are open now, whoever asked what on them.
    pub connections_open: u64,
    /// API requests under way, from the first byte read to the last byte written.
    pub in_flight: u64,
    pub in_flight_max: u64,
}

impl Counts {
    /// Requests to one route, whatever the status: `counts.of("GET", "contacts/{id}")`.
    pub fn of(&self, method: &str, route: &str) -> u64 {
        self.requests.iter().filter(|((m, r, _), _)| m == method && r == route).map(|(_, n)| n).sum()
    }

    /// Requests answered with this status, whatever the route.
    pub fn with_status(&self, status: u16) -> u64 {
        self.requests.iter().filter(|((_, _, s), _)| *s == status).map(|(_, n)| n).sum()
    }

    /// The same as JSON, for those who ask over HTTP.
    pub fn to_json(&self) -> serde_json::Value {
        let requests: Vec<_> = self
            .requests
            .iter()
            .map(|((method, route, status), n)| serde_json::json!({"method": method, "route": route, "status": status, "count": n}))
            .collect();
        serde_json::json!({
            "requests": requests, "total": self.total, "connections_opened": self.connections_opened,
            "connections_open": self.connections_open, "in_flight": self.in_flight, "in_flight_max": self.in_flight_max,
        })
    }
}

/// One API request, as it came. The value of `Authorization` is not kept.
#[derive(Debug, Clone, Serialize)]
pub struct Recorded {
    pub method: String,
    /// As sent, still percent-encoded, with the query.
    pub path: String,
    pub route: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// 0: not answered (yet).
    pub status: u16,
    #[serde(skip)]
    pub at: SystemTime,
    /// The faults and facts apart: what the documents say a client must not do.
    pub complaints: Vec<String>,
}

#[derive(Default)]
pub(crate) struct Ledger(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    counts: Counts,
    requests: VecDeque<Recorded>,
    /// The number of the oldest request kept: a request finds itself again by its own number.
    first: u64,
}

impl Ledger {
    pub(crate) fn counts(&self) -> Counts {
        self.0.lock().counts.clone()
    }

    /// What is under way stays: it will end after the reset.
    pub(crate) fn reset(&self) {
        let mut pages = self.0.lock();
        let Counts { in_flight, connections_open, .. } = pages.counts;
        pages.counts = Counts { connections_open, in_flight, in_flight_max: in_flight, ..Counts::default() };
        pages.first += pages.requests.len() as u64;
        pages.requests.clear();
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.0.lock().requests.iter().cloned().collect()
    }

    pub(crate) fn connected(&self) {
        let counts = &mut self.0.lock().counts;
        counts.connections_opened += 1;
        counts.connections_open += 1;
    }

    pub(crate) fn disconnected(&self) {
        let counts = &mut self.0.lock().counts;
        counts.connections_open = counts.connections_open.saturating_sub(1);
    }

    /// The connection turned out to be a browser's.
    pub(crate) fn not_a_client(&self) {
        let mut pages = self.0.lock();
        pages.counts.connections_opened = pages.counts.connections_opened.saturating_sub(1);
    }

    pub(crate) fn began(&self) {
        let counts = &mut self.0.lock().counts;
        counts.in_flight += 1;
        counts.in_flight_max = counts.in_flight_max.max(counts.in_flight);
    }

    pub(crate) fn ended(&self) {
        let counts = &mut self.0.lock().counts;
        counts.in_flight = counts.in_flight.saturating_sub(1);
    }

    /// Counted on arrival with status 0, so that a request whose client gave up is not missed.
    pub(crate) fn arrived(&self, request: Recorded) -> u64 {
        let mut pages = self.0.lock();
        pages.counts.total += 1;
        *pages.counts.requests.entry(key(&request, 0)).or_default() += 1;
        if pages.requests.len() == KEPT {
            pages.requests.pop_front();
            pages.first += 1;
        }
        pages.requests.push_back(request);
        pages.first + pages.requests.len() as u64 - 1
    }

    /// Before the first byte of the answer leaves: who has the answer, finds it counted.
    pub(crate) fn answered(&self, number: u64, status: u16, complaints: Vec<String>) {
        let mut pages = self.0.lock();
        let Some(place) = number.checked_sub(pages.first).and_then(|place| usize::try_from(place).ok()) else {
            return;
        };
        let Some(request) = pages.requests.get_mut(place) else { return };
        request.status = status;
        request.complaints = complaints;
        let (waiting, done) = (key(request, 0), key(request, status));
        if let Some(n) = pages.counts.requests.get_mut(&waiting) {
            *n -= 1;
            if *n == 0 {
                pages.counts.requests.remove(&waiting);
            }
        }
        *pages.counts.requests.entry(done).or_default() += 1;
    }
}

fn key(request: &Recorded, status: u16) -> (String, String, u16) {
    (request.method.clone(), request.route.clone(), status)
}
