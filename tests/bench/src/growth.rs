//! Growth: the same webhooks, the screens, the hourly look and the drain on a site with no users, with many and with very
//! many that are linked to contacts, and as many events. What is asked by an index takes the same time on all of them.
//!
//! All sizes are there at once, each in a database of its own ([`crate::grown`]), and each thing is done in turn on all of them:
//! whatever else the machine does hits all alike. `GROWTH=0,20000,50000` chooses other sizes.

use std::env;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use site::{ADMIN, Request};

use crate::Outcome;
use crate::grown::Grown;
use crate::inbox::Inbox;
use crate::report::{Report, Target, shown};
use crate::sample::Samples;
use crate::single::await_quiet;
use crate::stand::{Stand, get};

const SIZES: [usize; 3] = [0, 200_000, 1_000_000];

const ROUNDS: usize = 150;

/// Requests of each kind before those that count: every worker has seen each database.
const WARM_UP: usize = 4;

/// Contacts that have changed at a look, and how many looks there are.
const CHANGED: usize = 2000;
const LOOKS: usize = 5;

/// What an admin opens, and what is on it.
const SCREENS: [(&str, &str); 4] = [
    ("/wp-admin/options-general.php?page=bridge-for-agile-crm&tab=advanced", "agile-bridge-inbox"),
    ("/wp-admin/users.php?agile_bridge_linked=yes", "#contact/"),
    ("/wp-admin/users.php?agile_bridge_linked=no", "not linked"),
    ("/wp-admin/tools.php?page=agile-bridge-activity", "id=\"the-list\""),
];

/// What is asked by a request: four webhooks, and the screens.
const REQUESTS: usize = 4 + SCREENS.len();

/// What is measured, and how many times as long as on the empty site it may take at most.
const THINGS: [(&str, &str, f64); REQUESTS + 2] = [
    ("growth_add", "growth: `add` of a new user, the largest site / an empty one", 1.2),
    ("growth_nobody", "growth: `update` of a contact that is nobody, the same", 1.2),
    ("growth_unchanged", "growth: `update`, nothing changed, the same", 1.2),
    ("growth_email", "growth: `update` by e-mail, nothing changed, the same", 1.2),
    ("growth_screen", "growth: the settings screen, the same", 1.5),
    ("growth_users", "growth: the list of linked users, the same", 2.0),
    ("growth_others", "growth: the list of users who are not linked, the same", 2.0),
    ("growth_activity", "growth: the activity screen, the same", 2.0),
    ("growth_look", "growth: a look over the same changed contacts, the same", 1.2),
    ("growth_drain", "growth: the drain of what it found, the same", 1.2),
];

/// How long one thing took on one size.
type Times = Vec<Samples>;

pub fn measure(stand: &Stand, report: &mut Report) -> Outcome<()> {
    let sizes = sizes(stand)?;
    Inbox::of(stand)?.flush()?;
    let people = stand.linked_contacts(stand.many(CHANGED))?;
    // In all databases.
    let cookie = stand.ours.login(ADMIN.0, ADMIN.1);
    let grown = Grown::fill(&stand.ours, &sizes)?;
    let mut times: Vec<Times> = requests(stand, &grown, &people, &cookie)?.into();
    times.extend(looks(stand, &grown, &people)?);
    for ((key, what, most), times) in THINGS.into_iter().zip(times) {
        let medians: Vec<_> = times.iter().map(Samples::median).collect();
        let empty = medians.first().copied().unwrap_or_default().as_secs_f64();
        let slowest = medians.iter().max().copied().unwrap_or_default().as_secs_f64();
        report.measure(key, what, slowest / empty, "", Target::AtMost(most));
        let all: Vec<_> = sizes.iter().zip(&medians).map(|(size, time)| format!("{size}: {}", shown(*time))).collect();
        let seconds: Vec<_> = medians.iter().map(Duration::as_secs_f64).collect();
        let name = what.split(", the").next().unwrap_or(what);
        report.fact(key, format!("{name}; linked users"), all.join(", "), json!({"sizes": sizes, "seconds": seconds}));
    }
    Ok(())
}

fn sizes(stand: &Stand) -> Outcome<Vec<usize>> {
    match env::var("GROWTH") {
        Ok(text) => text
            .split(',')
            .map(|size| size.trim().parse().map_err(|_| format!("GROWTH: '{size}' is no number of users")))
            .collect(),
        Err(_) => Ok(SIZES.map(|size| stand.many(size)).to_vec()),
    }
}

