//! The burst: webhooks arrive at 100 a second, whether or not earlier ones are answered, while the CRM takes 0.3 s for
//! every contact. One in ten is about a contact that was sent already.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::Outcome;
use crate::inbox::Inbox;
use crate::load;
use crate::report::{Report, Target, shown};
use crate::sample::{float, ms};
use crate::stand::{CRM_LATENCY, Stand};

const WEBHOOKS: usize = 2000;
const EVERY: Duration = Duration::from_millis(10);

pub fn measure(stand: &Stand, report: &mut Report) -> Outcome<()> {
    let inbox = Inbox::of(stand)?;
    inbox.flush()?;
    let total = stand.many(WEBHOOKS);
    let contacts = stand.contacts(total - total / 10);
    let sent = with_repeats(&contacts, total);
    let targets: Vec<_> = sent.iter().map(|id| stand.webhook("add", id)).collect();
    let idle = load::idle_visitors(&stand.ours, EVERY * u32::try_from(total).unwrap_or(u32::MAX))?;
    measure_plain(stand, total, report)?;

    stand.set_latency(CRM_LATENCY);
    stand.crm.reset_counts();
    let ((shots, last_left), visits) = load::with_visitors(&stand.ours, || {
        let start = Instant::now();
        (load::open_loop(stand.ours.port(), EVERY, &targets), start)
    });
    let answered = last_left.elapsed();
    let emptied = inbox.await_empty()?;
    let applied = answered + emptied.took;
    let calls = stand.crm.counts().total;
    stand.set_latency(Duration::ZERO);

    let good = shots.iter().filter(|shot| shot.is_2xx()).count();
    let times = load::times(&shots);
    let what = "burst at 100 a second: answers, 95th percentile";
    report.measure("burst_p95", what, times.p95().as_secs_f64(), "s", Target::AtMost(1.0));
    let share = 100.0 * float(good) / float(total);
    report.measure("burst_2xx", "burst at 100 a second: answers that are 2xx", share, "%", Target::AtLeast(100.0));
    let slower = visits.waited.p95().as_secs_f64() / idle.waited.p95().as_secs_f64();
    let what = "burst at 100 a second: home page 95th percentile / idle";
    report.measure("burst_home", what, slower, "", Target::AtMost(3.0));
    report.fact(
        "burst_answers",
        format!("burst of {total}, CRM 0.3 s: answers, median / 95th percentile / slowest"),
        load::shown_times(&times),
        json!({"median_ms": ms(times.median()), "p95_ms": ms(times.p95()), "max_ms": ms(times.max())}),
    );
    let answers = load::answers(&shots);
    report.fact("burst_statuses", "burst: what was answered", answers.clone(), answers);
    report.fact(
        "burst_home",
        "burst: home page meanwhile, median / 95th percentile; idle",
        format!("{}; {}", visits.shown(), idle.shown()),
        json!({"burst": visits.json(), "idle": idle.json()}),
    );
    let by = match emptied.called_after {
        None => "by the web server alone".to_owned(),
        Some(after) => {
            format!("by the web server, and by `drain.php` from {} on", shown(answered + after))
        }
    };
    report.fact(
        "burst_applied",
        "burst: from the first webhook until all are applied",
        format!("{}, {by}; {calls} CRM requests", shown(applied)),
        json!({"seconds": applied.as_secs_f64(), "drain_php_after_seconds": emptied.called_after.map(|after| (answered + after).as_secs_f64()), "crm_requests": calls}),
    );
    inbox.expect_none_dead()?;
    let accepted: HashSet<_> = shots.iter().zip(&sent).filter(|(shot, _)| shot.is_2xx()).map(|(_, id)| *id).collect();
    stand.expect_one_user_each(accepted)?;
    if good == total { Ok(()) } else { Err(format!("not all were answered 2xx\n{}", stand.log_end())) }
}

/// What this machine can do at all: the same burst at plain WordPress, which stores one row for each.
fn measure_plain(stand: &Stand, total: usize, report: &mut Report) -> Outcome<()> {
    let inserts = vec!["/?bench=insert".to_owned(); total];
    let burst = || load::open_loop(stand.plain.port(), EVERY, &inserts);
    let (shots, visits) = load::with_visitors(&stand.plain, burst);
    if !shots.iter().all(load::Shot::is_2xx) {
        return Err(format!("plain WordPress in a burst: {}", load::answers(&shots)));
    }
    let times = load::times(&shots);
    report.fact(
        "burst_plain",
        "the same burst at plain WordPress, one row each: answers; home page",
        format!("{}; {}", load::shown_times(&times), visits.shown()),
        json!({"median_ms": ms(times.median()), "p95_ms": ms(times.p95()), "home": visits.json()}),
    );
    Ok(())
}

/// Every tenth is a contact from before, near or far; each contact comes at least once.
pub fn with_repeats(contacts: &[String], total: usize) -> Vec<&String> {
    let mut fresh = contacts.iter();
    let mut sent: Vec<&String> = Vec::with_capacity(total);
    for n in 0..total {
        let repeated = (n % 10 == 9).then(|| sent.get((n * 7919) % sent.len()).copied()).flatten();
        sent.extend(repeated.or_else(|| fresh.next()));
    }
    sent
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn one_in_ten_is_a_repeat() {
        let contacts: Vec<_> = (0..1800).map(|n| n.to_string()).collect();
        let sent = with_repeats(&contacts, 2000);
        assert_eq!(sent.len(), 2000);
        assert_eq!(sent.into_iter().collect::<HashSet<_>>().len(), 1800);
    }
}
