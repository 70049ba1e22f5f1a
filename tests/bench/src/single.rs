//! One request at a time, each kind in turn, so that whatever else the machine does hits all kinds alike.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use site::{Request, Site};

use crate::Outcome;
use crate::crm::Crm;
use crate::report::{Report, Target, Timing};
use crate::sample::{Samples, float};
use crate::stand::{Stand, get, is_home_page};

const ROUNDS: usize = 150;

/// A worker that has not used its processor for so long has nothing left to do.
const QUIET: Duration = Duration::from_millis(6);

/// What is to come back.
pub enum Expected {
    /// Of `php/bench.php`.
    Done,
    /// Of ours: status and `wp_status`.
    Answer(u16, &'static str),
    HomePage,
}

pub struct Kind<'a> {
    key: &'static str,
    what: &'static str,
    site: &'a Site,
    /// The request of a round; what it needs is prepared in here.
    request: Box<dyn FnMut(usize) -> Request + 'a>,
    expected: Expected,
    times: Samples,
    cpu: Samples,
}

pub fn measure(stand: &Stand, report: &mut Report) -> Outcome<()> {
    let mut kinds: Vec<_> = [plain(stand), ours(stand)?].into_iter().flatten().collect();
    let mut crm = Crm::connect(&stand.crm)?;
    let mut crm_times = Samples::default();
    let contact = stand.contact();
    crm.fetch(&contact)?;
    for site in [&stand.plain, &stand.ours] {
        await_quiet(site);
    }
    let rounds = stand.many(ROUNDS);
    for round in 0..rounds {
        for place in 0..kinds.len() {
            // Nobody always comes after the same one.
            let place = (place + round) % kinds.len();
            kinds[place].once(round)?;
        }
        crm_times.add(crm.fetch(&contact)?);
    }
    report.timings.extend(kinds.into_iter().map(Kind::timing));
    let what = "the CRM's own time: the same call from a kept connection";
    report.timings.push(Timing { key: "crm", what, times: crm_times, cpu: Samples::default(), asks_crm: false });

    let add = report.median("add") / report.median("plain_create");
    report.measure("add_ratio", "`add` of a new user / plain WordPress creating it", add, "", Target::AtMost(0.3));
    let beyond = report.median("unchanged") - report.median("plain_insert") - report.median("crm");
    let what = "unchanged `update` − (plain boot to `init` + one durable row) − the CRM's own time";
    report.measure("unchanged_beyond", what, beyond, "ms", Target::AtMost(2.5));
    let refused = report.median("wrong_key") / report.median("plain_boot");
    report.measure("wrong_key_ratio", "wrong key / plain boot to `init`", refused, "", Target::AtMost(0.8));
    Ok(())
}

fn plain(stand: &Stand) -> Vec<Kind<'_>> {
    let site = &stand.plain;
    let kind = |key, what, query: &'static str| {
        Kind::new(key, what, site, Expected::Done, move |round| get(&format!("/?bench={query}&n={}", round + 1)))
    };
    vec![
        kind("plain_boot", "plain WordPress to `init`", "boot"),
        kind("plain_insert", "the same and one durable row", "insert"),
        kind("plain_create", "plain WordPress creating the user", "create"),
        Kind::new("plain_create_cheap", "the same with our hash cost", site, Expected::Done, |round| {
            get(&format!("/?bench=create_cheap&n={}", round + 100_001))
        }),
        Kind::new("plain_home", "home page without the plugin", site, Expected::HomePage, |_| get("/")),
    ]
}

