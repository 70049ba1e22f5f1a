//! Whether a worker grows: one worker, ten thousand events.

use std::fs;

use serde_json::json;
use site::Pool;

use crate::Outcome;
use crate::load;
use crate::report::Report;
use crate::sample::float;
use crate::stand::Stand;

const EVENTS: usize = 10_000;
const CONTACTS: usize = 50;

/// Two: while one is answered, the other is on its way.
const AT_ONCE: usize = 2;

pub fn measure(stand: &Stand, report: &mut Report) -> Outcome<()> {
    let ids = stand.linked_contacts(CONTACTS)?;
    let pool = stand.ours.second_pool(1);
    let total = stand.many(EVENTS);
    let target = |n: usize| stand.webhook("update", &ids[n % ids.len()]);
    let targets: Vec<_> = (0..total).map(target).collect();
    // Everything is compiled, and every table of PHP has found its size.
    send(&pool, &targets[..total.min(500)])?;
    let workers = pool.fpm_workers();
    let (rss, own) = memory(&workers);
    stand.crm.reset_counts();
    let took = send(&pool, &targets)?;
    if pool.fpm_workers() != workers {
        return Err("the worker was replaced".to_owned());
    }
    let (rss_after, own_after) = memory(&workers);
    let per_thousand = (own_after - own) / float(total) * 1000.0;
    report.fact(
        "worker_memory",
        format!("memory of a worker before and after {total} events, its own / with what all share"),
        format!(
            "{:.1} → {:.1} MiB / {:.1} → {:.1} MiB; {:.1} KiB per 1,000 events",
            own / 1024.0,
            own_after / 1024.0,
            rss / 1024.0,
            rss_after / 1024.0,
            per_thousand
        ),
        json!({
            "own_before_kib": own, "own_after_kib": own_after, "rss_before_kib": rss, "rss_after_kib": rss_after,
            "crm_connections": stand.crm.counts().connections_opened,
        }),
    );
    let rate = float(total) / took;
    report.fact("worker_rate", "unchanged updates that one worker handles", format!("{rate:.0} a second"), rate);
    Ok(())
}

/// Seconds.
fn send(pool: &Pool, targets: &[String]) -> Outcome<f64> {
    let (shots, took) = load::closed_loop(pool.port(), AT_ONCE, targets);
    if shots.iter().all(|shot| shot.answer == "200 unchanged") {
        Ok(took.as_secs_f64())
    } else {
        Err(format!("unchanged updates were answered: {}\n{}", load::answers(&shots), pool.site().log()))
    }
}

/// KiB: all that is in memory, and the part that is nobody else's.
fn memory(workers: &[u32]) -> (f64, f64) {
    let status = workers.iter().map(|pid| fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default());
    let status: String = status.collect();
    let of = |name: &str| {
        let lines = status.lines().filter_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"));
        lines.filter_map(|number| number.trim().parse::<f64>().ok()).sum::<f64>()
    };
    (of("VmRSS:"), of("RssAnon:"))
}
