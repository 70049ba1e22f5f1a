//! The drain: one worker empties a full inbox while the CRM takes 0.3 s for every contact, so that what counts is how many
//! contacts are fetched at once, and whether users are written while others are fetched.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::Outcome;
use crate::inbox::Inbox;
use crate::load;
use crate::report::{Report, Target};
use crate::sample::float;
use crate::stand::{CRM_LATENCY, Stand};

/// With so many fetches at once the latency alone allows this many a second.
const FETCHES: [usize; 3] = [1, 8, 16];

/// How often every fetch has its turn: ten seconds at the best.
const TURNS: usize = 34;

pub fn measure(stand: &Stand, report: &mut Report) -> Outcome<()> {
    let inbox = Inbox::of(stand)?;
    inbox.flush()?;
    for fetches in FETCHES {
        let contacts = stand.contacts(stand.many(TURNS).max(6) * fetches);
        let targets: Vec<_> = contacts.iter().map(|id| stand.webhook("add", id)).collect();
        inbox.pause(true);
        let (shots, _) = load::closed_loop(stand.ours.port(), 4, &targets);
        let waiting = inbox.open();
        inbox.pause(false);
        if !shots.iter().all(|shot| shot.answer == "202 queued") || waiting != contacts.len() as u64 {
            return Err(format!("a paused site answered {}, and {waiting} events wait", load::answers(&shots)));
        }
        stand.set_latency(CRM_LATENCY);
        stand.crm.reset_counts();
        let start = Instant::now();
        let mut drain = inbox.start_drain(Some(fetches))?;
        let status = drain.wait().map_err(|error| error.to_string())?;
        let whole = start.elapsed();
        // The rate is that of a drain under way; the command line loads WordPress first, without an opcache.
        let first = stand.crm.requests().first().map(|request| request.at);
        let took = first.and_then(|first| first.elapsed().ok()).unwrap_or(whole);
        let counts = stand.crm.counts();
        stand.set_latency(Duration::ZERO);
        let left = inbox.open();
        if !status.success() || left > 0 {
            return Err(format!("drain.php: {status}, {left} events left\n{}", stand.ours.log()));
        }
        inbox.expect_none_dead()?;
        stand.expect_one_user_each(&contacts)?;

        let rate = float(contacts.len()) / took.as_secs_f64();
        let possible = float(fetches) / CRM_LATENCY.as_secs_f64();
        let share = 100.0 * rate / possible;
        if fetches == 8 {
            let what = "drain, CRM 0.3 s, one worker, 8 fetches at once: share of what the CRM's latency allows";
            report.measure("drain_8", what, share, "%", Target::AtLeast(80.0));
        }
        let key =
            ["drain_rate_1", "drain_rate_8", "drain_rate_16"][usize::from(fetches > 1) + usize::from(fetches > 8)];
        report.fact(
            key,
            format!("drain of {} events, CRM 0.3 s, {fetches} fetches at once", contacts.len()),
            format!(
                "{rate:.1} a second, {share:.0} % of {possible:.1}; at most {} requests at once over {} connections",
                counts.in_flight_max, counts.connections_opened
            ),
            json!({
                "per_second": rate, "percent": share, "seconds": took.as_secs_f64(),
                "seconds_with_start": whole.as_secs_f64(), "crm_requests": counts.total,
                "in_flight_max": counts.in_flight_max, "connections": counts.connections_opened,
            }),
        );
    }
    Ok(())
}