fn ours(stand: &Stand) -> Outcome<Vec<Kind<'_>>> {
    let (site, crm) = (&stand.ours, &stand.crm);
    let linked = stand.linked_contacts(3)?;
    let [changing, same, tagged]: [String; 3] = linked.try_into().map_err(|_| "three contacts".to_owned())?;
    let number = |id: &str| id.parse::<u64>().unwrap_or_default();
    let (changing_id, tagged_id) = (number(&changing), number(&tagged));
    Ok(vec![
        Kind::new("add", "`add` of a new user", site, Expected::Answer(200, "created"), |_| {
            get(&stand.webhook("add", &stand.contact()))
        }),
        Kind::new("update", "`update`, one field changed", site, Expected::Answer(200, "updated"), move |round| {
            crm.set_property(changing_id, "CUSTOM", "Plan", "", &format!("Plan {round}"));
            get(&stand.webhook("update", &changing))
        }),
        Kind::new("unchanged", "`update`, nothing changed", site, Expected::Answer(200, "unchanged"), move |_| {
            get(&stand.webhook("update", &same))
        }),
        Kind::new(
            "update_tags",
            "`update_tags`, one tag changed",
            site,
            Expected::Answer(200, "updated"),
            move |round| {
                if round % 2 == 0 {
                    crm.add_tag(tagged_id, "Round")
                } else {
                    crm.remove_tag(tagged_id, "Round")
                };
                get(&stand.webhook("update_tags", &tagged))
            },
        ),
        Kind::new("wrong_key", "wrong key", site, Expected::Answer(403, "rejected"), |_| {
            get(
                "/?wpf_action=update&access_key=not-the-key-of-this-site-but-one-as-long-xx&contact_id=5667649732214784",
            )
        }),
        Kind::new("home", "home page with the plugin", site, Expected::HomePage, |_| get("/")),
    ])
}

impl<'a> Kind<'a> {
    pub fn new(
        key: &'static str,
        what: &'static str,
        site: &'a Site,
        expected: Expected,
        request: impl FnMut(usize) -> Request + 'a,
    ) -> Self {
        let request = Box::new(request);
        Self { key, what, site, request, expected, times: Samples::default(), cpu: Samples::default() }
    }

    pub fn timing(self) -> Timing {
        let asks_crm = matches!(self.expected, Expected::Answer(200, _));
        Timing { key: self.key, what: self.what, times: self.times, cpu: self.cpu, asks_crm }
    }

    pub fn once(&mut self, round: usize) -> Outcome<()> {
        let request = (self.request)(round);
        // At rest since its last answer.
        let before = cpu_time(self.site);
        let response = self.site.try_send(&request).map_err(|error| format!("{}: {error}", self.what))?;
        self.times.add(response.elapsed);
        let as_expected = match self.expected {
            Expected::HomePage => is_home_page(&response),
            Expected::Done => response.status == 200 && response.bytes == br#"{"success":true}"#,
            Expected::Answer(status, wp_status) => {
                response.status == status && response.json()["wp_status"] == wp_status
            }
        };
        if !as_expected {
            let (status, body) = (response.status, response.body());
            let body: String = body.chars().take(500).collect();
            return Err(format!("{}: answered {status}\n{body}\n{}", self.what, self.site.log()));
        }
        self.cpu.add(await_quiet(self.site).saturating_sub(before));
        Ok(())
    }
}

/// Waits until this site's PHP is at rest, also from what it does after an answer: the processor time it has used so far.
pub fn await_quiet(site: &Site) -> Duration {
    let mut before = cpu_time(site);
    for _ in 0..1000 {
        thread::sleep(QUIET);
        let now = cpu_time(site);
        if now == before {
            break;
        }
        before = now;
    }
    before
}

/// What the kernel has given to the site's workers.
fn cpu_time(site: &Site) -> Duration {
    let spent = |pid: u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/schedstat")).unwrap_or_default();
        text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or_default()
    };
    site.fpm_workers().into_iter().map(|pid| Duration::from_nanos(spent(pid))).sum()
}

/// What events cost at the CRM, each worker being new.
pub fn count_crm_requests(stand: &Stand, report: &mut Report) -> Outcome<()> {
    const EVENTS: usize = 200;
    let ids = stand.linked_contacts(20)?;
    stand.ours.reload_fpm();
    stand.crm.reset_counts();
    let start = Instant::now();
    for n in 0..EVENTS {
        let answer = stand.ours.webhook("update", &[("contact_id", &ids[n % ids.len()])]);
        if answer.wp_status() != "unchanged" {
            return Err(format!("an unchanged update was answered {} {}", answer.status, answer.json));
        }
    }
    let took = start.elapsed();
    let counts = stand.crm.counts();
    if !stand.crm.complaints().is_empty() {
        return Err(format!("the CRM complains: {:?}", stand.crm.complaints()));
    }
    let each = float(usize::try_from(counts.total).unwrap_or_default()) / float(EVENTS);
    let what = format!("CRM requests per event, over {EVENTS} events in {:.1} s", took.as_secs_f64());
    report.fact("crm_requests_per_event", what, format!("{each:.2}"), each);
    let connections = counts.connections_opened;
    report.fact(
        "crm_connections",
        format!("CRM connections for these {EVENTS} events, four new workers"),
        connections.to_string(),
        connections,
    );
    Ok(())
}
