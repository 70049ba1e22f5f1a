//! Growth: the same webhooks, the settings screen, the hourly look and the drain on a site with no users, with many and with very
//! many that are linked to contacts, and as many events. What is asked by an index takes the same time on all of them.
//!
//! `GROWTH=0,20000,50000` chooses other sizes. The users are written by SQL, the database has all of them in memory.

use std::env;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use site::{ADMIN, Request};

use crate::Outcome;
use crate::inbox::Inbox;
use crate::report::{Report, Target, shown};
use crate::sample::Samples;
use crate::single::await_quiet;
use crate::stand::{Stand, get};

const SIZES: [usize; 3] = [0, 200_000, 1_000_000];

const ROUNDS: usize = 60;

/// Contacts that have changed at a look.
const CHANGED: usize = 2000;

/// Rows of one statement.
const FILL: usize = 50_000;

/// Users who are written by SQL begin above all others; each time anew, since those who are made afterwards follow them.
const FIRST_USER: usize = 10_000_000;

const SCREEN: &str = "/wp-admin/options-general.php?page=bridge-for-agile-crm";

/// What is measured, and how many times as long as on the empty site it may take at most.
const THINGS: [(&str, &str, f64); 7] = [
    ("growth_add", "growth: `add` of a new user, the largest site / an empty one", 1.2),
    ("growth_nobody", "growth: `update` of a contact that is nobody, the same", 1.2),
    ("growth_unchanged", "growth: `update`, nothing changed, the same", 1.2),
    ("growth_email", "growth: `update` by e-mail, nothing changed, the same", 1.2),
    ("growth_screen", "growth: the settings screen, the same", 1.5),
    ("growth_look", "growth: a look over the same changed contacts, the same", 1.2),
    ("growth_drain", "growth: the drain of what it found, the same", 1.2),
];