/// What is asked by a request, by kind and size.
fn requests(stand: &Stand, grown: &Grown, people: &[String], cookie: &str) -> Outcome<[Times; REQUESTS]> {
    let same = people.first().ok_or("no contacts")?;
    let email = stand.crm.contact(same.parse().map_err(|_| "no number")?);
    let email = email.as_ref().and_then(email_of).ok_or("a contact without an address")?.to_owned();
    let kind = |kind: usize| match kind {
        0 => (get(&stand.webhook("add", &stand.contact())), "created"),
        1 => (get(&stand.webhook("update", &stand.contact())), "ignored"),
        2 => (get(&stand.webhook("update", same)), "unchanged"),
        3 => (get(&stand.ours.webhook_target("update", &[("email", &email)])), "unchanged"),
        screen => (Request::new("GET", SCREENS[screen - 4].0).header("Cookie", cookie), ""),
    };
    let mut times: [Times; REQUESTS] = Default::default();
    for times in &mut times {
        times.resize(grown.count(), Samples::default());
    }
    for round in 0..WARM_UP + stand.many(ROUNDS).max(10) {
        for (number, times) in times.iter_mut().enumerate() {
            for place in 0..grown.count() {
                // Nobody always comes after the same one.
                let place = (place + round) % grown.count();
                let (request, status) = kind(number);
                grown.choose(place)?;
                let response = stand.ours.try_send(&request).map_err(|error| error.to_string())?;
                let is_good = match status {
                    "" => response.status == 200 && response.body().contains(SCREENS[number - 4].1),
                    status => response.json()["wp_status"] == status,
                };
                if !is_good {
                    let body: String = response.body().chars().take(300).collect();
                    return Err(format!("not {status}: {} {body}\n{}", response.status, stand.log_end()));
                }
                if round >= WARM_UP {
                    times[place].add(response.elapsed);
                }
                await_quiet(&stand.ours);
            }
        }
    }
    Ok(times)
}

fn email_of(contact: &Value) -> Option<&str> {
    let properties = contact["properties"].as_array()?;
    properties.iter().find(|property| property["name"] == "email")?["value"].as_str()
}

/// Looks and the drains after them, by size.
fn looks(stand: &Stand, grown: &Grown, people: &[String]) -> Outcome<[Times; 2]> {
    let mut times: [Times; 2] = [vec![Samples::default(); grown.count()], vec![Samples::default(); grown.count()]];
    for round in 0..LOOKS {
        for place in 0..grown.count() {
            let place = (place + round) % grown.count();
            grown.choose(place)?;
            times[0][place].add(look(stand, grown, people, &format!("Growth {round} {place}"))?);
            let inbox = Inbox::in_database(stand, grown.database(place))?;
            let start = Instant::now();
            inbox.flush()?;
            times[1][place].add(start.elapsed());
            inbox.expect_none_dead()?;
        }
    }
    Ok(times)
}

/// All of these have changed, and no webhook told: how long a look takes that finds them.
fn look(stand: &Stand, grown: &Grown, people: &[String], plan: &str) -> Outcome<Duration> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_err(|error| error.to_string())?;
    for id in people {
        let id = id.parse().map_err(|_| "no number")?;
        stand.crm.set_property(id, "CUSTOM", "Plan", "", plan);
        let mut contact = stand.crm.contact(id).ok_or("a contact is gone")?;
        // A webhook may be under way for two minutes.
        contact["updated_time"] = json!(now.as_secs() - 300);
        stand.crm.replace_contact(id, contact);
    }
    grown.sql("UPDATE wp_agile_bridge_leases SET until_at = 0 WHERE name IN ('reconcile', 'links')")?;
    // The index of links is mended beside the look, and not by the drain that follows.
    let found = stand.ours.wp(
        "AgileBridge\\Plugin\\Upkeep\\LinkMending::take(); $start = hrtime(true); $stored = AgileBridge\\Plugin\\Upkeep\\Look::take(); return [$stored, (hrtime(true) - $start) / 1e9];",
    );
    if found[0].as_u64() != Some(people.len() as u64) {
        return Err(format!("a look found {} of {} changes\n{}", found[0], people.len(), stand.log_end()));
    }
    let seconds = found[1].as_f64().unwrap_or(f64::NAN);
    if seconds.is_nan() { Err("a look without a time".to_owned()) } else { Ok(Duration::from_secs_f64(seconds)) }
}
