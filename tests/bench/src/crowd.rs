//! Fifty callers at once, each of whom sends the next webhook when the last is answered: as fast as the site allows. The same
//! crowd asks plain WordPress for one durable row each. The two take turns, and visitors look at the home page meanwhile.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::json;
use site::Site;

use crate::Outcome;
use crate::burst::with_repeats;
use crate::inbox::Inbox;
use crate::load::{self, Shot, Visits};
use crate::report::{Report, Target};
use crate::sample::{Samples, float, ms};
use crate::stand::{CRM_LATENCY, Stand};

const AT_ONCE: usize = 50;
const TURNS: usize = 2;
/// Of each turn.
const REQUESTS: usize = 1500;

#[derive(Default)]
struct Side {
    answered: usize,
    took: Duration,
    times: Samples,
    visits: Visits,
    answers: Vec<String>,
}

impl Side {
    fn per_second(&self) -> f64 {
        float(self.answered) / self.took.as_secs_f64()
    }

    fn add(&mut self, site: &Site, targets: &[String]) -> Vec<Shot> {
        let ((shots, took), visits) = load::with_visitors(site, || load::closed_loop(site.port(), AT_ONCE, targets));
        self.answered += shots.iter().filter(|shot| shot.is_2xx()).count();
        self.took += took;
        self.times.extend(shots.iter().map(|shot| shot.took));
        self.visits.add(visits);
        self.answers.push(load::answers(&shots));
        shots
    }

    fn shown(&self) -> String {
        let times = load::shown_times(&self.times);
        format!("{:.0} a second, {times}; home page {}", self.per_second(), self.visits.shown())
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "per_second": self.per_second(), "median_ms": ms(self.times.median()), "p95_ms": ms(self.times.p95()),
            "home": self.visits.json(), "answers": self.answers,
        })
    }
}

pub fn measure(stand: &Stand, report: &mut Report) -> Outcome<()> {
    let inbox = Inbox::of(stand)?;
    let total = stand.many(REQUESTS);
    let inserts = vec!["/?bench=insert".to_owned(); total];
    let (mut plain, mut ours) = (Side::default(), Side::default());
    let (mut accepted, mut answered_well) = (HashSet::new(), true);
    for _ in 0..TURNS {
        inbox.flush()?;
        plain.add(&stand.plain, &inserts);
        let contacts = stand.contacts(total - total / 10);
        let sent = with_repeats(&contacts, total);
        let targets: Vec<_> = sent.iter().map(|id| stand.webhook("add", id)).collect();
        stand.set_latency(CRM_LATENCY);
        let shots = ours.add(&stand.ours, &targets);
        // The rest of it is not measured.
        stand.set_latency(Duration::ZERO);
        accepted.extend(shots.iter().zip(&sent).filter(|(shot, _)| shot.is_2xx()).map(|(_, id)| (*id).clone()));
        answered_well = answered_well && shots.iter().all(Shot::is_2xx);
    }

    let what = "50 at once: answers a second";
    report.measure("crowd_rate", what, ours.per_second(), "/s", Target::AtLeast(100.0));
    let slower = ours.visits.waited.p95().as_secs_f64() / plain.visits.waited.p95().as_secs_f64();
    let what = "50 at once: home page 95th percentile / that of plain WordPress under the same crowd, one row each";
    report.measure("crowd_home", what, slower, "", Target::AtMost(2.5));
    report.fact(
        "crowd",
        "50 at once, CRM 0.3 s: answers, median / 95th percentile / slowest",
        ours.shown(),
        ours.json(),
    );
    report.fact("crowd_answers", "50 at once: what was answered", ours.answers.join("; "), ours.answers.clone());
    report.fact("crowd_plain", "50 at once, plain WordPress, one row each", plain.shown(), plain.json());
    inbox.flush()?;
    inbox.expect_none_dead()?;
    stand.expect_one_user_each(&accepted)?;
    if answered_well { Ok(()) } else { Err(format!("not all were answered 2xx\n{}", stand.log_end())) }
}