pub fn measure(stand: &Stand, report: &mut Report) -> Outcome<()> {
    let sizes = sizes(stand)?;
    let inbox = Inbox::of(stand)?;
    inbox.flush()?;
    stand.ours.restart_database_with(&["--innodb-buffer-pool-size=3G"]);
    let people = stand.linked_contacts(stand.many(CHANGED))?;
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); THINGS.len()];
    let mut filled = 0;
    for (number, size) in sizes.iter().enumerate() {
        fill(stand, (number + 1) * FIRST_USER, filled, *size);
        filled = *size;
        let cookie = stand.ours.login(ADMIN.0, ADMIN.1);
        let mut found = requests(stand, &people, &cookie)?;
        found.push(look(stand, &people, number)?);
        let start = Instant::now();
        inbox.flush()?;
        found.push(start.elapsed());
        inbox.expect_none_dead()?;
        for (times, found) in times.iter_mut().zip(found) {
            times.push(found);
        }
    }
    for ((key, what, most), times) in THINGS.into_iter().zip(times) {
        let empty = times.first().copied().unwrap_or_default().as_secs_f64();
        let slowest = times.iter().max().copied().unwrap_or_default().as_secs_f64();
        report.measure(key, what, slowest / empty, "", Target::AtMost(most));
        let all: Vec<_> = sizes.iter().zip(&times).map(|(size, time)| format!("{size}: {}", shown(*time))).collect();
        let seconds: Vec<_> = times.iter().map(Duration::as_secs_f64).collect();
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

/// Users that are linked to contacts of whom the CRM knows nothing, what the index has of them, and an event of each.
fn fill(stand: &Stand, first_user: usize, from: usize, to: usize) {
    let mut first = from + 1;
    while first <= to {
        let last = to.min(first + FILL - 1);
        let people = format!("seq_{first}_to_{last}");
        let user = format!("{first_user} + seq");
        let contact = "1000000 + seq";
        let meta = [
            ("agilecrm_contact_id", contact),
            ("agilecrm_tags", "'a:1:{i:0;s:4:\"Lead\";}'"),
            ("wp_capabilities", "'a:1:{s:10:\"subscriber\";b:1;}'"),
            ("first_name", "'Ana'"),
            ("nickname", "CONCAT('Ana ', seq)"),
        ];
        stand.ours.sql(&format!(
            "INSERT INTO wp_users (ID, user_login, user_pass, user_nicename, user_email, user_registered, display_name) \
             SELECT {user}, CONCAT('grown', seq), 'x', CONCAT('grown', seq), CONCAT('grown', seq, '@example.net'), NOW(), 'Ana' FROM {people}"
        ));
        for (key, value) in meta {
            stand.ours.sql(&format!(
                "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) SELECT {user}, '{key}', {value} FROM {people}"
            ));
        }
        stand.ours.sql(&format!(
            "INSERT INTO wp_agile_bridge_links (site, contact_id, user_id, noted_at) SELECT '', {contact}, {user}, 0 FROM {people}"
        ));
        // Of the last ten days.
        let age = "(UNIX_TIMESTAMP() * 1000 - seq % 864000 * 1000)";
        stand.ours.sql(&format!(
            "INSERT INTO wp_agile_bridge_events (subject_key, state, action, contact_id, status, user_id, created_at, due_at, updated_at, message) \
             SELECT SHA2(seq, 256), 'done', 'update', {contact}, 'updated', {user}, {age}, {age}, {age}, '' FROM {people}"
        ));
        first = last + 1;
    }
    for table in ["wp_users", "wp_usermeta", "wp_agile_bridge_links", "wp_agile_bridge_events"] {
        stand.ours.sql(&format!("ANALYZE TABLE {table}"));
        stand.ours.sql(&format!("CHECKSUM TABLE {table}"));
    }
}

/// The medians of what is asked by a request, each in turn.
fn requests(stand: &Stand, people: &[String], cookie: &str) -> Outcome<Vec<Duration>> {
    let same = people.first().ok_or("no contacts")?;
    let email = stand.crm.contact(same.parse().map_err(|_| "no number")?);
    let email = email.as_ref().and_then(email_of).ok_or("a contact without an address")?.to_owned();
    let mut times: [Samples; 5] = Default::default();
    let rounds = stand.many(ROUNDS).max(10);
    for round in 0..rounds + 2 {
        let all = [
            (get(&stand.webhook("add", &stand.contact())), "created"),
            (get(&stand.webhook("update", &stand.contact())), "ignored"),
            (get(&stand.webhook("update", same)), "unchanged"),
            (get(&stand.ours.webhook_target("update", &[("email", &email)])), "unchanged"),
            (Request::new("GET", SCREEN).header("Cookie", cookie), ""),
        ];
        for ((request, status), times) in all.iter().zip(&mut times) {
            let response = stand.ours.try_send(request).map_err(|error| error.to_string())?;
            let is_good = match *status {
                "" => response.status == 200 && response.body().contains("agile-bridge-inbox"),
                status => response.json()["wp_status"] == status,
            };
            if !is_good {
                let body: String = response.body().chars().take(300).collect();
                return Err(format!("not {status}: {} {body}\n{}", response.status, stand.log_end()));
            }
            if round >= 2 {
                times.add(response.elapsed);
            }
            await_quiet(&stand.ours);
        }
    }
    Ok(times.iter().map(Samples::median).collect())
}

fn email_of(contact: &Value) -> Option<&str> {
    let properties = contact["properties"].as_array()?;
    properties.iter().find(|property| property["name"] == "email")?["value"].as_str()
}

/// All of these have changed, and no webhook told: how long a look takes that finds them.
fn look(stand: &Stand, people: &[String], number: usize) -> Outcome<Duration> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_err(|error| error.to_string())?;
    for id in people {
        let id = id.parse().map_err(|_| "no number")?;
        stand.crm.set_property(id, "CUSTOM", "Plan", "", &format!("Growth {number}"));
        let mut contact = stand.crm.contact(id).ok_or("a contact is gone")?;
        // A webhook may be under way for two minutes.
        contact["updated_time"] = json!(now.as_secs() - 300);
        stand.crm.replace_contact(id, contact);
    }
    stand.ours.sql("UPDATE wp_agile_bridge_leases SET until_at = 0 WHERE name IN ('reconcile', 'links')");
    let found = stand.ours.wp(
        "$start = hrtime(true); $stored = AgileBridge\\Plugin\\Upkeep\\Look::take(); return [$stored, (hrtime(true) - $start) / 1e9];",
    );
    if found[0].as_u64() != Some(people.len() as u64) {
        return Err(format!("a look found {} of {} changes\n{}", found[0], people.len(), stand.log_end()));
    }
    let seconds = found[1].as_f64().unwrap_or(f64::NAN);
    if seconds.is_nan() { Err("a look without a time".to_owned()) } else { Ok(Duration::from_secs_f64(seconds)) }
}
