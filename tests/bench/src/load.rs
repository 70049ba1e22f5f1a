//! Load, in the two forms it comes in. Open loop: the world goes on whether or not we have answered, so the next request leaves
//! on time, and an answer's time counts from when its request was due. Closed loop: so many callers, each of whom waits for the answer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use site::Site;

use crate::Outcome;
use crate::report::shown;
use crate::sample::{Samples, ms};
use crate::stand::{get, is_home_page};

/// Enough for a small HTTP client, and little enough for thousands of them.
const STACK: usize = 256 * 1024;

/// A visitor comes this often, to see how the site feels meanwhile.
const VISITS: Duration = Duration::from_millis(200);

/// As good as never: how long somebody waits for the home page who is shown an error.
const NEVER: Duration = Duration::from_secs(60);

/// One request and what became of it.
pub struct Shot {
    pub took: Duration,
    /// `200 created`, `202 queued`, or why there was no answer.
    pub answer: String,
}

impl Shot {
    pub fn is_2xx(&self) -> bool {
        self.answer.starts_with('2')
    }
}

/// Sends every target once, one each `every`.
pub fn open_loop(port: u16, every: Duration, targets: &[String]) -> Vec<Shot> {
    let start = Instant::now();
    thread::scope(|scope| {
        let mut callers = Vec::with_capacity(targets.len());
        let mut due = start;
        for target in targets {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let caller = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || shoot(port, target, due));
            callers.push(caller);
            due += every;
        }
        let lost = || Shot { took: Duration::ZERO, answer: "no thread for it".to_owned() };
        callers.into_iter().map(|caller| caller.ok().and_then(|it| it.join().ok()).unwrap_or_else(lost)).collect()
    })
}

/// Sends every target once, `at_once` at a time; the time is that of the whole.
pub fn closed_loop(port: u16, at_once: usize, targets: &[String]) -> (Vec<Shot>, Duration) {
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    let shots = thread::scope(|scope| {
        let caller = || {
            let mut shots = Vec::new();
            while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                shots.push(shoot(port, target, Instant::now()));
            }
            shots
        };
        let callers: Vec<_> = (0..at_once).map(|_| scope.spawn(caller)).collect();
        callers.into_iter().flat_map(|caller| caller.join().unwrap_or_default()).collect()
    });
    (shots, start.elapsed())
}

fn shoot(port: u16, target: &str, due: Instant) -> Shot {
    let answer = match get(target).send(port) {
        Ok(response) => {
            let json: Value = serde_json::from_slice(&response.bytes).unwrap_or_default();
            let code = json["wp_code"].as_str().or_else(|| json["wp_status"].as_str()).unwrap_or_default();
            format!("{} {code}", response.status).trim_end().to_owned()
        }
        Err(error) => error.to_string(),
    };
    Shot { took: due.elapsed(), answer }
}

/// `12 ms / 80 ms / 130 ms`: median, 95th percentile, slowest.
pub fn shown_times(times: &Samples) -> String {
    format!("{} / {} / {}", shown(times.median()), shown(times.p95()), shown(times.max()))
}

pub fn times(shots: &[Shot]) -> Samples {
    shots.iter().map(|shot| shot.took).collect()
}

/// `200 created: 12, 202 queued: 188`.
pub fn answers(shots: &[Shot]) -> String {
    let mut counted = BTreeMap::new();
    for shot in shots {
        *counted.entry(shot.answer.as_str()).or_insert(0) += 1;
    }
    let counted: Vec<_> = counted.iter().map(|(answer, count)| format!("{answer}: {count}")).collect();
    counted.join(", ")
}

/// What visitors of the home page went through.
#[derive(Default)]
pub struct Visits {
    /// Who was shown an error counts as having waited for a minute.
    pub waited: Samples,
    /// What those saw who did not see the home page.
    pub errors: Vec<String>,
}

impl Visits {
    pub fn add(&mut self, more: Self) {
        self.waited.extend(more.waited);
        self.errors.extend(more.errors);
    }

    /// `72 ms / 77 ms`: the median and the 95th percentile.
    pub fn shown(&self) -> String {
        let errors = match self.errors.len() {
            0 => String::new(),
            n => format!(" (and {n} errors)"),
        };
        format!("{} / {}{errors}", shown(self.waited.median()), shown(self.waited.p95()))
    }

    pub fn json(&self) -> Value {
        json!({
            "visits": self.waited.count(), "median_ms": ms(self.waited.median()), "p95_ms": ms(self.waited.p95()),
            "max_ms": ms(self.waited.max()), "errors": self.errors,
        })
    }
}

/// Does `work` while visitors look at the home page, one after the other on time, like the callers of an open loop.
pub fn with_visitors<T>(site: &Site, work: impl FnOnce() -> T) -> (T, Visits) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let come = || {
            let mut visits = Vec::new();
            let mut due = Instant::now();
            while !over.load(Ordering::Relaxed) {
                visits.push(thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || visit(site, due)));
                due += VISITS;
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            let mut went = Visits::default();
            for visit in visits {
                let visit = visit.map_err(|error| error.to_string());
                let visit = visit.and_then(|it| it.join().unwrap_or_else(|_| Err("a panic".to_owned())));
                went.waited.add(*visit.as_ref().unwrap_or(&NEVER));
                went.errors.extend(visit.err());
            }
            went
        };
        let visitors = scope.spawn(come);
        let done = work();
        over.store(true, Ordering::Relaxed);
        (done, visitors.join().unwrap_or_default())
    })
}

fn visit(site: &Site, due: Instant) -> Outcome<Duration> {
    let response = site.try_send(&get("/")).map_err(|error| error.to_string())?;
    let waited = due.elapsed();
    if is_home_page(&response) { Ok(waited) } else { Err(format!("status {}", response.status)) }
}

/// How long visitors wait while nothing else happens. An error if there was one.
pub fn idle_visitors(site: &Site, duration: Duration) -> Outcome<Visits> {
    let ((), visits) = with_visitors(site, || thread::sleep(duration));
    if visits.errors.is_empty() {
        Ok(visits)
    } else {
        Err(format!("the home page of an idle site: {:?}", visits.errors))
    }
}
